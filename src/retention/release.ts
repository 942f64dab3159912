/** What an approval of a release lets go, and when: what its second person sees before he decides. */
import type { ArchiveReader } from '../archive/reader.ts';
import { narrowed } from '../core/control/narrowed.ts';
import type { Hold, Register } from '../core/control/register.ts';
import { holdsInForce, type JudgedHold } from '../core/holds/judge.ts';
import { readScope } from '../core/holds/read-scope.ts';
import type { Bucket } from '../core/record.ts';
import { retainUntil } from '../core/retention.ts';
import { indexDocument } from '../core/search/document.ts';
import { LANGUAGES } from '../core/search/language.ts';
import { type JudgementOptions, judgeHolds } from './judgement.ts';

export interface ReleasedBucket extends Bucket {
  /** Records that no hold covers once this one is approved. */
  readonly records: number;
  /** First instant (UTC) at which they may be disposed of; null: without end. */
  readonly disposableFrom: string | null;
}

export interface ReleaseEffect {
  readonly what: 'release' | 'narrowing';
  /** By the day from which they may go, soonest first. */
  readonly buckets: readonly ReleasedBucket[];
  /** Records that may go at once, their period being over. */
  readonly atOnce: number;
  readonly released: number;
  /** Records of this hold that stay held: by the narrower scope, or by other holds. */
  readonly stillHeld: number;
}

/** Judges the holds as they are and as they would be. `now`: UTC. Undefined where nothing waits for approval. */
export async function releaseEffect(
  reader: ArchiveReader,
  register: Register,
  hold: Hold,
  now: string,
  options: JudgementOptions = {},
): Promise<ReleaseEffect | undefined> {
  const { pending } = hold;
  if (pending === null) return undefined;
  const holds = holdsInForce(register);
  const before = await judgeHolds(reader, holds, options);
  const after = await judgeHolds(reader, afterwards(holds, hold), options);
  const kept = new Keeping(register);
  let stillHeld = 0;
  let released = 0;
  // A family goes when its last member may: so the dates of all members are needed, and only then the sums.
  for await (const { log, sealed, holds: by } of before.records()) {
    if (!by.includes(hold.hold)) continue;
    if ((await after.holdsOf(log, sealed)).length > 0) {
      stillHeld++;
      continue;
    }
    released++;
    kept.add(indexDocument(log, sealed)?.family ?? `${log}/${sealed.leaf}`, sealed.record);
  }
  const buckets = kept.buckets();
  const atOnce = buckets
    .filter(({ disposableFrom }) => disposableFrom !== null && disposableFrom <= now)
    .reduce((sum, { records }) => sum + records, 0);
  return { what: pending.what, buckets, atOnce, released, stillHeld };
}

function afterwards(holds: readonly JudgedHold[], hold: Hold): JudgedHold[] {
  const others = holds.filter((one) => one.hold !== hold.hold);
  const own = holds.find((one) => one.hold === hold.hold);
  if (own === undefined || hold.pending?.what !== 'narrowing') return others;
  return [
    ...others,
    { ...own, scopes: narrowed(hold, hold.pending).map((scope) => readScope(scope, LANGUAGES)) },
  ];
}

const WITHOUT_END = '~';

/** Records by bucket and by the day on which their family may go. */
class Keeping {
  readonly #retention: Register['retention'];
  readonly #until = new Map<string, string>();
  readonly #records = new Map<string, Map<string, number>>();

  constructor({ retention }: Register) {
    this.#retention = retention;
  }

  add(family: string, { class: name, quarter }: Bucket): void {
    const until = retainUntil(name, quarter, this.#retention) ?? WITHOUT_END;
    const latest = this.#until.get(family);
    if (latest === undefined || until > latest) this.#until.set(family, until);
    const bucket = `${name} ${quarter}`;
    const records = this.#records.get(family) ?? new Map<string, number>();
    this.#records.set(family, records.set(bucket, (records.get(bucket) ?? 0) + 1));
  }

  buckets(): ReleasedBucket[] {
    const sums = new Map<string, ReleasedBucket>();
    for (const [family, records] of this.#records)
      for (const [bucket, count] of records) {
        const [name = '', quarter = ''] = bucket.split(' ');
        const until = this.#until.get(family) ?? WITHOUT_END;
        const key = `${until} ${bucket}`;
        const before = sums.get(key)?.records ?? 0;
        sums.set(key, {
          class: name,
          quarter,
          records: before + count,
          disposableFrom: until === WITHOUT_END ? null : until,
        });
      }
    return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bucket]) => bucket);
  }
}
