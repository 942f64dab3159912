import type { Json } from '../../core/event.ts';

/** Named values as one object; a name that comes again becomes a list. Names are the source's, whatever they are. */
export function gather(pairs: Iterable<readonly [string, Json]>): { readonly [key: string]: Json } {
  const found = new Map<string, Json[]>();
  for (const [name, value] of pairs) {
    const list = found.get(name) ?? [];
    found.set(name, list);
    list.push(value);
  }
  return Object.fromEntries(
    [...found].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? null) : list]),
  );
}
