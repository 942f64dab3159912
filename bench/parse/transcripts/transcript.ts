/** Transcripts of the bench: messages of the corpus as a system writes them down, with its own fields and spacing. */
import type { Kind } from '../enlarge.ts';

/** A message to be written down. */
export interface Said {
  readonly index: number;
  /** 0 or 1 in a direct conversation; in a room one of `PEOPLE`. */
  readonly who: number;
  /** UTC ms, whole seconds. */
  readonly at: number;
  readonly text: string;
}

export interface Transcript {
  readonly kind: Kind;
  /** Where such a file stands: formats read accounts and rooms from it. */
  readonly path: string;
  readonly head: string;
  entry(said: Said): string;
  /** Between entries. */
  readonly between: string;
  readonly tail: string;
}

/** Between one message and the next, ms. */
export const STEP = 37_000;

export const PEOPLE = [
  'Alice Brook',
  'Bob Harbour',
  'Carol Fenwick',
  'Dan Okafor',
  'Erin Castellanos',
  'Farid Nasser',
  'Grace Lindqvist',
  'Hugo Tremblay',
] as const;

export const nameOf = (who: number): string => PEOPLE[who % PEOPLE.length] ?? PEOPLE[0];
export const loginOf = (who: number): string => nameOf(who).toLowerCase().replace(' ', '.');
export const isoOf = (at: number): string => new Date(at).toISOString();
/** `2006-01-02` and `15:04:05`. */
export const dateOf = (at: number): string => isoOf(at).slice(0, 10);
export const timeOf = (at: number): string => isoOf(at).slice(11, 19);
export const seconds = (at: number): number => Math.floor(at / 1000);
