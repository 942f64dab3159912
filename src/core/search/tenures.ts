/** Tenures within a period: where it is short, nearly all addresses are somebody's throughout, and stand together. */
import type { Tenure } from './plan.ts';

/** Milliseconds since 1970 UTC, [from, to); null: open. */
export type Period = Pick<Tenure, 'from' | 'to'>;

/**
 * What tenures say of records whose times, with all that they may be off, lie in a period: those that say the same of
 * all of them are one, and those that say nothing of them are left out.
 */
export function tenuresWithin(tenures: readonly Tenure[], within: Period): readonly Tenure[] {
  const networksNamed = new Map<Tenure['networks'], number>();
  const names = new Map<string, number>();
  const groups = new Map<string, { readonly tenure: Tenure; readonly keys: (readonly string[])[] }>();
  for (const { keys, networks, ...when } of tenures) {
    const clipped = clippedTo(within, when);
    if (clipped === undefined) continue;
    let number = networksNamed.get(networks);
    if (number === undefined) {
      const name = JSON.stringify([networks.is, networks.names]);
      number = names.get(name) ?? names.size;
      names.set(name, number);
      networksNamed.set(networks, number);
    }
    const name = `${number} ${clipped.from} ${clipped.to}`;
    const group = groups.get(name) ?? { tenure: { keys: [], networks, ...clipped }, keys: [] };
    groups.set(name, group);
    group.keys.push(keys);
  }
  return [...groups.values()].map(({ tenure, keys }) => ({ ...tenure, keys: keys.flat() }));
}

/** What a period is within another: its ends are open where they lie outside; undefined where nothing is left. */
function clippedTo(within: Period, { from, to }: Period): Period | undefined {
  if (within.from !== null && to !== null && to <= within.from) return undefined;
  if (within.to !== null && from !== null && from >= within.to) return undefined;
  return {
    from: from !== null && within.from !== null && from <= within.from ? null : from,
    to: to !== null && within.to !== null && to >= within.to ? null : to,
  };
}
