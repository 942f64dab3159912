/** What may be disposed of when, and what holds keep back. Nothing is disposed of by it. */
import type { ArchiveReader } from '../archive/reader.ts';
import type { Register } from '../core/control/register.ts';
import { peopleOf } from '../core/directory/people.ts';
import { holdsInForce } from '../core/holds/judge.ts';
import type { Bucket } from '../core/record.ts';
import { definitionOf, retainUntil } from '../core/retention.ts';
import { indexDocument } from '../core/search/document.ts';
import { type JudgementOptions, judgeHolds } from './judgement.ts';

export interface ForecastBucket extends Bucket {
  /** First instant (UTC) at which it may be disposed of, holds aside; null: without end. */
  readonly disposableFrom: string | null;
  readonly source: string | null;
  readonly records: number;
  /** Records that holds keep, whatever the day. */
  readonly held: number;
  /** HR ids of custodians, most records first; others are people whom the directory does not know. */
  readonly custodians: readonly ForecastCustodian[];
}

export interface ForecastCustodian {
  readonly custodian: string;
  readonly records: number;
  readonly held: number;
}

export interface Forecast {
  /** By day, soonest first. */
  readonly buckets: readonly ForecastBucket[];
  /** Records whose period was over at `now`, and how many of them holds keep. */
  readonly expired: { readonly records: number; readonly held: number };
  /** Holds in force that were judged. */
  readonly holds: number;
}

interface Sum {
  records: number;
  held: number;
}

/** Judges every record under all holds in force. `now`: UTC. */
export async function forecast(
  reader: ArchiveReader,
  register: Register,
  now: string,
  options: JudgementOptions = {},
): Promise<Forecast> {
  const holds = holdsInForce(register);
  const judgement = await judgeHolds(reader, holds, options);
  const sums = new Map<string, Sum & { readonly bucket: Bucket; readonly people: Map<string, Sum> }>();
  for await (const { log, sealed, holds: by } of judgement.records()) {
    const { class: name, quarter } = sealed.record;
    const key = `${name} ${quarter}`;
    const sum = sums.get(key) ?? { records: 0, held: 0, bucket: { class: name, quarter }, people: new Map() };
    sums.set(key, sum);
    const isHeld = by.length > 0;
    count(sum, isHeld);
    const document = indexDocument(log, sealed);
    if (document === undefined) continue;
    for (const custodian of peopleOf(register.directory, document).custodians) {
      const own = sum.people.get(custodian) ?? { records: 0, held: 0 };
      sum.people.set(custodian, own);
      count(own, isHeld);
    }
  }
  const buckets = [...sums.values()].map(({ bucket, people, records, held }): ForecastBucket => {
    const { retention } = register;
    return {
      ...bucket,
      disposableFrom: retainUntil(bucket.class, bucket.quarter, retention) ?? null,
      source: definitionOf(bucket.class, retention)?.source ?? null,
      records,
      held,
      custodians: [...people]
        .map(([custodian, sum]) => ({ custodian, ...sum }))
        .sort((a, b) => b.records - a.records || (a.custodian < b.custodian ? -1 : 1)),
    };
  });
  const over = buckets.filter(({ disposableFrom }) => disposableFrom !== null && disposableFrom <= now);
  return {
    buckets: buckets.sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    expired: {
      records: over.reduce((total, { records }) => total + records, 0),
      held: over.reduce((total, { held }) => total + held, 0),
    },
    holds: holds.length,
  };
}

function count(sum: Sum, isHeld: boolean): void {
  sum.records++;
  if (isHeld) sum.held++;
}

const order = ({ disposableFrom, class: name, quarter }: ForecastBucket): string =>
  `${disposableFrom ?? '~'} ${name} ${quarter}`;
