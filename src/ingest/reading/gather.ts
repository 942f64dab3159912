import type { Json } from '../../core/event.ts';

/** Named values as one object; a name that comes again becomes a list. Names are the source's, whatever they are. */
export function gather(pairs: Iterable<readonly [string, Json]>): { readonly [key: string]: Json } {
  const found: { [key: string]: Json } = {};
  /** Lists of the names that came again. */
  let again: Map<string, Json[]> | undefined;
  for (const [name, value] of pairs) {
    if (!Object.hasOwn(found, name)) {
      put(found, name, value);
      continue;
    }
    again ??= new Map();
    const list = again.get(name);
    if (list !== undefined) list.push(value);
    else {
      const both = [found[name] ?? null, value];
      again.set(name, both);
      put(found, name, both);
    }
  }
  return found;
}

/** Assigning to the name `__proto__` would change the object and not put anything into it. */
function put(found: { [key: string]: Json }, name: string, value: Json): void {
  if (name !== '__proto__') found[name] = value;
  else Object.defineProperty(found, name, { value, enumerable: true, configurable: true, writable: true });
}
