/** Checks every record of a bundle: its leaf, its proof under the log's checkpoint, its line in the custody trail. */
import type { Attachment, Provenance } from '../event.ts';
import type { Findings } from '../findings.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import { sealLeaf, verifyRedacted } from '../ledger/leaf.ts';
import type { VerifierKey } from '../ledger/note.ts';
import { verifyProof } from '../ledger/proof.ts';
import { sameBytes } from '../ledger/read.ts';
import { leafHash } from '../ledger/tree.ts';
import {
  attachmentPath,
  CUSTODY,
  type Manifest,
  proofPath,
  RECORDS,
  type RecordLine,
  tilePath,
} from './layout.ts';
import { isClosed, parseCustodyLine, parseRecordLine } from './lines.ts';
import { isObject } from './manifest.ts';
import { type BundleReader, linesOf, readWhole } from './reader.ts';
import { TileTree } from './tile-tree.ts';

/** A log whose checkpoint in the bundle was verified. */
export type ProvedLog = Checkpoint & { readonly key: VerifierKey };

export class RecordChecks {
  readonly #bundle: BundleReader;
  readonly #manifest: Manifest;
  readonly #logs: ReadonlyMap<string, ProvedLog>;
  readonly #findings: Findings;
  readonly #tiles = new Map<string, TileTree | undefined>();

  constructor(
    bundle: BundleReader,
    manifest: Manifest,
    logs: ReadonlyMap<string, ProvedLog>,
    findings: Findings,
  ) {
    this.#bundle = bundle;
    this.#manifest = manifest;
    this.#logs = logs;
    this.#findings = findings;
  }

  /** Every line of records.ndjson, beside its line of custody.ndjson. */
  async all(progress: (done: number, total: number) => void): Promise<void> {
    const manifest = this.#manifest;
    if ((await this.#bundle.size(RECORDS)) === undefined) return;
    this.#findings.count('records', 0);
    let lines = 0;
    let context = 0;
    let withheld = 0;
    let redacted = 0;
    const custody =
      (await this.#bundle.size(CUSTODY)) === undefined
        ? undefined
        : linesOf(this.#bundle, CUSTODY)[Symbol.asyncIterator]();
    for await (const text of linesOf(this.#bundle, RECORDS)) {
      lines++;
      const line = text === undefined ? undefined : parseRecordLine(text);
      const trail = await custody?.next();
      if (line === undefined) {
        this.#findings.fault('line-damaged', `${RECORDS}:${lines}`, 'It is no sealed record.');
        continue;
      }
      if (line.context === true) context++;
      if (isClosed(line)) line.withheld === undefined ? redacted++ : withheld++;
      await this.#record(line, lines);
      if (trail !== undefined && trail.done !== true) this.#custody(line, trail.value, lines);
      this.#findings.count('records');
      if (lines % 1000 === 0) progress(lines, manifest.records.total);
    }
    await custody?.return?.(undefined);
    if (lines !== manifest.records.total) {
      this.#findings.fault(
        'record-count',
        RECORDS,
        `It holds ${lines} records, the manifest states ${manifest.records.total}.`,
      );
    } else if (context !== manifest.records.context) {
      this.#findings.fault(
        'record-count',
        RECORDS,
        `${context} records are context, the manifest states ${manifest.records.context}.`,
      );
    }
    const { withheld: kept = 0, redacted: cut = 0 } = manifest.production ?? {};
    if (withheld !== kept || redacted !== cut) {
      this.#findings.fault(
        'record-count',
        RECORDS,
        `${withheld} records are withheld and ${redacted} redacted, the manifest states ${kept} and ${cut}.`,
      );
    }
  }

  async #record(line: RecordLine, number: number): Promise<void> {
    const name = `${line.log}/${line.leaf}`;
    const leaf = leafOf(line);
    const checkpoint = this.#logs.get(line.log);
    if (leaf === undefined)
      this.#findings.fault('record-differs', name, `Line ${number} holds what no leaf can cover.`);
    else if (checkpoint === undefined)
      this.#findings.fault('record-unproved', name, 'There is no checkpoint of its log.');
    else if (this.#manifest.proofs === 'single') await this.singleProof(line, leaf);
    else await this.#tileProof(line, leaf, checkpoint);
    // A redaction shows no attachments.
    if (leaf !== undefined && !isClosed(line) && line.type === 'event')
      await this.#attachments(name, line.record.attachments);
  }

  /** Files that the record holds are in the bundle; that they are what their names say, the manifest's check shows. */
  async #attachments(name: string, attachments: readonly Attachment[] = []): Promise<void> {
    for (const { state, sha256 } of attachments) {
      if (state !== 'held' || sha256 === undefined) continue;
      if ((await this.#bundle.size(attachmentPath(sha256))) === undefined)
        this.#findings.fault('attachment-missing', name, `It holds ${attachmentPath(sha256)}.`);
      else this.#findings.count('attachments');
    }
  }

  /** A record against its proof file. */
  async singleProof({ log, leaf: index }: RecordLine, leaf: Uint8Array): Promise<void> {
    const name = `${log}/${index}`;
    const path = proofPath(log, index);
    const bytes = await readWhole(this.#bundle, path);
    const checkpoint = this.#logs.get(log);
    if (bytes === undefined || checkpoint === undefined) {
      this.#findings.fault('record-unproved', name, `There is no ${path}.`);
      return;
    }
    const proved = verifyProof(Buffer.from(bytes).toString('utf8'), leaf, checkpoint.key);
    if (!proved.ok) {
      this.#findings.fault(
        'record-differs',
        name,
        'The record and its proof do not fit: one of them was changed.',
      );
    } else if (
      proved.value.index !== index ||
      proved.value.size !== checkpoint.size ||
      !sameBytes(proved.value.root, checkpoint.root)
    ) {
      this.#findings.fault(
        'record-unproved',
        name,
        'Its proof is of another leaf, or under another head than the one in checkpoints/.',
      );
    } else this.#findings.count('proofs');
  }

  async #tileProof(line: RecordLine, leaf: Uint8Array, checkpoint: Checkpoint): Promise<void> {
    const { log, leaf: index } = line;
    if (!this.#tiles.has(log)) {
      const source = (tile: string): Promise<Uint8Array | undefined> =>
        readWhole(this.#bundle, tilePath(log, tile), 8192);
      const tree = await TileTree.open(checkpoint.size, checkpoint.root, source);
      if (tree === undefined) {
        this.#findings.fault(
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
      this.#findings.fault('record-unproved', name, 'No tile that the checkpoint covers holds its leaf.');
    else if (!sameBytes(covered, leafHash(leaf)))
      this.#findings.fault('record-differs', name, 'It is not what its leaf says.');
    else this.#findings.count('proofs');
  }

  #custody(line: RecordLine, text: string | undefined, number: number): void {
    const trail = text === undefined ? undefined : parseCustodyLine(text);
    if (trail === undefined) {
      this.#findings.fault('line-damaged', `${CUSTODY}:${number}`, 'It is no line of a custody trail.');
      return;
    }
    // Another record's line: said once, by the comparison of orders.
    if (trail.record !== `${line.log}/${line.leaf}` || line.type !== 'event') return;
    const isWithheld = isClosed(line) && line.withheld !== undefined;
    if (trail.withheld === true || isWithheld) {
      if (trail.withheld !== true || !isWithheld)
        this.#findings.fault(
          'custody-differs',
          trail.record,
          `Only one of ${RECORDS} and ${CUSTODY} withholds it.`,
        );
      return;
    }
    const { provenance, sealedAt } = originOf(line);
    const { capture, path, receipt } = trail.captured;
    if (
      provenance?.capture !== capture ||
      provenance.path !== path ||
      provenance.receipt !== receipt ||
      sealedAt !== trail.sealed.at
    ) {
      this.#findings.fault(
        'custody-differs',
        trail.record,
        `Line ${number} of ${CUSTODY} says other things than the record.`,
      );
    }
  }
}

/** What an event says of where it comes from. It may be hostile, and say nothing. */
function originOf(line: RecordLine): {
  readonly provenance?: Partial<Provenance>;
  readonly sealedAt?: string;
} {
  if (!isClosed(line)) return line.type === 'event' ? line.record : {};
  const { provenance, sealedAt } = line.revealed;
  return {
    ...(isObject(provenance?.value) ? { provenance: provenance.value } : {}),
    ...(typeof sealedAt?.value === 'string' ? { sealedAt: sealedAt.value } : {}),
  };
}

/** The leaf value that a line leads to; undefined where its record holds what no leaf of its type covers. */
export function leafOf(line: RecordLine): Uint8Array | undefined {
  try {
    if (isClosed(line)) return verifyRedacted(line);
    return sealLeaf(line.type, line.salt, line.record).leaf;
  } catch {
    return undefined;
  }
}
