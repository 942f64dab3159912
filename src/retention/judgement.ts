/** Judges holds on the whole vault: every record of every transcript log, read as often as the judge needs. */
import type { ArchiveReader } from '../archive/reader.ts';
import type { EventId } from '../core/event.ts';
import { HoldJudge, type JudgedHold } from '../core/holds/judge.ts';
import { ACT_LOGS, baseOf } from '../core/logs.ts';
import type { LogName, SealedRecord } from '../core/record.ts';
import { indexDocument } from '../core/search/document.ts';

export interface JudgementOptions {
  /** Called now and then with the records read so far, of all rounds. May throw, to stop. */
  readonly progress?: (read: number) => void;
}

/** What holds cover, of everything that was sealed when it was made. */
export interface Judgement {
  /** Log → leaves that were judged. */
  readonly heads: ReadonlyMap<LogName, number>;
  /** Names of the holds that cover a record; ascending by name. */
  holdsOf(log: LogName, sealed: SealedRecord): Promise<readonly string[]>;
  /** Names of the holds that cover the events of a family. */
  holdsOfFamily(family: EventId): readonly string[];
  /** Whether a hold covers everything: because it says so, or because it cannot be read. */
  coversAll(hold: string): boolean;
  /** All records that were judged, once more. */
  records(): AsyncIterable<JudgedRecord>;
}

export interface JudgedRecord {
  readonly log: LogName;
  readonly sealed: SealedRecord;
  readonly holds: readonly string[];
}

const PROGRESS_EVERY = 1_000;

export async function judgeHolds(
  reader: ArchiveReader,
  holds: readonly JudgedHold[],
  options: JudgementOptions = {},
): Promise<Judgement> {
  const heads = await transcriptHeads(reader);
  const judge = new HoldJudge(holds);
  let read = 0;
  const all = async function* (): AsyncIterable<{ log: LogName; sealed: SealedRecord }> {
    for (const [log, size] of heads)
      for await (const sealed of reader.scan(log, 0, size)) {
        if (++read % PROGRESS_EVERY === 0) options.progress?.(read);
        yield { log, sealed };
      }
  };
  if (judge.needsLearning)
    for await (const { log, sealed } of all()) {
      const document = indexDocument(log, sealed);
      if (document !== undefined) judge.learn(document);
    }
  for await (const { log, sealed } of all()) {
    if (sealed.type === 'receipt') judge.matchReceipt(sealed.record);
    const document = indexDocument(log, sealed);
    if (document !== undefined && sealed.type === 'event')
      judge.match(document, sealed.record.provenance.receipt);
  }
  if (judge.needsSpreading)
    for await (const { log, sealed } of all()) {
      const document = indexDocument(log, sealed);
      if (document !== undefined) judge.spread(document);
    }
  const holdsOf = async (log: LogName, sealed: SealedRecord): Promise<readonly string[]> => {
    if (sealed.type === 'reject') return judge.holdsOfReject(sealed.record).sort();
    // Another copy of a record goes with it.
    const of = sealed.type === 'observation' ? await reader.record(sealed.record.record) : sealed;
    const document = indexDocument(log, of);
    return document === undefined ? [] : judge.holdsOf(document).sort();
  };
  return {
    heads,
    holdsOf,
    holdsOfFamily: (family) => judge.holdsOf({ family }),
    coversAll: (hold) => judge.coversAll(hold),
    async *records() {
      for await (const { log, sealed } of all()) yield { log, sealed, holds: await holdsOf(log, sealed) };
    },
  };
}

/** The heads of all transcript logs, of every generation. */
export async function transcriptHeads(reader: ArchiveReader): Promise<Map<LogName, number>> {
  const heads = new Map<LogName, number>();
  for (const log of await reader.logs()) {
    if (ACT_LOGS.includes(baseOf(log))) continue;
    heads.set(log, (await reader.head(log)).size);
  }
  return heads;
}
