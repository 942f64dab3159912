/**
 * Verifies a bundle without the archive: the manifest and its seal, every file, every record's leaf and proof, the
 * checkpoints and the head that control sealed, order and number of records, the custody trail, and the report's
 * signature. Needs `core` alone. What it proves is that the bundle is whole and by the keys in `chain/`: whose keys
 * these are, the reader compares by the root's fingerprint.
 */
import { createHash } from 'node:crypto';
import { nodeKeyName } from '../act.ts';
import type { Verification } from '../faults.ts';
import { Findings } from '../findings.ts';
import { logKey, openCheckpoint } from '../ledger/checkpoint.ts';
import { parseVerifierKey } from '../ledger/note.ts';
import { fromBase64, sameBytes } from '../ledger/read.ts';
import { verifyConsistency } from '../ledger/tree.ts';
import { parseLogName } from '../logs.ts';
import { fingerprint } from '../pki/certificate.ts';
import { checkChain, checkSignedData } from '../pki/cms-check.ts';
import {
  attachmentPath,
  CHAIN,
  CUSTODY,
  checkpointPath,
  HEADS,
  MANIFEST,
  MANIFEST_SIGNATURE,
  type Manifest,
  originalPath,
  RECORDS,
  REPORT,
} from './layout.ts';
import { parseCustodyLine, parseHeadsFile, parseRecordLine } from './lines.ts';
import { parseManifest } from './manifest.ts';
import { compareOrder } from './order.ts';
import { type BundleReader, linesOf, readWhole } from './reader.ts';
import { leafOf, type ProvedLog, RecordChecks } from './record-checks.ts';
import { checkReport } from './report-signature.ts';
import { statedHeads } from './stated-heads.ts';

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

const ATTACHMENTS = attachmentPath('');
const ORIGINALS = originalPath('');

/** A manifest of a million files has some 150 MB. */
const LONGEST_MANIFEST = 512 * 1024 * 1024;

class BundleVerifier {
  readonly #bundle: BundleReader;
  readonly #options: VerifyBundleOptions;
  readonly #findings = new Findings('bundle');
  readonly #logs = new Map<string, ProvedLog>();

  constructor(bundle: BundleReader, options: VerifyBundleOptions) {
    this.#bundle = bundle;
    this.#options = options;
  }

  async run(): Promise<BundleVerification> {
    const bytes = await readWhole(this.#bundle, MANIFEST, LONGEST_MANIFEST);
    const manifest = bytes === undefined ? undefined : parseManifest(bytes);
    if (bytes === undefined || manifest?.ok !== true) {
      this.#findings.fault(
        'manifest-missing',
        MANIFEST,
        manifest === undefined
          ? 'It is not there.'
          : `It cannot be used: ${manifest.ok ? '' : manifest.why}.`,
      );
      return this.#findings.result();
    }
    const seal = await this.#chain(manifest.value);
    await this.#manifestSignature(bytes, seal?.leaf);
    await this.#files(manifest.value);
    await this.#openCheckpoints(manifest.value);
    const records = new RecordChecks(this.#bundle, manifest.value, this.#logs, this.#findings);
    await records.all((done, total) => this.#options.progress?.('records', done, total));
    await this.#order();
    await this.#heads(manifest.value, records);
    await this.#report(seal?.leaf);
    return {
      ...this.#findings.result(),
      archive: manifest.value.archive,
      ...(seal === undefined ? {} : { root: fingerprint(seal.root) }),
    };
  }

  async #chain(manifest: Manifest): Promise<{ leaf: Uint8Array; root: Uint8Array } | undefined> {
    const leaf = await readWhole(this.#bundle, CHAIN.sealDer);
    const root = await readWhole(this.#bundle, CHAIN.rootDer);
    const crl = await readWhole(this.#bundle, CHAIN.crlDer, 10_000_000);
    if (leaf === undefined || root === undefined) {
      this.#findings.fault(
        'chain-damaged',
        'chain',
        'The certificate of the seal or of its root is missing.',
      );
      return undefined;
    }
    const chain = checkChain([leaf, root], crl === undefined ? [] : [crl], Date.parse(manifest.created));
    if (!chain.ok) {
      this.#findings.fault('chain-damaged', 'chain', `It does not verify: ${chain.why}.`);
      return undefined;
    }
    this.#findings.count('certificates', 2);
    const wanted = this.#options.root?.replaceAll(':', '').toLowerCase();
    if (wanted !== undefined && fingerprint(root).replaceAll(':', '').toLowerCase() !== wanted) {
      this.#findings.fault('chain-other', CHAIN.rootDer, `Its fingerprint is ${fingerprint(root)}.`);
    }
    return { leaf, root };
  }

  async #manifestSignature(manifest: Uint8Array, leaf: Uint8Array | undefined): Promise<void> {
    const cms = await readWhole(this.#bundle, MANIFEST_SIGNATURE);
    const digest = createHash('sha256').update(manifest).digest();
    const checked = cms === undefined ? undefined : checkSignedData(cms, digest);
    if (checked === undefined)
      this.#findings.fault('manifest-signature', MANIFEST_SIGNATURE, 'It is not there.');
    else if (!checked.ok)
      this.#findings.fault('manifest-signature', MANIFEST, `The signature does not fit: ${checked.why}.`);
    else if (leaf !== undefined && !sameBytes(checked.value.signer, leaf)) {
      this.#findings.fault(
        'manifest-signature',
        MANIFEST_SIGNATURE,
        'Another certificate signed than the one in chain/.',
      );
    } else this.#findings.count('signatures');
  }

  async #files(manifest: Manifest): Promise<void> {
    const listed = new Set([MANIFEST, MANIFEST_SIGNATURE, ...manifest.files.map(({ path }) => path)]);
    for await (const path of this.#bundle.list()) {
      if (!listed.has(path))
        this.#findings.fault('file-added', path.slice(0, 500), 'The manifest does not list it.');
    }
    let done = 0;
    for (const { path, sha256, size } of manifest.files) {
      const found = await this.#bundle.size(path);
      if (found === undefined) this.#findings.fault('file-missing', path, 'The manifest lists it.');
      else if (found !== size)
        this.#findings.fault('file-changed', path, `It has ${found} bytes in place of ${size}.`);
      else {
        const hash = createHash('sha256');
        for await (const chunk of this.#bundle.read(path)) hash.update(chunk);
        if (hash.digest('hex') !== sha256)
          this.#findings.fault('file-changed', path, 'Its SHA-256 is another than listed.');
        else if (path.startsWith(ATTACHMENTS) && path !== ATTACHMENTS + sha256)
          this.#findings.fault('attachment-damaged', path, 'Its bytes do not hash to its name.');
        else if (path.startsWith(ORIGINALS) && path !== ORIGINALS + sha256)
          this.#findings.fault('capture-damaged', path, 'Its bytes do not hash to its name.');
      }
      this.#findings.count('files');
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
      this.#findings.fault(
        'checkpoint-signature',
        CHAIN.vkeys,
        `It holds no key of the ledger: ${first.why}.`,
      );
      return;
    }
    const prefix = checkpointPath('');
    for (const { path } of manifest.files) {
      const log = path.startsWith(prefix) ? path.slice(prefix.length) : '';
      if (parseLogName(log) === undefined) continue;
      const bytes = await readWhole(this.#bundle, path);
      if (bytes === undefined) continue;
      const note = Buffer.from(bytes).toString('utf8');
      const key = logKey(manifest.archive, log, first.value.publicKey);
      const opened = openCheckpoint(note, key);
      if (opened.ok) this.#logs.set(log, { ...opened.value, key });
      else this.#findings.fault('checkpoint-signature', path, `It does not verify: ${opened.why}.`);
      this.#findings.count('checkpoints');
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
      this.#findings.fault('record-dropped', name, `${CUSTODY} names it, ${RECORDS} does not hold it.`);
    for (const name of added)
      this.#findings.fault(
        'record-added',
        name,
        `${RECORDS} holds it, ${CUSTODY} does not name it, or only once.`,
      );
    for (const { line, expected, found } of moved) {
      this.#findings.fault('record-order', `${RECORDS}:${line}`, `${found} stands where ${expected} should.`);
    }
  }

  /** The act that names all heads: under control's head and signed by the node; each checkpoint extends its head. */
  async #heads(manifest: Manifest, records: RecordChecks): Promise<void> {
    const bytes = await readWhole(this.#bundle, HEADS, 64 * 1024 * 1024);
    const file = bytes === undefined ? undefined : parseHeadsFile(Buffer.from(bytes).toString('utf8'));
    const stated = file === undefined ? undefined : statedHeads(file.act);
    if (file === undefined || stated === undefined) {
      this.#findings.fault(
        'heads-unproved',
        HEADS,
        bytes === undefined ? 'It is not there.' : 'It is not of its form.',
      );
      return;
    }
    const leaf = leafOf(file.act);
    if (leaf === undefined) this.#findings.fault('heads-unproved', HEADS, 'The act is not of its form.');
    else await records.singleProof(file.act, leaf);
    if (file.act.type === 'act' && file.act.record.node !== nodeKeyName(manifest.archive)) {
      this.#findings.fault('heads-unproved', HEADS, 'The act was not written by the node of this archive.');
    }
    for (const { log, size, root } of stated) {
      const checkpoint = this.#logs.get(log);
      const step = Object.hasOwn(file.consistency, log) ? file.consistency[log] : undefined;
      const path = step?.path.map((hash) => fromBase64(hash, 32)).filter((hash) => hash !== undefined) ?? [];
      if (checkpoint === undefined || step?.from !== size || path.length !== step.path.length) {
        this.#findings.fault(
          'heads-differ',
          log,
          'The bundle does not lead from the head that control sealed to its checkpoint.',
        );
      } else if (!verifyConsistency(size, checkpoint.size, root, checkpoint.root, path)) {
        this.#findings.fault(
          'heads-differ',
          log,
          'Its checkpoint does not extend the head that control sealed.',
        );
      } else this.#findings.count('heads');
    }
  }

  async #report(leaf: Uint8Array | undefined): Promise<void> {
    if ((await this.#bundle.size(REPORT)) === undefined) return;
    const signed = await checkReport(this.#bundle, REPORT);
    if (!signed.ok) this.#findings.fault('report-signature', REPORT, `It does not verify: ${signed.why}.`);
    else if (leaf !== undefined && !sameBytes(signed.value, leaf)) {
      this.#findings.fault('report-signature', REPORT, 'Another certificate signed than the one in chain/.');
    } else this.#findings.count('signatures');
  }
}
