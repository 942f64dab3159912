import { setTimeout as sleep } from 'node:timers/promises';
import { type Checkpoint, logKey, openCheckpoint, peekCheckpoint } from '../../core/ledger/checkpoint.ts';
import { commitDigest, commitName, leafCount, leafValues, parseCommit } from '../../core/ledger/commit.ts';
import type { VerifierKey } from '../../core/ledger/note.ts';
import { bad, sameBytes } from '../../core/ledger/read.ts';
import { EMPTY_EDGE, edgeRoot, growTree, resumeEdge, type TreeEdge } from '../../core/ledger/tiles.ts';
import { checkpointName, segmentName } from '../../core/logs.ts';
import type { Commit, LogName, SealedRecord, SegmentName } from '../../core/record.ts';
import { openSegment, readLine } from '../read/segment.ts';
import type { SegmentLines } from '../read/segment-lines.ts';
import type { VerifyContext } from './context.ts';
import { TileChecks } from './tiles.ts';

/** Where a log was found to end. */
export interface LogEnd {
  readonly log: LogName;
  /** Number of the newest commit and digest of its bytes; -1 and '' where there is none that can be read. */
  readonly n: number;
  readonly digest: string;
  readonly size: number;
}

/** What the next commit must go on from; undefined after one that could not be read. */
interface Previous {
  readonly commit: Commit;
  readonly digest: string;
}

/** Recomputes one log from its commits and segments alone, and compares everything that derives from them. */
export async function verifyLog(context: VerifyContext, log: LogName): Promise<LogEnd> {
  return new LogCheck(context, log).run();
}

/** A checkpoint file may be a moment behind its log while an archiver is at work. */
const PATIENCE_MS = [250, 750, 1500];

class LogCheck {
  readonly #context: VerifyContext;
  readonly #log: LogName;
  readonly #key: VerifierKey;
  #tiles: TileChecks;
  /** The tree so far; undefined where something before was lost and the tiles could not bridge it. */
  #edge: TreeEdge | undefined = EMPTY_EDGE;
  #previous: Previous | undefined;
  #end: LogEnd;
  /** Whether some commit holds the very note that the checkpoint file shows. */
  #noteSeen = false;
  #newestNote = '';

  constructor(context: VerifyContext, log: LogName) {
    this.#context = context;
    this.#log = log;
    const { identity } = context;
    this.#key = logKey(identity.id, log, Buffer.from(identity.keys.ledger, 'base64'));
    this.#tiles = new TileChecks(log, context.findings, context.storage, 0);
    this.#end = { log, n: -1, digest: '', size: 0 };
  }

  async run(): Promise<LogEnd> {
    const { findings, heads, index } = this.#context;
    findings.count('logs');
    // Read before the commits are listed: they come first, so that a log at work is never ahead of what is listed.
    const note = await this.#readNote();
    const published = note === undefined ? undefined : this.#openNote(note);
    this.#tiles = new TileChecks(this.#log, findings, this.#context.storage, published?.size ?? 0);
    heads.check(this.#log, 0, edgeRoot(EMPTY_EDGE));
    await index?.begin(this.#log);
    let expected = 0;
    for await (const name of this.#context.storage.list(`ledger/${this.#log}/commits`)) {
      const n = numberIn(name, this.#log);
      if (n === undefined) {
        findings.fault('commit-damaged', name, 'It is not named as a commit.');
        continue;
      }
      if (n > expected) this.#gap(expected, n - 1);
      expected = n + 1;
      await this.#commit(n, name, note);
      this.#context.progress?.({ log: this.#log, commits: n + 1, leaves: this.#end.size });
    }
    if (expected > 0) await this.#checkNote(note, published);
    heads.finish(this.#log, this.#end.size);
    await index?.end(this.#end.size);
    return this.#end;
  }

  #gap(from: number, to: number): void {
    const which = from === to ? `Commit ${from}` : `Commits ${from} to ${to}`;
    this.#context.findings.fault(
      'commit-missing',
      commitName(this.#log, from),
      `${which} of ${this.#log}: gone.`,
    );
    this.#previous = undefined;
    this.#edge = undefined;
  }

  async #commit(n: number, name: string, note: string | undefined): Promise<void> {
    const { findings, storage } = this.#context;
    findings.count('commits');
    const bytes = await storage.get(name);
    const read = bytes === undefined ? bad('it cannot be read') : parseCommit(bytes, this.#log, n);
    if (bytes === undefined || !read.ok) {
      findings.fault('commit-damaged', name, sentence(read.ok ? '' : read.why));
      this.#previous = undefined;
      this.#edge = undefined;
      return;
    }
    const commit = read.value;
    const digest = commitDigest(bytes);
    this.#chain(commit, name);
    await this.#tree(commit, name);
    await this.#segments(commit, name);
    if (commit.checkpoint === note) this.#noteSeen = true;
    this.#newestNote = commit.checkpoint;
    this.#previous = { commit, digest };
    this.#end = { log: this.#log, n, digest, size: commit.sizeAfter };
  }

  #chain(commit: Commit, name: string): void {
    const { findings } = this.#context;
    const before = this.#previous;
    if (before === undefined) {
      if (commit.n === 0 && (commit.sizeAfter !== 0 || commit.from !== commit.to))
        findings.fault('commit-order', name, 'A log begins with a commit that holds nothing.');
      return;
    }
    if (commit.previous !== before.digest)
      findings.fault(
        'commit-chain',
        name,
        'It does not name the commit before it: one of the two was replaced.',
      );
    if (commit.from !== before.commit.to)
      findings.fault(
        'commit-order',
        name,
        'It does not go on at the stream position where the one before ended.',
      );
    if (commit.sizeAfter - leafCount(commit) !== before.commit.sizeAfter)
      findings.fault('commit-order', name, 'It does not go on at the leaf where the one before ended.');
    if (commit.sealedAt < before.commit.sealedAt)
      findings.fault('commit-order', name, 'It was sealed before the one before it.');
  }

  async #tree(commit: Commit, name: string): Promise<void> {
    const { findings, heads } = this.#context;
    const first = commit.sizeAfter - leafCount(commit);
    const opened = openCheckpoint(commit.checkpoint, this.#key);
    if (!opened.ok) findings.fault('checkpoint-signature', name, sentence(opened.why));
    const signed = opened.ok ? opened.value : undefined;
    const before = this.#edge?.size === first ? this.#edge : await this.#resumed(first);
    this.#edge = undefined;
    if (before === undefined) return;
    const leaves = leafValues(commit);
    for (const size of heads.sizes(this.#log, first, commit.sizeAfter - 1))
      heads.check(this.#log, size, edgeRoot(growTree(before, leaves.subarray(0, (size - first) * 32)).edge));
    const { edge, completed } = growTree(before, leaves);
    const root = edgeRoot(edge);
    heads.check(this.#log, edge.size, root);
    if (signed !== undefined && (signed.size !== edge.size || !sameBytes(signed.root, root))) {
      findings.fault('checkpoint-root', name, 'Its checkpoint signs another tree than its leaves make.');
      return;
    }
    await this.#tiles.full(completed, edge.size);
    await this.#tiles.edge(edge);
    this.#edge = edge;
  }

  /** The tree of `size` leaves from the stored tiles: bridges a commit that is lost, or whose leaves are not its own. */
  async #resumed(size: number): Promise<TreeEdge | undefined> {
    if (size === 0) return EMPTY_EDGE;
    return resumeEdge(size, (tile) => this.#context.storage.get(`ledger/${this.#log}/${tile}`));
  }

  async #segments(commit: Commit, name: string): Promise<void> {
    const { findings, records, index, segments } = this.#context;
    const values = leafValues(commit);
    const first = commit.sizeAfter - leafCount(commit);
    const receipts = new Map<string, { records: number; entry: boolean }>();
    let leaf = first;
    let whole = true;
    for (const segment of commit.segments) {
      const segmentFile = segmentName(segment);
      segments.add(segment.digest);
      const lines = await this.#lines(segment, segmentFile);
      if (lines === undefined) {
        whole = false;
        index?.unknown(leaf, leaf + segment.count);
        leaf += segment.count;
        continue;
      }
      findings.count('segments');
      for (const line of lines) {
        const read = readLine(line, leaf, values.subarray((leaf - first) * 32, (leaf - first + 1) * 32));
        if (read.ok) {
          tally(receipts, read.value);
          await records.check(this.#log, read.value, segment, commit);
          await index?.record(this.#log, read.value);
        } else {
          whole = false;
          index?.unknown(leaf, leaf + 1);
          findings.fault(
            'record-differs',
            `${this.#log}/${leaf}`,
            `${sentence(read.why)} It stands in ${segmentFile}.`,
          );
        }
        findings.count('records');
        leaf++;
      }
    }
    if (whole) records.checkCounts(commit, name, receipts);
  }

  async #lines(segment: SegmentName, name: string): Promise<SegmentLines | undefined> {
    const { findings, storage } = this.#context;
    const bytes = await storage.get(name);
    if (bytes === undefined) {
      findings.fault('segment-missing', name, `${segment.count} records of ${this.#log} stood in it.`);
      return undefined;
    }
    const opened = await openSegment(bytes, segment);
    if (opened.ok) return opened.value;
    findings.fault('segment-damaged', name, sentence(opened.why));
    return undefined;
  }

  async #readNote(): Promise<string | undefined> {
    const bytes = await this.#context.storage.get(checkpointName(this.#log));
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  }

  #openNote(note: string): Checkpoint | undefined {
    const opened = openCheckpoint(note, this.#key);
    if (opened.ok) return opened.value;
    this.#context.findings.fault('checkpoint-signature', checkpointName(this.#log), sentence(opened.why));
    const peeked = peekCheckpoint(note);
    return peeked.ok ? peeked.value : undefined;
  }

  async #checkNote(note: string | undefined, published: Checkpoint | undefined): Promise<void> {
    const { findings } = this.#context;
    const name = checkpointName(this.#log);
    const { size } = this.#end;
    if (note === undefined) {
      // A log that was begun a moment ago has none yet, and nothing that it could show.
      if (size > 0 && (await this.#staysBehind()))
        findings.fault('checkpoint-missing', name, 'There are commits and no checkpoint file.');
    } else if (published !== undefined && published.size > size) {
      findings.fault('log-truncated', name, `It shows ${published.size} leaves; the commits hold ${size}.`);
    } else if (!this.#noteSeen) {
      findings.fault('checkpoint-differs', name, 'No commit holds this checkpoint.');
    } else if (note !== this.#newestNote && (await this.#staysBehind())) {
      findings.fault(
        'checkpoint-behind',
        name,
        `It shows ${published?.size ?? 0} leaves; the commits hold ${size}.`,
      );
    }
  }

  async #staysBehind(): Promise<boolean> {
    for (const wait of [0, ...PATIENCE_MS]) {
      await sleep(wait);
      const peeked = peekCheckpoint((await this.#readNote()) ?? '');
      if (peeked.ok && peeked.value.size >= this.#end.size) return false;
    }
    return true;
  }
}

function tally(receipts: Map<string, { records: number; entry: boolean }>, sealed: SealedRecord): void {
  const add = (receipt: string, records: number, entry: boolean): void => {
    const known = receipts.get(receipt) ?? { records: 0, entry: false };
    receipts.set(receipt, { records: known.records + records, entry: known.entry || entry });
  };
  if (sealed.type === 'event') add(sealed.record.provenance?.receipt, 1, false);
  if (sealed.type === 'receipt') add(sealed.record.receipt, 0, true);
}

function numberIn(name: string, log: LogName): number | undefined {
  const digits = /^\d{12}$/.exec(name.slice(`ledger/${log}/commits/`.length))?.[0];
  return digits === undefined ? undefined : Number(digits);
}

const sentence = (phrase: string): string => `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
