import { HoldfastError } from '../../core/errors.ts';
import type { Sha256 } from '../../core/event.ts';
import { commitName } from '../../core/ledger/commit.ts';
import { proofText } from '../../core/ledger/proof.ts';
import { sameBytes } from '../../core/ledger/read.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  treeRoot,
  verifyInclusion,
} from '../../core/ledger/tree.ts';
import { baseLogs, generationName, parseLogName, segmentName } from '../../core/logs.ts';
import type { Vault } from '../../core/ports/vault.ts';
import { receiptNames } from '../../core/receipt.ts';
import {
  attachmentName,
  type Bucket,
  type Commit,
  type LogName,
  type RecordName,
  type SealedRecord,
  type SegmentName,
} from '../../core/record.ts';
import type { ArchiveIdentity, ArchiveReader, Head } from '../reader.ts';
import { Cache } from './cache.ts';
import { damaged } from './commits.ts';
import { readIdentity } from './identity.ts';
import { type CheckedCommit, type LeafPlace, LogReader } from './log-reader.ts';
import { parseRecordName, printable } from './record-name.ts';
import { openSegment, readLine } from './segment.ts';
import type { SegmentLines } from './segment-lines.ts';

const MIB = 1024 * 1024;

export interface ReaderOptions {
  /** Bytes of unpacked segments kept in memory (default 16 MiB) and of commits (default 16 MiB). */
  readonly segmentBytes?: number;
  readonly commitBytes?: number;
  /**
   * `segments`: records are as sure as the segment's digest in the commit, which was checked; `scan` does not make each
   * leaf anew. For what is derived and compared later, such as the index. Default: every record leads to its leaf.
   */
  readonly scanChecks?: 'leaves' | 'segments';
}

/**
 * Opens the archive that a vault holds, for reading: no lock, no state beside caches, any number at once; it follows
 * what archivers commit meanwhile. Throws `no-archive`, or `damaged-archive` for an identity that cannot be read.
 */
export async function openReader(
  vault: Vault,
  identity?: ArchiveIdentity,
  options: ReaderOptions = {},
): Promise<ArchiveReader> {
  return new VaultReader(vault, identity ?? (await readIdentity(vault)), options);
}

/** Names are looked up by the batch, so that a segment is opened once for all of them that it holds. */
const BATCH = 2_000;
/** A batch whose records are longer (UTF-16 units) is answered in parts, for the sake of memory. */
const BATCH_LENGTH = 8 * MIB;

class VaultReader implements ArchiveReader {
  readonly identity: ArchiveIdentity;
  readonly #vault: Vault;
  readonly #logs = new Map<LogName, LogReader>();
  readonly #commits: Cache<CheckedCommit>;
  readonly #segments: Cache<SegmentLines>;
  readonly #checks: 'leaves' | 'segments';

  constructor(vault: Vault, identity: ArchiveIdentity, options: ReaderOptions) {
    this.#vault = vault;
    this.identity = identity;
    this.#checks = options.scanChecks ?? 'leaves';
    this.#commits = new Cache(
      options.commitBytes ?? 16 * MIB,
      ({ commit, leaves }) => 1024 + commit.leaves.length + commit.dedup.length + leaves.length,
    );
    this.#segments = new Cache(options.segmentBytes ?? 16 * MIB, ({ weight }) => weight);
  }

  async logs(): Promise<LogName[]> {
    const names: LogName[] = [];
    for (const base of baseLogs(this.identity.partitions)) {
      for (let generation = 1; ; generation++) {
        const log = generationName(base, generation);
        if ((await this.#log(log).head()) === undefined) break;
        names.push(log);
      }
    }
    return names.sort();
  }

  async openLogs(): Promise<LogName[]> {
    const names: LogName[] = [];
    for (const base of baseLogs(this.identity.partitions)) {
      let newest: LogName | undefined;
      for (let generation = 1; ; generation++) {
        const log = generationName(base, generation);
        if ((await this.#log(log).head()) === undefined) break;
        newest = log;
      }
      if (newest !== undefined) names.push(newest);
    }
    return names.sort();
  }

  async head(log: LogName): Promise<Head> {
    const head = await this.#log(log).head();
    if (head === undefined) throw new HoldfastError('not-found', `The archive has no log ${printable(log)}.`);
    return head;
  }

  async headAt(log: LogName, commit: number): Promise<Head> {
    const newest = await this.head(log);
    if (!(commit >= 0 && commit <= newest.commit))
      throw new HoldfastError('not-found', `The log ${printable(log)} has no commit ${commit}.`);
    const at = await this.#log(log).commit(commit);
    return { log, size: at.commit.sizeAfter, root: at.root, note: at.commit.checkpoint, commit };
  }

  async *commits(log: LogName, from = 0): AsyncIterable<Commit> {
    const reader = this.#log(log);
    let before: string | undefined;
    let n = from;
    for (;;) {
      const head = await reader.head();
      if (head === undefined || n > head.commit) return;
      for (; n <= head.commit; n++) {
        const { commit, digest } = await reader.commit(n);
        if (before !== undefined && commit.previous !== before)
          throw damaged(commitName(log, n), 'it does not name the commit before it');
        before = digest;
        yield commit;
      }
    }
  }

  async record(name: RecordName): Promise<SealedRecord> {
    const { log, leaf } = parseRecordName(name);
    const { line, ...place } = await this.#line(log, leaf);
    return checkedLine(place, leaf, line);
  }

  async *records(
    names: AsyncIterable<RecordName> | Iterable<RecordName>,
  ): AsyncIterable<{ name: RecordName; sealed: SealedRecord }> {
    let batch: RecordName[] = [];
    for await (const name of names) {
      batch.push(name);
      if (batch.length < BATCH) continue;
      yield* this.#batch(batch);
      batch = [];
    }
    yield* this.#batch(batch);
  }

  async *scan(log: LogName, from: number, to: number): AsyncIterable<SealedRecord> {
    const reader = this.#log(log);
    for (let leaf = from; leaf < to; ) {
      const place = await reader.place(leaf);
      if (place === undefined)
        throw new HoldfastError('not-found', `The archive has no record ${log}/${leaf}.`);
      const { segment, segmentFirst } = place;
      const lines = await this.#lines(segment);
      const end = Math.min(to, segmentFirst + segment.count);
      for (; leaf < end; leaf++) {
        const line = lines.at(leaf - segmentFirst);
        yield this.#checks === 'leaves' ? checkedLine(place, leaf, line) : trustedLine(segment, leaf, line);
      }
    }
  }

  attachment(bucket: Bucket, sha256: Sha256): AsyncIterable<Uint8Array> {
    return this.#vault.read(attachmentName(bucket, sha256));
  }

  async capture(sha256: Sha256): Promise<AsyncIterable<Uint8Array> | undefined> {
    const name = receiptNames.capture(sha256);
    return (await this.#vault.size(name)) === undefined ? undefined : this.#vault.read(name);
  }

  async proof(name: RecordName, head?: Head): Promise<string> {
    const { log, leaf } = parseRecordName(name);
    const reader = this.#log(log);
    const against = head ?? (await this.head(log));
    const at = await reader.commitOf(leaf);
    if (at === undefined || leaf >= against.size)
      throw new HoldfastError('not-found', `The head of ${log} does not cover record ${log}/${leaf}.`);
    const value = at.leaves.subarray((leaf - at.first) * 32, (leaf - at.first + 1) * 32);
    const path = await inclusionProof(leaf, against.size, reader.tiles.nodes(against.size));
    // Tiles are derived and may be damaged: a proof that does not verify never leaves.
    if (!verifyInclusion(leaf, against.size, leafHash(value), path, against.root))
      throw damaged(`ledger/${log}/tile`, `the tiles do not prove leaf ${leaf}`);
    return proofText({ index: leaf, path, note: against.note });
  }

  async consistency(log: LogName, from: number, to: number): Promise<Uint8Array[]> {
    const head = await this.head(log);
    if (!(from >= 0 && from <= to && to <= head.size))
      throw new HoldfastError('not-found', `The log ${log} has ${head.size} leaves.`);
    const nodes = this.#log(log).tiles.nodes(head.size);
    if (!sameBytes(await treeRoot(head.size, nodes), head.root))
      throw damaged(`ledger/${log}/tile`, 'the tiles do not lead to the signed root');
    return consistencyProof(from, to, nodes);
  }

  #log(log: LogName): LogReader {
    let reader = this.#logs.get(log);
    if (reader === undefined) {
      if (!isLogOf(this.identity, log))
        throw new HoldfastError('not-found', `The archive has no log ${printable(log)}.`);
      reader = new LogReader(this.#vault, this.identity, log, this.#commits);
      this.#logs.set(log, reader);
    }
    return reader;
  }

  #lines(segment: SegmentName): Promise<SegmentLines> {
    const name = segmentName(segment);
    return this.#segments.get(name, async () => {
      const bytes = await this.#vault.get(name);
      if (bytes === undefined) throw damaged(name, 'it is missing');
      const opened = await openSegment(bytes, segment);
      if (!opened.ok) throw damaged(name, opened.why);
      return opened.value;
    });
  }

  /** Reads in the order of the vault, answers in the order asked. */
  async *#batch(names: readonly RecordName[]): AsyncIterable<{ name: RecordName; sealed: SealedRecord }> {
    const sorted = [...new Set(names)]
      .map((name) => ({ name, ...parseRecordName(name) }))
      .sort((a, b) => (a.log === b.log ? a.leaf - b.leaf : a.log < b.log ? -1 : 1));
    const found = new Map<RecordName, SealedRecord>();
    let length = 0;
    for (const { name, log, leaf } of sorted) {
      const { line, ...place } = await this.#line(log, leaf);
      length += line.length;
      if (length > BATCH_LENGTH && names.length > 1) {
        found.clear();
        const half = Math.ceil(names.length / 2);
        yield* this.#batch(names.slice(0, half));
        yield* this.#batch(names.slice(half));
        return;
      }
      found.set(name, checkedLine(place, leaf, line));
    }
    for (const name of names) yield { name, sealed: found.get(name) as SealedRecord };
  }

  async #line(log: LogName, leaf: number): Promise<LeafPlace & { readonly line: string }> {
    const place = await this.#log(log).place(leaf);
    if (place === undefined)
      throw new HoldfastError('not-found', `The archive has no record ${log}/${leaf}.`);
    const lines = await this.#lines(place.segment);
    return { ...place, line: lines.at(leaf - place.segmentFirst) };
  }
}

function checkedLine({ at, segment }: LeafPlace, leaf: number, line: string): SealedRecord {
  const value = at.leaves.subarray((leaf - at.first) * 32, (leaf - at.first + 1) * 32);
  const read = readLine(line, leaf, value);
  if (!read.ok) throw damaged(segmentName(segment), read.why);
  return read.value;
}

/** The digest in the commit vouches for the segment's bytes; only its form is looked at. */
function trustedLine(segment: SegmentName, leaf: number, line: string): SealedRecord {
  try {
    const sealed = JSON.parse(line) as SealedRecord;
    if (sealed.leaf === leaf) return sealed;
  } catch {
    // Named below.
  }
  throw damaged(segmentName(segment), 'a line is no record of its place');
}

function isLogOf(identity: ArchiveIdentity, log: LogName): boolean {
  const parsed = parseLogName(log);
  return parsed !== undefined && baseLogs(identity.partitions).includes(parsed.base);
}
