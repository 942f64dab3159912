/**
 * Exports a selection: the report, the records, and everything that proves them, in one folder. It is written under a
 * temporary name beside its place and renamed at the end: a folder with the right name is always whole. What a killed
 * export left there, the next one to the same place removes.
 */
import { constants } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Head } from '../../archive/reader.ts';
import {
  attachmentPath,
  CHAIN,
  checkpointPath,
  DECLARATION_TEMPLATE,
  HEADS,
  MANIFEST,
  MANIFEST_SIGNATURE,
  type Manifest,
  MOST_PROOFS,
  originalPath,
  README,
  RECORDS,
  REPORT,
} from '../../core/bundle/layout.ts';
import { EMPTY_DIRECTORY } from '../../core/directory/fold.ts';
import { HoldfastError } from '../../core/errors.ts';
import type { Sha256 } from '../../core/event.ts';
import { sha256 } from '../../core/hash.ts';
import { canonical } from '../../core/json.ts';
import { logKey } from '../../core/ledger/checkpoint.ts';
import { verifierKeyText } from '../../core/ledger/note.ts';
import { toBase64 } from '../../core/ledger/read.ts';
import { fingerprint, toPem } from '../../core/pki/certificate.ts';
import { signedData } from '../../core/pki/cms.ts';
import { batesNumber } from '../production/bates.ts';
import { measureReport, type ReportInput, signerName, writeReport } from '../report/report.ts';
import { SelectionStore } from '../selection/store.ts';
import type { Custody } from './custody.ts';
import { DECLARATION } from './declaration.ts';
import { BundleWriter } from './folder.ts';
import { type Gathered, gather } from './gathered.ts';
import { newestHeads } from './heads.ts';
import { writeProofs, writeTiles } from './proofs.ts';
import { readmeText } from './readme.ts';
import type { ExportRequest, ExportResult, ExportStep, Measured } from './request.ts';
import { openWorkplace } from './workplace.ts';

export type { ExportRequest, ExportResult, ExportStep, Measured } from './request.ts';

/**
 * Writes the bundle. Throws `bad-usage` where `out` exists or its parent does not, `damaged-archive` for a record that
 * does not fit its leaf, `storage-full` when the disk is full, `production-differs` for a production that does not come
 * out as its entry fixed it; whatever happens, nothing half-written keeps the name.
 */
export async function exportBundle(request: ExportRequest): Promise<ExportResult> {
  const out = resolve(request.out);
  return await atWork(request, out, async (folder) => {
    const result = await new Export(request, folder).run();
    await refuseExisting(out);
    await rename(folder, out);
    const parent = await open(dirname(out), constants.O_RDONLY | constants.O_DIRECTORY);
    await parent.sync().finally(() => parent.close());
    return { dir: out, ...result };
  });
}

/** What the same request would come out as; nothing of it is left at `out`. Throws as {@link exportBundle} does. */
export async function measureExport(request: ExportRequest): Promise<Measured> {
  return await atWork(request, resolve(request.out), (folder) => new Export(request, folder).measure());
}

async function atWork<T>(
  request: ExportRequest,
  out: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  await refuseExisting(out);
  const nonce = Buffer.from(request.random.bytes(6)).toString('hex');
  const workplace = await openWorkplace(out, nonce).catch((error: unknown) => {
    throw storageError(error);
  });
  try {
    return await work(workplace.folder);
  } catch (error) {
    throw storageError(error);
  } finally {
    await workplace.release();
  }
}

async function refuseExisting(out: string): Promise<void> {
  if ((await stat(out).catch(missing)) !== undefined) {
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

/** What else is wrong with a path is said as it is. */
function missing(error: unknown): undefined {
  if ((error as { code?: unknown } | null)?.code === 'ENOENT') return undefined;
  throw error;
}

function storageError(error: unknown): unknown {
  if (error instanceof HoldfastError || !(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new HoldfastError('storage-full', 'No room is left on the disk for the export; it was removed.', {
      hint: 'Free some space, or name a folder on another disk.',
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

class Export {
  readonly #request: ExportRequest;
  readonly #writer: BundleWriter;
  readonly #folder: string;
  /** When the bundle is made, UTC, ms. */
  readonly #now: number;
  /** The date on the pages. */
  readonly #dated: number;

  constructor(request: ExportRequest, folder: string) {
    this.#request = request;
    this.#folder = folder;
    this.#writer = new BundleWriter(folder);
    // Certificates and signatures know whole seconds only.
    const seconds = (instant: number): number => Math.floor(instant / 1000) * 1000;
    this.#now = seconds(request.clock.now());
    this.#dated = seconds(request.production?.created ?? this.#now);
  }

  run(): Promise<Omit<ExportResult, 'dir'>> {
    return this.#gathered((store, gathered) => this.#write(store, gathered));
  }

  measure(): Promise<Measured> {
    return this.#gathered(async (store, gathered) => {
      const { counts, recordsDigest } = gathered;
      return {
        records: counts.records,
        context: counts.records - counts.hits,
        withheld: counts.withheld.records,
        redacted: counts.redacted.records,
        pages: await measureReport(await this.#report(store, gathered)),
        sha256: recordsDigest,
      };
    });
  }

  async #gathered<T>(work: (store: SelectionStore, gathered: Gathered) => Promise<T>): Promise<T> {
    const { zone, directory } = this.#request;
    const path = join(this.#folder, 'work.db');
    const store = new SelectionStore(path, zone, directory);
    try {
      const progress = this.#progress.bind(this);
      return await work(store, await gather(this.#request, store, this.#writer, progress));
    } finally {
      store.close();
      await rm(path, { force: true });
    }
  }

  async #write(store: SelectionStore, gathered: Gathered): Promise<Omit<ExportResult, 'dir'>> {
    const { counts, heads, custody, recordsDigest } = gathered;
    const { production } = this.#request;
    if (production?.fixed !== undefined && recordsDigest !== production.fixed.sha256)
      throw differs('other records are found now, or they are sealed otherwise');
    if (counts.attachments.held > 0) await this.#attachments(store);
    await this.#originals(custody);
    const single = counts.records <= MOST_PROOFS;
    await this.#proofs(store, heads, single, counts.records);
    await this.#heading(heads);
    await this.#chain(heads);
    const pages = await writeReport(await this.#report(store, gathered));
    await this.#writer.adopt(REPORT);
    if (production?.fixed !== undefined && pages !== production.fixed.pages)
      throw differs(`its report has ${pages} pages in place of ${production.fixed.pages}`);
    await this.#writer.write(README, readmeText(this.#request.reader.identity.id, single));
    await this.#writer.write(DECLARATION_TEMPLATE, DECLARATION);
    await this.#manifest(gathered, single);
    await this.#writer.sync();
    const files = [...this.#writer.files.map(({ path }) => path), MANIFEST, MANIFEST_SIGNATURE].sort();
    return { records: counts.records, context: counts.records - counts.hits, pages, files };
  }

  #progress(step: ExportStep, done: number, total?: number): void {
    this.#request.progress?.(step, done, total);
  }

  /** Each file that a record holds, once. */
  async #attachments(store: SelectionStore): Promise<void> {
    const written = new Set<Sha256>();
    for (const placed of store.placed()) {
      if (placed.is !== 'whole') continue;
      const { record } = placed.sealed;
      for (const { state, sha256: name } of record.attachments ?? []) {
        if (state !== 'held' || name === undefined || written.has(name)) continue;
        written.add(name);
        await this.#object(attachmentPath(name), name, this.#request.reader.attachment(record, name));
        this.#progress('writing attachments', written.size);
      }
    }
  }

  /** Captures that are wholly selected. */
  async #originals(custody: Custody): Promise<void> {
    let done = 0;
    for (const name of custody.originals()) {
      const bytes = await this.#request.reader.capture(name);
      if (bytes === undefined) custody.isAbsent(name);
      else await this.#object(originalPath(name), name, bytes);
      this.#progress('writing originals', ++done);
    }
  }

  /** A file whose name is its digest. */
  async #object(path: string, name: Sha256, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await this.#writer.stream(path);
    let found = '';
    try {
      for await (const chunk of bytes) await file.add(chunk);
    } finally {
      found = (await file.close()).sha256;
    }
    if (found !== name)
      throw new HoldfastError('damaged-archive', `The bytes of ${path} are not what their name says.`, {
        hint: 'Run holdfast verify; restore the object from a copy.',
      });
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
    { counts, heads, custody, recordsDigest }: Gathered,
  ): Promise<ReportInput> {
    const { seal, timestamper, reader, settings, selection, zone, directory, production } = this.#request;
    const leaf = seal.chain[0] ?? new Uint8Array();
    const attached = counts.records > 0 && counts.records <= MOST_PROOFS;
    return {
      path: this.#writer.path(REPORT),
      facts: {
        settings,
        selection,
        zone,
        directory: directory ?? EMPTY_DIRECTORY,
        ...(production === undefined ? {} : { production }),
        created: new Date(this.#dated),
        verification: {
          archive: reader.identity.id,
          heads: heads.map(({ log, size, root }) => ({ log, size, root: toBase64(root) })),
          signer: {
            name: signerName(leaf),
            fingerprint: fingerprint(leaf),
            root: fingerprint(seal.chain.at(-1) ?? leaf),
          },
          level: timestamper === undefined ? 'PAdES-BASELINE-B' : 'PAdES-BASELINE-T',
          records: { sha256: recordsDigest, attached },
        },
      },
      store,
      custody,
      ...(attached
        ? { attachment: { name: RECORDS, bytes: await readFile(this.#writer.path(RECORDS)) } }
        : {}),
      seal,
      ...(timestamper === undefined ? {} : { timestamper }),
      progress: (done, total) => this.#progress('writing report', done, total),
    };
  }

  async #manifest({ counts }: Gathered, single: boolean): Promise<void> {
    const { seal, reader, timestamper, production } = this.#request;
    const manifest: Manifest = {
      v: production === undefined ? 1 : 2,
      ...(production === undefined
        ? {}
        : {
            production: {
              volume: production.volume,
              first: batesNumber(production.bates, 1),
              last: batesNumber(production.bates, production.last - production.bates.first + 1),
              withheld: counts.withheld.records,
              redacted: counts.redacted.records,
            },
          }),
      archive: reader.identity.id,
      created: new Date(this.#now).toISOString(),
      records: { total: counts.records, context: counts.records - counts.hits },
      proofs: single ? 'single' : 'tiles',
      files: [...this.#writer.files].sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
    const text = `${JSON.stringify(manifest, null, 1)}\n`;
    const signature = await signedData({
      digest: sha256(text),
      chain: seal.chain,
      sign: (message) => seal.sign(message),
      signingTime: this.#now,
      ...(timestamper === undefined ? {} : { timestamp: (imprint) => timestamper.timestamp(imprint) }),
    });
    await this.#writer.write(MANIFEST, text, false);
    await this.#writer.write(MANIFEST_SIGNATURE, signature, false);
  }
}

function differs(why: string): HoldfastError {
  return new HoldfastError(
    'production-differs',
    `The production does not come out as it was fixed: ${why}.`,
    {
      hint: 'Nothing was written. A version of Holdfast that reads or draws otherwise, or a damaged archive, can be the cause: run holdfast verify.',
    },
  );
}
