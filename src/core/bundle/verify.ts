/**
 * Verifies a bundle without the archive: the manifest and its seal, every file, every record's leaf and proof, the
 * checkpoints and the head that control sealed, order and number of records, the custody trail, and the report's
 * signature. Needs `core` alone. What it proves is that the bundle is whole and by the keys in `chain/`: whose keys
 * these are, the reader compares by the root's fingerprint.
 */
import { createHash } from 'node:crypto';
import { nodeKeyName } from '../act.ts';
import type { Fault, FaultCode, Verification } from '../faults.ts';
import { type Checkpoint, logKey, openCheckpoint } from '../ledger/checkpoint.ts';
import { sealLeaf } from '../ledger/leaf.ts';
import { parseVerifierKey } from '../ledger/note.ts';
import { verifyProof } from '../ledger/proof.ts';
import { fromBase64, sameBytes } from '../ledger/read.ts';
import { leafHash, verifyConsistency } from '../ledger/tree.ts';
import { parseLogName } from '../logs.ts';
import { fingerprint } from '../pki/certificate.ts';
import { checkChain, checkSignedData } from '../pki/cms-check.ts';
import {
  type BundleRecord,
  CHAIN,
  CUSTODY,
  checkpointPath,
  HEADS,
  MANIFEST,
  MANIFEST_SIGNATURE,
  type Manifest,
  proofPath,
  RECORDS,
  REPORT,
  tilePath,
} from './layout.ts';
import { parseCustodyLine, parseHeadsFile, parseRecordLine } from './lines.ts';
import { parseManifest } from './manifest.ts';
import { compareOrder } from './order.ts';
import { type BundleReader, linesOf, readWhole } from './reader.ts';
import { checkReport } from './report-signature.ts';
import { statedHeads } from './stated-heads.ts';
import { TileTree } from './tile-tree.ts';

export interface VerifyBundleOptions {
  /** SHA-256 fingerprint (hex, colons allowed) that the root must have: what the firm said by another way. */
  readonly root?: string;
  readonly progress?: (what: 'files' | 'records', done: number, total: number) => void;
}

export interface BundleVerification extends Verification {
  readonly archive?: string;
  /** Fingerprint of the root that everything leads to, for the reader to compare. */
  readonly root?: string;
}

/** Checks everything; never throws for what the bundle holds. A place that cannot be read throws its own error. */
export async function verifyBundle(
  bundle: BundleReader,
  options: VerifyBundleOptions = {},
): Promise<BundleVerification> {
  return await new BundleVerifier(bundle, options).run();
}

const MOST_FAULTS = 1000;
/** A manifest of a million files has some 150 MB. */
const LONGEST_MANIFEST = 512 * 1024 * 1024;

class BundleVerifier {
  readonly #bundle: BundleReader;
  readonly #options: VerifyBundleOptions;
  readonly #faults: Fault[] = [];
  readonly #checked: Record<string, number> = {};
  readonly #checkpoints = new Map<string, Checkpoint & { note: string }>();
  readonly #tiles = new Map<string, TileTree | undefined>();
  #more = 0;

  constructor(bundle: BundleReader, options: VerifyBundleOptions) {
    this.#bundle = bundle;
    this.#options = options;
  }

  async run(): Promise<BundleVerification> {
    const bytes = await readWhole(this.#bundle, MANIFEST, LONGEST_MANIFEST);
    const manifest = bytes === undefined ? undefined : parseManifest(bytes);
    if (bytes === undefined || manifest?.ok !== true) {
      this.#fault(
        'manifest-missing',
        MANIFEST,
        manifest === undefined
          ? 'It is not there.'
          : `It cannot be used: ${manifest.ok ? '' : manifest.why}.`,
      );
      return this.#result({});
    }
    const seal = await this.#chain(manifest.value);
    await this.#manifestSignature(bytes, seal?.leaf);
    await this.#files(manifest.value);
    await this.#openCheckpoints(manifest.value);
    await this.#records(manifest.value);
    await this.#order();
    await this.#heads(manifest.value);
    await this.#report(seal?.leaf);
    return this.#result({
      archive: manifest.value.archive,
      ...(seal === undefined ? {} : { root: fingerprint(seal.root) }),
    });
  }

  #result(facts: { archive?: string; root?: string }): BundleVerification {
    const faults = [...this.#faults];
    if (this.#more > 0)
      faults.push({ code: 'more-faults', where: 'bundle', what: `${this.#more} more faults were found.` });
    return { ok: faults.length === 0, checked: this.#checked, faults, ...facts };
  }

  #fault(code: FaultCode, where: string, what: string): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ code, where, what });
    else this.#more++;
  }

  #count(what: string, by = 1): void {
    this.#checked[what] = (this.#checked[what] ?? 0) + by;
  }

  async #chain(manifest: Manifest): Promise<{ leaf: Uint8Array; root: Uint8Array } | undefined> {
    const leaf = await readWhole(this.#bundle, CHAIN.sealDer);
    const root = await readWhole(this.#bundle, CHAIN.rootDer);
    const crl = await readWhole(this.#bundle, CHAIN.crlDer, 10_000_000);
    if (leaf === undefined || root === undefined) {
      this.#fault('chain-damaged', 'chain', 'The certificate of the seal or of its root is missing.');
      return undefined;
    }
    const chain = checkChain([leaf, root], crl === undefined ? [] : [crl], Date.parse(manifest.created));
    if (!chain.ok) {
      this.#fault('chain-damaged', 'chain', `It does not verify: ${chain.why}.`);
      return undefined;
    }
    this.#count('certificates', 2);
    const wanted = this.#options.root?.replaceAll(':', '').toLowerCase();
    if (wanted !== undefined && fingerprint(root).replaceAll(':', '').toLowerCase() !== wanted) {
      this.#fault('chain-other', CHAIN.rootDer, `Its fingerprint is ${fingerprint(root)}.`);
    }
    return { leaf, root };
  }

  async #manifestSignature(manifest: Uint8Array, leaf: Uint8Array | undefined): Promise<void> {
    const cms = await readWhole(this.#bundle, MANIFEST_SIGNATURE);
    const digest = createHash('sha256').update(manifest).digest();
    const checked = cms === undefined ? undefined : checkSignedData(cms, digest);
    if (checked === undefined) this.#fault('manifest-signature', MANIFEST_SIGNATURE, 'It is not there.');
    else if (!checked.ok)
      this.#fault('manifest-signature', MANIFEST, `The signature does not fit: ${checked.why}.`);
    else if (leaf !== undefined && !sameBytes(checked.value.signer, leaf)) {
      this.#fault(
        'manifest-signature',
        MANIFEST_SIGNATURE,
        'Another certificate signed than the one in chain/.',
      );
    } else this.#count('signatures');
  }

  async #files(manifest: Manifest): Promise<void> {
    const listed = new Set([MANIFEST, MANIFEST_SIGNATURE, ...manifest.files.map(({ path }) => path)]);
    for await (const path of this.#bundle.list()) {
      if (!listed.has(path)) this.#fault('file-added', path.slice(0, 500), 'The manifest does not list it.');
    }
    let done = 0;
    for (const { path, sha256, size } of manifest.files) {
      const found = await this.#bundle.size(path);
      if (found === undefined) this.#fault('file-missing', path, 'The manifest lists it.');
      else if (found !== size)
        this.#fault('file-changed', path, `It has ${found} bytes in place of ${size}.`);
      else {
        const hash = createHash('sha256');
        for await (const chunk of this.#bundle.read(path)) hash.update(chunk);
        if (hash.digest('hex') !== sha256)
          this.#fault('file-changed', path, 'Its SHA-256 is another than listed.');
      }
      this.#count('files');
      if (++done % 100 === 0) this.#options.progress?.('files', done, manifest.files.length);
    }
  }

  /** Every checkpoint in the bundle, under the keys in `chain/ledger.vkeys`: one key for all logs. */
  async #openCheckpoints(manifest: Manifest): Promise<void> {
    const text = await readWhole(this.#bundle, CHAIN.vkeys);
    const first = parseVerifierKey(
      Buffer.from(text ?? [])
        .toString('utf8')
        .split('\n')[0] ?? '',
    );
    if (!first.ok) {
      this.#fault('checkpoint-signature', CHAIN.vkeys, `It holds no key of the ledger: ${first.why}.`);
      return;
    }
    const prefix = checkpointPath('');
    for (const { path } of manifest.files) {
      const log = path.startsWith(prefix) ? path.slice(prefix.length) : '';
      if (parseLogName(log) === undefined) continue;
      const bytes = await readWhole(this.#bundle, path);
      if (bytes === undefined) continue;
      const note = Buffer.from(bytes).toString('utf8');
      const opened = openCheckpoint(note, logKey(manifest.archive, log, first.value.publicKey));
      if (opened.ok) this.#checkpoints.set(log, { ...opened.value, note });
      else this.#fault('checkpoint-signature', path, `It does not verify: ${opened.why}.`);
      this.#count('checkpoints');
    }
  }

  async #records(manifest: Manifest): Promise<void> {
    if ((await this.#bundle.size(RECORDS)) === undefined) return;
    this.#count('records', 0);
    let lines = 0;
    let context = 0;
    const custody =
      (await this.#bundle.size(CUSTODY)) === undefined
        ? undefined
        : linesOf(this.#bundle, CUSTODY)[Symbol.asyncIterator]();
    for await (const text of linesOf(this.#bundle, RECORDS)) {
      lines++;
      const line = text === undefined ? undefined : parseRecordLine(text);
      const trail = await custody?.next();
      if (line === undefined) {
        this.#fault('line-damaged', `${RECORDS}:${lines}`, 'It is no sealed record.');
        continue;
      }
      if (line.context === true) context++;
      await this.#record(manifest, line, lines);
      if (trail !== undefined && trail.done !== true) this.#custody(line, trail.value, lines);
      this.#count('records');
      if (lines % 1000 === 0) this.#options.progress?.('records', lines, manifest.records.total);
    }
    await custody?.return?.(undefined);
    if (lines !== manifest.records.total) {
      this.#fault(
        'record-count',
        RECORDS,
        `It holds ${lines} records, the manifest states ${manifest.records.total}.`,
      );
    } else if (context !== manifest.records.context) {
      this.#fault(
        'record-count',
        RECORDS,
        `${context} records are context, the manifest states ${manifest.records.context}.`,
      );
    }
  }

  async #record(manifest: Manifest, line: BundleRecord, number: number): Promise<void> {
    const name = `${line.log}/${line.leaf}`;
    const leaf = leafOf(line);
    const checkpoint = this.#checkpoints.get(line.log);
    if (leaf === undefined)
      this.#fault('record-differs', name, `Line ${number} holds what no leaf can cover.`);
    else if (checkpoint === undefined)
      this.#fault('record-unproved', name, 'There is no checkpoint of its log.');
    else if (manifest.proofs === 'single') await this.#singleProof(line, leaf);
    else await this.#tileProof(line, leaf, checkpoint);
  }

  async #singleProof({ log, leaf: index }: BundleRecord, leaf: Uint8Array): Promise<void> {
    const name = `${log}/${index}`;
    const path = proofPath(log, index);
    const bytes = await readWhole(this.#bundle, path);
    const checkpoint = this.#checkpoints.get(log);
    if (bytes === undefined || checkpoint === undefined) {
      this.#fault('record-unproved', name, `There is no ${path}.`);
      return;
    }
    const key = await this.#keyOf(checkpoint.origin);
    const proved =
      key === undefined ? undefined : verifyProof(Buffer.from(bytes).toString('utf8'), leaf, key);
    if (proved?.ok !== true) {
      this.#fault('record-differs', name, 'The record and its proof do not fit: one of them was changed.');
    } else if (
      proved.value.index !== index ||
      proved.value.size !== checkpoint.size ||
      !sameBytes(proved.value.root, checkpoint.root)
    ) {
      this.#fault(
        'record-unproved',
        name,
        'Its proof is of another leaf, or under another head than the one in checkpoints/.',
      );
    } else this.#count('proofs');
  }

  async #keyOf(origin: string) {
    const text = await this.#vkeys();
    for (const one of text) {
      const key = parseVerifierKey(one);
      if (key.ok && key.value.name === origin) return key.value;
    }
    return undefined;
  }

  #vkeyLines: string[] | undefined;
  async #vkeys(): Promise<string[]> {
    this.#vkeyLines ??= Buffer.from((await readWhole(this.#bundle, CHAIN.vkeys)) ?? [])
      .toString('utf8')
      .split('\n');
    return this.#vkeyLines;
  }

  async #tileProof(line: BundleRecord, leaf: Uint8Array, checkpoint: Checkpoint): Promise<void> {
    const { log, leaf: index } = line;
    if (!this.#tiles.has(log)) {
      const source = (tile: string): Promise<Uint8Array | undefined> =>
        readWhole(this.#bundle, tilePath(log, tile), 8192);
      const tree = await TileTree.open(checkpoint.size, checkpoint.root, source);
      if (tree === undefined) {
        this.#fault(
          'tile-differs',
          `tiles/${log}`,
          'The tiles of the right edge are missing or do not make the signed root.',
        );
      }
      this.#tiles.set(log, tree);
    }
    const tree = this.#tiles.get(log);
    const covered = index < checkpoint.size ? await tree?.leaf(index) : undefined;
    const name = `${log}/${index}`;
    if (covered === undefined)
      this.#fault('record-unproved', name, 'No tile that the checkpoint covers holds its leaf.');
    else if (!sameBytes(covered, leafHash(leaf)))
      this.#fault('record-differs', name, 'It is not what its leaf says.');
    else this.#count('proofs');
  }

  #custody(line: BundleRecord, text: string | undefined, number: number): void {
    const trail = text === undefined ? undefined : parseCustodyLine(text);
    if (trail === undefined) {
      this.#fault('line-damaged', `${CUSTODY}:${number}`, 'It is no line of a custody trail.');
      return;
    }
    // Another record's line: said once, by the comparison of orders.
    if (trail.record !== `${line.log}/${line.leaf}` || line.type !== 'event') return;
    const { provenance, sealedAt } = line.record;
    const { capture, path, receipt } = trail.captured;
    if (
      provenance?.capture !== capture ||
      provenance.path !== path ||
      provenance.receipt !== receipt ||
      sealedAt !== trail.sealed.at
    ) {
      this.#fault(
        'custody-differs',
        trail.record,
        `Line ${number} of ${CUSTODY} says other things than the record.`,
      );
    }
  }

  async #order(): Promise<void> {
    const bundle = this.#bundle;
    if ((await bundle.size(RECORDS)) === undefined || (await bundle.size(CUSTODY)) === undefined) return;
    const { dropped, added, moved } = await compareOrder(
      async function* () {
        for await (const text of linesOf(bundle, CUSTODY)) {
          const line = parseCustodyLine(text ?? '');
          if (line !== undefined) yield line.record;
        }
      },
      async function* () {
        for await (const text of linesOf(bundle, RECORDS)) {
          const line = parseRecordLine(text ?? '');
          if (line !== undefined) yield `${line.log}/${line.leaf}`;
        }
      },
    );
    for (const name of dropped)
      this.#fault('record-dropped', name, `${CUSTODY} names it, ${RECORDS} does not hold it.`);
    for (const name of added)
      this.#fault('record-added', name, `${RECORDS} holds it, ${CUSTODY} does not name it, or only once.`);
    for (const { line, expected, found } of moved) {
      this.#fault('record-order', `${RECORDS}:${line}`, `${found} stands where ${expected} should.`);
    }
  }

  /** The act that names all heads: under control's head and signed by the node; each checkpoint extends its head. */
  async #heads(manifest: Manifest): Promise<void> {
    const bytes = await readWhole(this.#bundle, HEADS, 64 * 1024 * 1024);
    const file = bytes === undefined ? undefined : parseHeadsFile(Buffer.from(bytes).toString('utf8'));
    const stated = file === undefined ? undefined : statedHeads(file.act);
    if (file === undefined || stated === undefined) {
      this.#fault(
        'heads-unproved',
        HEADS,
        bytes === undefined ? 'It is not there.' : 'It is not of its form.',
      );
      return;
    }
    const leaf = leafOf(file.act);
    if (leaf === undefined) this.#fault('heads-unproved', HEADS, 'The act is not of its form.');
    else await this.#singleProof(file.act, leaf);
    if (file.act.type === 'act' && file.act.record.node !== nodeKeyName(manifest.archive)) {
      this.#fault('heads-unproved', HEADS, 'The act was not written by the node of this archive.');
    }
    for (const { log, size, root } of stated) {
      const checkpoint = this.#checkpoints.get(log);
      const step = Object.hasOwn(file.consistency, log) ? file.consistency[log] : undefined;
      const path = step?.path.map((hash) => fromBase64(hash, 32)).filter((hash) => hash !== undefined) ?? [];
      if (checkpoint === undefined || step?.from !== size || path.length !== step.path.length) {
        this.#fault(
          'heads-differ',
          log,
          'The bundle does not lead from the head that control sealed to its checkpoint.',
        );
      } else if (!verifyConsistency(size, checkpoint.size, root, checkpoint.root, path)) {
        this.#fault('heads-differ', log, 'Its checkpoint does not extend the head that control sealed.');
      } else this.#count('heads');
    }
  }

  async #report(leaf: Uint8Array | undefined): Promise<void> {
    if ((await this.#bundle.size(REPORT)) === undefined) return;
    const signed = await checkReport(this.#bundle, REPORT);
    if (!signed.ok) this.#fault('report-signature', REPORT, `It does not verify: ${signed.why}.`);
    else if (leaf !== undefined && !sameBytes(signed.value, leaf)) {
      this.#fault('report-signature', REPORT, 'Another certificate signed than the one in chain/.');
    } else this.#count('signatures');
  }
}

/** The leaf value that a line leads to; undefined where its record holds what no leaf of its type covers. */
function leafOf(line: BundleRecord): Uint8Array | undefined {
  try {
    return sealLeaf(line.type, line.salt, line.record).leaf;
  } catch {
    return undefined;
  }
}
