/** Whether tokens, words and keys fit a pattern: slow and obvious; what engines answer must agree with it. */
import type { SearchFields } from './fields.ts';
import type { AddressRole, KeyPattern, PartyRole, Pattern, Phrase } from './plan.ts';

export function fits(term: string, pattern: Pattern): boolean {
  switch (pattern.is) {
    case 'term':
      return term === pattern.term;
    case 'prefix':
      return term.startsWith(pattern.prefix);
    case 'wildcard':
      return fitsWildcard(term, pattern.pattern);
    case 'fuzzy':
      return withinEdits(term, pattern.term, pattern.edits);
  }
}

/** Glob match by code points, in time length × length: no pattern makes it explode. */
export function fitsWildcard(text: string, pattern: string): boolean {
  const characters = Array.from(text);
  const parts = Array.from(pattern);
  let t = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (t < characters.length) {
    if (p < parts.length && parts[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < parts.length && (parts[p] === '?' || parts[p] === characters[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (parts[p] === '*') p++;
  return p === parts.length;
}

/** Insertions, removals, substitutions and swaps of neighbours (each place changed once), in code points. */
export function withinEdits(a: string, b: string, edits: number): boolean {
  const left = Array.from(a);
  const right = Array.from(b);
  if (Math.abs(left.length - right.length) > edits) return false;
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    let best = i;
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      next.push(cost);
      best = Math.min(best, cost);
    }
    // A swap looks two rows back, so a row over the limit may still be followed by one at it.
    if (best > edits + 1) return false;
    before = row;
    row = next;
  }
  return (row[right.length] ?? edits + 1) <= edits;
}

/** Where the phrase begins in the tokens: token numbers. */
export function phraseStarts(tokens: readonly string[], phrase: Phrase): number[] {
  const starts: number[] = [];
  for (let start = 0; start + phrase.length <= tokens.length; start++)
    if (phrase.every((pattern, i) => fits(tokens[start + i] ?? '', pattern))) starts.push(start);
  return starts;
}

/** Both occur without overlap, in either order, with at most `distance` tokens between. */
export function nearFits(tokens: readonly string[], left: Phrase, right: Phrase, distance: number): boolean {
  return nearPlaces(tokens, left, right, distance).length > 0;
}

/** Starts of all pairs that are near each other. */
export function nearPlaces(
  tokens: readonly string[],
  left: Phrase,
  right: Phrase,
  distance: number,
): { left: number; right: number }[] {
  const rights = phraseStarts(tokens, right);
  const places: { left: number; right: number }[] = [];
  for (const a of phraseStarts(tokens, left))
    for (const b of rights) {
      const between = a < b ? b - (a + left.length) : a - (b + right.length);
      if (between >= 0 && between <= distance) places.push({ left: a, right: b });
    }
  return places;
}

export function keyFits(keys: readonly string[], pattern: KeyPattern): boolean {
  return pattern.is === 'keys'
    ? keys.some((key) => pattern.keys.includes(key))
    : keys.some((key) => fitsWildcard(key, pattern.pattern));
}

export function addressKeys(fields: SearchFields, role: AddressRole): readonly string[] {
  switch (role) {
    case 'sender':
      return fields.senderAddress;
    case 'to':
      return fields.toAddresses;
    case 'involved':
      return fields.addresses;
  }
}

export function partyKeys(fields: SearchFields, role: PartyRole): readonly string[] {
  switch (role) {
    case 'from':
      return fields.from;
    case 'to':
      return fields.to;
    case 'involved':
      return fields.involved;
  }
}
