import { baseOf } from '../../core/logs.ts';
import type { Act, RecordName } from '../../core/record.ts';
import type { ArchiveReader } from '../reader.ts';

export interface ListedAct {
  readonly name: RecordName;
  readonly act: Act;
}

/**
 * The newest acts of these logs, all their generations, that fit, in the order in which they were done; and how many fit.
 * Memory is bounded by `limit`.
 */
export async function newestActs(
  reader: Pick<ArchiveReader, 'logs' | 'head' | 'scan'>,
  bases: readonly string[],
  fits: (act: Act) => boolean,
  limit: number,
): Promise<{ readonly acts: readonly ListedAct[]; readonly total: number }> {
  const newest: ListedAct[] = [];
  let total = 0;
  for (const log of await reader.logs()) {
    if (!bases.includes(baseOf(log))) continue;
    let acts: ListedAct[] = [];
    const { size } = await reader.head(log);
    for await (const sealed of reader.scan(log, 0, size)) {
      if (sealed.type !== 'act' || !fits(sealed.record)) continue;
      total += 1;
      acts.push({ name: `${log}/${sealed.leaf}`, act: sealed.record });
      if (acts.length > 2 * limit) acts = acts.slice(-limit);
    }
    newest.push(...acts.slice(-limit));
  }
  newest.sort((a, b) => (a.act.at < b.act.at ? -1 : a.act.at > b.act.at ? 1 : 0));
  return { acts: newest.slice(-limit), total };
}
