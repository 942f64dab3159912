import { baseOf } from '../../core/logs.ts';
import type { Act, RecordName } from '../../core/record.ts';
import type { ArchiveReader } from '../reader.ts';

export interface ListedAct {
  readonly name: RecordName;
  readonly act: Act;
}

/** The newest acts of a log, all its generations, that fit, in order; and how many fit. Memory is bounded by `limit`. */
export async function newestActs(
  reader: Pick<ArchiveReader, 'logs' | 'head' | 'scan'>,
  base: string,
  fits: (act: Act) => boolean,
  limit: number,
): Promise<{ readonly acts: readonly ListedAct[]; readonly total: number }> {
  let acts: ListedAct[] = [];
  let total = 0;
  for (const log of await reader.logs()) {
    if (baseOf(log) !== base) continue;
    const { size } = await reader.head(log);
    for await (const sealed of reader.scan(log, 0, size)) {
      if (sealed.type !== 'act' || !fits(sealed.record)) continue;
      total += 1;
      acts.push({ name: `${log}/${sealed.leaf}`, act: sealed.record });
      if (acts.length > 2 * limit) acts = acts.slice(-limit);
    }
  }
  return { acts: acts.slice(-limit), total };
}
