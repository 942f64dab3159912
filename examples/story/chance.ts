import { hash } from 'node:crypto';

/** Chance that is the same on every run: the examples are committed, and a test generates them again. */
export interface Chance {
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  pick<T>(choices: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

export function chance(seed: string): Chance {
  let state = Number.parseInt(digest(seed).slice(0, 8), 16);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const pick = <T>(choices: readonly T[]): T => {
    const found = choices[between(0, choices.length - 1)];
    if (found === undefined) throw new Error('There is nothing to pick from.');
    return found;
  };
  const shuffle = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ item, key: next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  return { between, pick, shuffle };
}

/** Hex SHA-256 of a text: where a network would have given an id of its own. */
export const digest = (text: string): string => hash('sha256', text, 'hex');
