/**
 * Exports a selection: the report, the records, and everything that proves them, in one folder. It is written under a
 * temporary name beside its place and renamed at the end: a folder with the right name is always whole. What a killed
 * export left there, the next one to the same place removes.
 */
import { constants } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseRecordName } from '../../archive/read/record-name.ts';
import type { ArchiveReader, Head } from '../../archive/reader.ts';
import {
  attachmentPath,
  CHAIN,
  CUSTODY,
  checkpointPath,
  DECLARATION_TEMPLATE,
  HEADS,
  MANIFEST,
  MANIFEST_SIGNATURE,
  type Manifest,
  MOST_PROOFS,
  README,
  RECORDS,
  REPORT,
} from '../../core/bundle/layout.ts';
import { HoldfastError } from '../../core/errors.ts';
import { sha256 } from '../../core/hash.ts';
import { canonical } from '../../core/json.ts';
import { logKey } from '../../core/ledger/checkpoint.ts';
import { verifierKeyText } from '../../core/ledger/note.ts';
import { toBase64 } from '../../core/ledger/read.ts';
import { fingerprint, toPem } from '../../core/pki/certificate.ts';
import { signedData } from '../../core/pki/cms.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { CertifiedSigner, Timestamper } from '../../core/ports/signer.ts';
import type { RecordName } from '../../core/record.ts';
import type { ReportSettings, SelectionDescription } from '../report/facts.ts';
import { signerName, writeReport } from '../report/report.ts';
import { SelectionStore } from '../selection/store.ts';
import { Custody } from './custody.ts';
import { DECLARATION } from './declaration.ts';
import { BundleWriter } from './folder.ts';
import { newestHeads } from './heads.ts';
import { writeProofs, writeTiles } from './proofs.ts';
import { readmeText } from './readme.ts';
import { openWorkplace } from './workplace.ts';

export interface ExportRequest {
  readonly reader: ArchiveReader;
  /** Names in any order; `context` marks what only surrounds a hit. A name may come twice; then a hit wins. */
  readonly hits: AsyncIterable<{ readonly name: RecordName; readonly context: boolean }>;
  /** Folder to make; must not exist, its parent must. */
  readonly out: string;
  readonly seal: CertifiedSigner;
  /** With it the report is signed at PAdES-BASELINE-T. */
  readonly timestamper?: Timestamper;
  readonly selection: SelectionDescription;
  readonly settings: ReportSettings;
  /** IANA zone in which days begin and times are printed. */
  readonly zone: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly progress?: (step: ExportStep, done: number, total: number | undefined) => void;
}

/** What an export is doing, in this order. */
export type ExportStep =
  | 'selecting records'
  | 'reading records'
  | 'reading custody'
  | 'writing records'
  | 'writing attachments'
  | 'writing proofs'
  | 'writing report';

export interface ExportResult {
  readonly dir: string;
  readonly records: number;
  readonly context: number;
  readonly pages: number;
  /** Paths below `dir`. */
  readonly files: readonly string[];
}

/**
 * Writes the bundle. Throws `bad-usage` where `out` exists or its parent does not, `damaged-archive` for a record that
 * does not fit its leaf, `storage-full` when the disk is full; whatever happens, nothing half-written keeps the name.
 */
export async function exportBundle(request: ExportRequest): Promise<ExportResult> {
  const out = resolve(request.out);
  await refuseExisting(out);
  const nonce = Buffer.from(request.random.bytes(6)).toString('hex');
  const workplace = await openWorkplace(out, nonce).catch((error: unknown) => {
    throw storageError(error);
  });
  try {
    const result = await new Export(request, workplace.folder).run();
    await refuseExisting(out);
    await rename(workplace.folder, out);
    const parent = await open(dirname(out), constants.O_RDONLY | constants.O_DIRECTORY);
    await parent.sync().finally(() => parent.close());
    return { dir: out, ...result };
  } catch (error) {
    throw storageError(error);
  } finally {
    await workplace.release();
  }
}

async function refuseExisting(out: string): Promise<void> {
  if ((await stat(out).catch(() => undefined)) !== undefined) {
    throw new HoldfastError('bad-usage', 'The folder to export into exists; nothing was written.', {
      hint: 'Name a folder that does not exist yet: an export never mixes with other files.',
    });
  }
  if ((await stat(dirname(out)).catch(() => undefined))?.isDirectory() !== true) {
    throw new HoldfastError('bad-usage', 'The folder in which to make the export does not exist.', {
      hint: 'Make the parent folder first.',
    });
  }
}

function storageError(error: unknown): unknown {
  if (error instanceof HoldfastError || !(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new HoldfastError('storage-full', 'No room is left on the disk for the export; it was removed.', {
      hint: 'Free space, or export to another disk.',
      cause: error,
    });
  }
  return typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)
    ? new HoldfastError('storage-failed', `The disk refused the export (${error.code}); it was removed.`, {
        hint: 'Check the disk and the rights on the folder.',
        cause: error,
      })
    : error;
}

/** Lines written before other work gets its turn. */
const BATCH = 500;

class Export {
  readonly #request: ExportRequest;
  readonly #writer: BundleWriter;
  readonly #folder: string;
  readonly #created: number;

  constructor(request: ExportRequest, folder: string) {
    this.#request = request;
    this.#folder = folder;
    this.#writer = new BundleWriter(folder);
    // Certificates and signatures know whole seconds only.
    this.#created = Math.floor(request.clock.now() / 1000) * 1000;
  }

  async run(): Promise<Omit<ExportResult, 'dir'>> {
    const work = join(this.#folder, 'work.db');
    const store = new SelectionStore(work, this.#request.zone);
    try {
      return await this.#write(store, work);
    } finally {
      store.close();
    }
  }

  async #write(store: SelectionStore, work: string): Promise<Omit<ExportResult, 'dir'>> {
    await this.#collect(store);
    store.arrange();
    const counts = store.counts();
    const heads = await this.#heads();
    const custody = await this.#custody(store, heads, Object.keys(counts.perLog));
    const recordsDigest = await this.#records(store, custody, counts.records);
    if (counts.attachments.held > 0) await this.#attachments(store);
    const single = counts.records <= MOST_PROOFS;
    await this.#proofs(store, heads, single, counts.records);
    await this.#heading(heads);
    await this.#chain(heads);
    const attached = single && counts.records > 0;
    const pages = await this.#report(store, custody, heads, { sha256: recordsDigest, attached });
    await this.#writer.write(README, readmeText(this.#request.reader.identity.id, single));
    await this.#writer.write(DECLARATION_TEMPLATE, DECLARATION);
    await this.#manifest({ total: counts.records, context: counts.records - counts.hits }, single);
    await rm(work, { force: true });
    await this.#writer.sync();
    const files = [...this.#writer.files.map(({ path }) => path), MANIFEST, MANIFEST_SIGNATURE].sort();
    return { records: counts.records, context: counts.records - counts.hits, pages, files };
  }

  #progress(step: ExportStep, done: number, total?: number): void {
    this.#request.progress?.(step, done, total);
  }

  /** Notes the names first, so that the records are read in the order of the vault: each segment once. */
  async #collect(store: SelectionStore): Promise<void> {
    const { reader, hits } = this.#request;
    let done = 0;
    for await (const { name, context } of hits) {
      const { log, leaf } = parseRecordName(name);
      store.want(log, leaf, !context);
      if (++done % BATCH === 0) {
        this.#progress('selecting records', done);
        await nextTurn();
      }
    }
    const total = done;
    done = 0;
    for await (const { name, sealed } of reader.records(store.wanted())) {
      if (sealed.type === 'event') store.add(name.slice(0, name.lastIndexOf('/')), sealed);
      if (++done % BATCH === 0) {
        this.#progress('reading records', done, total);
        await nextTurn();
      }
    }
    this.#progress('reading records', done, done);
  }

  /** Taken after the records were read: every one of them lies below. */
  async #heads(): Promise<Head[]> {
    const { reader } = this.#request;
    const heads: Head[] = [];
    for (const log of await reader.logs()) heads.push(await reader.head(log));
    return heads;
  }

  async #custody(store: SelectionStore, heads: readonly Head[], logs: readonly string[]): Promise<Custody> {
    const custody = new Custody(store.database, store.placed(), store.counts().records);
    await custody.gather(
      this.#request.reader,
      heads.filter(({ log }) => logs.includes(log)),
      (log, leaf) => store.has(log, leaf),
      (done, total) => this.#progress('reading custody', done, total),
    );
    return custody;
  }

  async #records(store: SelectionStore, custody: Custody, total: number): Promise<string> {
    const records = await this.#writer.stream(RECORDS);
    const trail = await this.#writer.stream(CUSTODY);
    for (const placed of store.placed()) {
      const line = { ...placed.sealed, log: placed.log, ...(placed.hit ? {} : { context: true }) };
      await records.add(`${canonical(line)}\n`);
      await trail.add(`${canonical(custody.line(placed))}\n`);
      if (placed.number % BATCH === 0) this.#progress('writing records', placed.number, total);
    }
    await trail.close();
    return (await records.close()).sha256;
  }

  /** Each file that a record holds, once. */
  async #attachments(store: SelectionStore): Promise<void> {
    const written = new Set<string>();
    for (const { sealed } of store.placed()) {
      for (const { state, sha256 } of sealed.record.attachments ?? []) {
        if (state !== 'held' || sha256 === undefined || written.has(sha256)) continue;
        written.add(sha256);
        const file = await this.#writer.stream(attachmentPath(sha256));
        let found = '';
        try {
          for await (const chunk of this.#request.reader.attachment(sealed.record, sha256))
            await file.add(chunk);
        } finally {
          found = (await file.close()).sha256;
        }
        if (found !== sha256)
          throw new HoldfastError('damaged-archive', `The attachment ${sha256} is not what its name says.`, {
            hint: 'Run holdfast verify; restore the object from a copy.',
          });
        this.#progress('writing attachments', written.size);
      }
    }
  }

  async #proofs(
    store: SelectionStore,
    heads: readonly Head[],
    single: boolean,
    total: number,
  ): Promise<void> {
    let done = 0;
    for (const head of heads) {
      const leaves = store.leaves(head.log);
      if (leaves.length === 0) continue;
      if (single) await writeProofs(this.#writer, this.#request.reader, head, leaves);
      else await writeTiles(this.#writer, this.#request.reader, head, leaves);
      done += leaves.length;
      this.#progress('writing proofs', done, total);
    }
  }

  /** Checkpoints of every log, and the act of control that names them all. */
  async #heading(heads: readonly Head[]): Promise<void> {
    for (const head of heads) await this.#writer.write(checkpointPath(head.log), head.note);
    const file = await newestHeads(this.#request.reader, heads);
    if (file === undefined) return;
    await this.#writer.write(HEADS, `${canonical(file)}\n`);
    const control = heads.find(({ log }) => log === file.act.log);
    if (control !== undefined)
      await writeProofs(this.#writer, this.#request.reader, control, [file.act.leaf]);
  }

  async #chain(heads: readonly Head[]): Promise<void> {
    const { seal, reader } = this.#request;
    const [leaf, root, crl] = [seal.chain[0], seal.chain.at(-1), seal.crls[0]];
    if (leaf === undefined || root === undefined) throw new TypeError('the seal has no chain');
    await this.#writer.write(CHAIN.sealDer, leaf);
    await this.#writer.write(CHAIN.sealPem, toPem('CERTIFICATE', leaf));
    await this.#writer.write(CHAIN.rootDer, root);
    await this.#writer.write(CHAIN.rootPem, toPem('CERTIFICATE', root));
    if (crl !== undefined) {
      await this.#writer.write(CHAIN.crlDer, crl);
      await this.#writer.write(CHAIN.crlPem, toPem('X509 CRL', crl));
    }
    const key = Buffer.from(reader.identity.keys.ledger, 'base64');
    const keys = heads.map(({ log }) => `${verifierKeyText(logKey(reader.identity.id, log, key))}\n`);
    await this.#writer.write(CHAIN.vkeys, keys.join(''));
  }

  async #report(
    store: SelectionStore,
    custody: Custody,
    heads: readonly Head[],
    records: { sha256: string; attached: boolean },
  ): Promise<number> {
    const { seal, timestamper, reader, settings, selection, zone } = this.#request;
    const leaf = seal.chain[0] ?? new Uint8Array();
    const { pages } = await writeReport({
      path: this.#writer.path(REPORT),
      facts: {
        settings,
        selection,
        zone,
        created: new Date(this.#created),
        verification: {
          archive: reader.identity.id,
          heads: heads.map(({ log, size, root }) => ({ log, size, root: toBase64(root) })),
          signer: {
            name: signerName(leaf),
            fingerprint: fingerprint(leaf),
            root: fingerprint(seal.chain.at(-1) ?? leaf),
          },
          level: timestamper === undefined ? 'PAdES-BASELINE-B' : 'PAdES-BASELINE-T',
          records,
        },
      },
      store,
      accounts: () => custody.accounts(),
      exceptions: custody.exceptions(),
      captures: () => custody.captures(),
      captureNumber: (number) => custody.captureOf(number),
      ...(records.attached
        ? { attachment: { name: RECORDS, bytes: await readFile(this.#writer.path(RECORDS)) } }
        : {}),
      seal,
      ...(timestamper === undefined ? {} : { timestamper }),
      progress: (done, total) => this.#progress('writing report', done, total),
    });
    await this.#writer.adopt(REPORT);
    return pages;
  }

  async #manifest(records: Manifest['records'], single: boolean): Promise<void> {
    const { seal, reader, timestamper } = this.#request;
    const manifest: Manifest = {
      v: 1,
      archive: reader.identity.id,
      created: new Date(this.#created).toISOString(),
      records,
      proofs: single ? 'single' : 'tiles',
      files: [...this.#writer.files].sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
    const text = `${JSON.stringify(manifest, null, 1)}\n`;
    const signature = await signedData({
      digest: sha256(text),
      chain: seal.chain,
      sign: (message) => seal.sign(message),
      signingTime: this.#created,
      ...(timestamper === undefined ? {} : { timestamp: (imprint) => timestamper.timestamp(imprint) }),
    });
    await this.#writer.write(MANIFEST, text, false);
    await this.#writer.write(MANIFEST_SIGNATURE, signature, false);
  }
}
