/** Compares the order of records with the custody trail, in two streams, and names what was dropped, added, moved. */

/** Names kept at most: past it, differences are said without naming each. */
const MOST_KEPT = 2_000_000;
const MOST_NAMED = 100;

export interface OrderDifferences {
  readonly dropped: readonly string[];
  readonly added: readonly string[];
  /** `found` stands where `expected` should. */
  readonly moved: readonly { readonly line: number; readonly expected: string; readonly found: string }[];
}

/** `expected` is the custody trail's order, `found` that of the records. Each is read once when they agree. */
export async function compareOrder(
  expected: () => AsyncIterable<string>,
  found: () => AsyncIterable<string>,
): Promise<OrderDifferences> {
  if (await same(expected(), found())) return { dropped: [], added: [], moved: [] };
  const wanted = await setOf(expected());
  const here = await setOf(found());
  const dropped = [...wanted].filter((name) => !here.has(name));
  const added = [...here].filter((name) => !wanted.has(name));
  const moved: { line: number; expected: string; found: string }[] = [];
  const common = filtered(expected(), here);
  const seen = new Set<string>();
  let line = 0;
  for await (const name of found()) {
    line++;
    if (!wanted.has(name)) continue;
    if (seen.has(name)) {
      added.push(name);
      continue;
    }
    seen.add(name);
    const next = await common.next();
    if (next.done !== true && next.value !== name && moved.length < MOST_NAMED) {
      moved.push({ line, expected: next.value, found: name });
    }
  }
  await common.return(undefined);
  return { dropped: dropped.slice(0, MOST_NAMED), added: added.slice(0, MOST_NAMED), moved };
}

async function same(a: AsyncIterable<string>, b: AsyncIterable<string>): Promise<boolean> {
  const [left, right] = [a[Symbol.asyncIterator](), b[Symbol.asyncIterator]()];
  try {
    while (true) {
      const [one, other] = [await left.next(), await right.next()];
      if (one.done === true || other.done === true) return one.done === other.done;
      if (one.value !== other.value) return false;
    }
  } finally {
    await left.return?.();
    await right.return?.();
  }
}

async function setOf(names: AsyncIterable<string>): Promise<Set<string>> {
  const set = new Set<string>();
  for await (const name of names) {
    if (set.size >= MOST_KEPT) break;
    set.add(name);
  }
  return set;
}

async function* filtered(names: AsyncIterable<string>, keep: ReadonlySet<string>): AsyncGenerator<string> {
  const seen = new Set<string>();
  for await (const name of names) {
    if (!keep.has(name) || seen.has(name)) continue;
    seen.add(name);
    yield name;
  }
}
