/**
 * The one tokenizer: both indices, the query reader and the highlighter cut text with it, so that a hit means the same
 * everywhere. A token is a run of letters and digits; scripts written without spaces, Hangul and kana go in character by
 * character; so does every pictograph. Everything else separates. A run is cut every 120 code points.
 */
import { CLUSTER, fold } from './fold.ts';

/** Raise it with any change of the rules; an index that was made with another version is rebuilt. */
export const TOKENIZER_VERSION = 2;

/** Longest token, in code points (an Elasticsearch `whitespace` field cuts at 255 characters by itself). */
export const LONGEST_TOKEN = 120;

/** `start` and `end` are UTF-16 offsets in the text, [start, end). */
export interface Token {
  readonly term: string;
  readonly start: number;
  readonly end: number;
}

const CLUSTER_AT = new RegExp(CLUSTER.source, 'suy');

const ALONE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const LETTER = /^[\p{L}\p{N}]/u;
const MARK = /^\p{M}/u;
const PICTOGRAPH = /^[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Co}\p{Cn}]/u;

type Class = 'letter' | 'alone' | 'mark' | 'break';

const classes = new Map<string, Class>();

/** What a folded character is: part of a run, a token of its own, a mark of what stands before, or a separator. */
export function classOf(character: string): Class {
  const known = classes.get(character);
  if (known !== undefined) return known;
  const found = classify(character);
  if (classes.size >= 32_768) classes.clear();
  classes.set(character, found);
  return found;
}

function classify(character: string): Class {
  if (LETTER.test(character)) return ALONE.test(character) ? 'alone' : 'letter';
  if (MARK.test(character)) return 'mark';
  return PICTOGRAPH.test(character) ? 'alone' : 'break';
}

/** 1 for the letters and digits of ASCII. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) =>
  /[0-9A-Za-z]/u.test(String.fromCharCode(code)) ? 1 : 0,
);

/** A character that stands alone keeps its marks up to this many UTF-16 units: hostile text stacks them. */
const MOST_MARKED = 32;

/** Tokens of `text` in order. Linear in its length. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let term = '';
  let length = 0;
  let start = 0;
  let end = 0;
  const flush = (): void => {
    if (length > 0) tokens.push({ term, start, end });
    term = '';
    length = 0;
  };
  const grow = (more: string, points: number, from: number, to: number): void => {
    if (length >= LONGEST_TOKEN) flush();
    if (length === 0) start = from;
    term += more;
    length += points;
    end = to;
  };
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 128 && isBare(text, at)) {
      if (ASCII[code] !== 1) {
        flush();
        at++;
        continue;
      }
      const stop = asciiRunEnd(text, at, LONGEST_TOKEN - (length % LONGEST_TOKEN));
      grow(text.slice(at, stop).toLowerCase(), stop - at, at, stop);
      at = stop;
      continue;
    }
    CLUSTER_AT.lastIndex = at;
    const cluster = CLUSTER_AT.exec(text)?.[0] || text.slice(at, at + 1);
    const next = at + cluster.length;
    const folded = fold(cluster);
    // A skin tone or joiner belongs to what it stands behind.
    if (folded === '' && length > 0) end = next;
    else if (folded === '') extend(tokens, at, next);
    let alone = '';
    const release = (): void => {
      if (alone !== '') tokens.push({ term: alone, start: at, end: next });
      alone = '';
    };
    for (const character of folded) {
      const kind = classOf(character);
      if (kind === 'mark' && alone !== '') {
        if (alone.length < MOST_MARKED) alone += character;
        continue;
      }
      release();
      if (kind === 'letter' || (kind === 'mark' && length > 0)) grow(character, 1, at, next);
      else if (kind !== 'mark') flush();
      if (kind === 'alone') alone = character;
    }
    release();
    at = next;
  }
  flush();
  return tokens;
}

function extend(tokens: Token[], from: number, to: number): void {
  const last = tokens.at(-1);
  if (last?.end === from) tokens[tokens.length - 1] = { ...last, end: to };
}

/** True when no mark can follow the character at `at`. */
function isBare(text: string, at: number): boolean {
  return at + 1 >= text.length || text.charCodeAt(at + 1) < 0x300;
}

function asciiRunEnd(text: string, from: number, most: number): number {
  const limit = Math.min(text.length, from + most);
  let stop = from + 1;
  while (stop < limit && ASCII[text.charCodeAt(stop)] === 1 && isBare(text, stop)) stop++;
  return stop;
}
