/** The values of one tuple as text. */
import type { Dialect } from './dialect.ts';
import { sqlServerTime } from './sql-server-time.ts';

/** A value as text; null is SQL's NULL. */
export type SqlValue = string | null;

/** Calls inside calls; no dump needs more than a few. */
const MAX_CALLS = 32;
const MAX_VALUES = 4096;

class Malformed extends Error {}

/** The values of `( … )`; undefined where it is no list of values. */
export function tupleValues(text: string, dialect: Dialect): SqlValue[] | undefined {
  const reader = new ValueReader(text, dialect);
  try {
    return reader.tuple();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

const SPACE = /\s*/uy;
const WORD = /[A-Za-z_][\w$]*/uy;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy;
const HEX = /0x([\da-fA-F]*)/uy;
const DOLLAR = /\$(?:[A-Za-z_]\w*)?\$/uy;
const CAST = /::\s*(?:"[^"]+"|[A-Za-z_][\w ]*?)(?:\(\d+(?:,\d+)?\))?(?:\[\])?(?=\s*(?:[,)|]|::))/uy;

class ValueReader {
  readonly #text: string;
  readonly #dialect: Dialect;
  #at = 0;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  tuple(): SqlValue[] {
    const values = this.#list(0);
    this.#take(SPACE);
    if (this.#at !== this.#text.length) throw new Malformed();
    return values;
  }

  #list(depth: number): SqlValue[] {
    if (depth > MAX_CALLS) throw new Malformed();
    this.#expect('(');
    const values: SqlValue[] = [];
    this.#take(SPACE);
    if (this.#text[this.#at] === ')') {
      this.#at++;
      return values;
    }
    for (;;) {
      values.push(this.#value(depth));
      if (values.length > MAX_VALUES) throw new Malformed();
      this.#space();
      const c = this.#text[this.#at++];
      if (c === ')') return values;
      if (c !== ',') throw new Malformed();
    }
  }

  /** A value with the casts and joins after it. */
  #value(depth: number): SqlValue {
    this.#space();
    const start = this.#at;
    let value = this.#primary(depth);
    const hex = this.#text.startsWith('0x', start) ? this.#text.slice(start + 2, this.#at) : undefined;
    for (;;) {
      this.#space();
      const c = this.#text[this.#at];
      if (c === ',' || c === ')') return value;
      if (this.#take(CAST) !== undefined) continue;
      if (this.#text.startsWith('||', this.#at)) {
        this.#at += 2;
        value = join(value, this.#primary(depth));
      } else if (this.#text[this.#at] === '+') {
        this.#at++;
        value = join(value, this.#primary(depth));
      } else {
        const word = this.#take(WORD)?.toLowerCase();
        if (word === undefined) return value;
        if (word === 'as' && hex !== undefined) {
          this.#space();
          const type = this.#take(WORD)?.toLowerCase() ?? '';
          value = sqlServerTime(hex, type) ?? value;
        }
        // `AS type`, `USING charset`, `COLLATE name`, `AT TIME ZONE 'x'`: what follows says nothing about the value.
        this.#aside();
      }
    }
  }

  /** Passes over everything up to the next comma or bracket of this list. */
  #aside(): void {
    let depth = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text[this.#at];
      if (c === "'") {
        this.#string();
        this.#at--;
      } else if (c === '(') depth++;
      else if (c === ')' && depth-- === 0) return;
      else if (c === ',' && depth === 0) return;
    }
  }

  #space(): void {
    if (this.#text.charCodeAt(this.#at) <= 32) this.#take(SPACE);
  }

  #primary(depth: number): SqlValue {
    this.#space();
    const c = this.#text[this.#at];
    if (c === "'") return this.#string();
    if (c === '"') return this.#string('"');
    if (c === '$') {
      const tag = this.#take(DOLLAR);
      const end = tag === undefined ? -1 : this.#text.indexOf(tag, this.#at);
      if (tag === undefined || end === -1) throw new Malformed();
      const value = this.#text.slice(this.#at, end);
      this.#at = end + tag.length;
      return value;
    }
    const hex = c === '0' ? this.#take(HEX) : undefined;
    if (hex !== undefined) return fromHex(hex.slice(2));
    if (this.#text.startsWith('NULL', this.#at) && /[,)]/u.test(this.#text[this.#at + 4] ?? '')) {
      this.#at += 4;
      return null;
    }
    const number = this.#take(NUMBER);
    if (number !== undefined) return number;
    const word = this.#take(WORD);
    if (word === undefined) throw new Malformed();
    return this.#named(word.toLowerCase(), depth);
  }

  #named(word: string, depth: number): SqlValue {
    const next = this.#text[this.#at];
    if (next === "'") {
      if (word === 'x') return fromHex(this.#string());
      if (word === 'e') return this.#string("'", true);
      // N'…', U&'…', _utf8'…'
      return this.#string();
    }
    this.#take(SPACE);
    if (this.#text[this.#at] === "'") return this.#string();
    if (this.#text[this.#at] !== '(') return word === 'null' || word === 'default' ? null : word;
    const values = this.#list(depth + 1);
    return called(word, values);
  }

  #string(quote = "'", escaped = this.#dialect.backslash): string {
    let result = '';
    let from = this.#at + 1;
    for (let at = from; ; ) {
      const end = this.#text.indexOf(quote, at);
      if (end === -1) throw new Malformed();
      if (escaped) {
        let slashes = 0;
        while (this.#text[end - 1 - slashes] === '\\' && end - 1 - slashes >= from) slashes++;
        if (slashes % 2 === 1) {
          at = end + 1;
          continue;
        }
      }
      if (this.#text[end + 1] === quote) {
        result += this.#text.slice(from, end + 1);
        from = at = end + 2;
        continue;
      }
      result += this.#text.slice(from, end);
      this.#at = end + 1;
      break;
    }
    if (escaped) return unescaped(result);
    return this.#dialect.unicode ? fromUnicodeEscapes(result) : result;
  }

  #expect(mark: string): void {
    if (this.#text[this.#at] !== mark) throw new Malformed();
    this.#at++;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }
}

const join = (a: SqlValue, b: SqlValue): SqlValue => (a === null || b === null ? null : a + b);

/** What a call gives, as far as dumps write calls; any other stands as its first value. */
function called(name: string, values: readonly SqlValue[]): SqlValue {
  const [first = null, second = null, third = null] = values;
  switch (name) {
    case 'char':
    case 'chr':
    case 'nchar':
      return first !== null && /^\d{1,6}$/u.test(first) && Number(first) <= 0x10ffff
        ? String.fromCodePoint(Number(first))
        : first;
    case 'replace':
      return first === null || second === null || third === null || second === ''
        ? first
        : first.replaceAll(second, () => third);
    case 'unistr':
      return first === null ? null : fromUnicodeEscapes(first);
    case 'concat':
      return values.reduce((all, each) => join(all, each), '');
    case 'convert':
      return values.length > 1 ? second : first;
    default:
      return first;
  }
}

const fromUnicodeEscapes = (text: string): string =>
  text
    .replaceAll(/\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|\\)/gu, (all, four?: string, eight?: string) => {
      const code = Number.parseInt(four ?? eight ?? '5c', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .toWellFormed();

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  '0': '\0',
  Z: '\x1a',
};

/** MySQL's and PostgreSQL's backslashes. A loop: a callback for each of them costs more than all else. */
function unescaped(text: string): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', from)) {
    const next = text[at + 1] ?? '';
    result += text.slice(from, at) + (ESCAPES[next] ?? next);
    from = at + 2;
  }
  return from === 0 ? text : result + text.slice(from);
}

function fromHex(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? `0x${hex}` : text;
}
