/** Lua tables as Prosody's data files hold them (`util.serialization`, and `%q` of older versions): read, never run. */

export type LuaValue = string | number | boolean | null | LuaTable;
/** Keys as text; the elements of a list under 1, 2, … */
export type LuaTable = ReadonlyMap<string, LuaValue>;

const MAX_DEPTH = 64;
const MAX_ENTRIES = 100_000;

class Malformed extends Error {}

/** The value that a text begins with (`item(` or `return` before it aside); undefined where it is none. */
export function luaValue(text: string): LuaValue | undefined {
  const reader = new LuaReader(text);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

export const isTable = (value: LuaValue | undefined): value is LuaTable => value instanceof Map;

const BLANK = /(?:\s|--[^\n]*(?:\n|$))*/uy;
const NAME = /[A-Za-z_]\w*/uy;
const NUMBER = /-?(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/uy;
const PLAIN = /[^"'\\\n]+/uy;

class LuaReader {
  readonly #text: string;
  #at = 0;
  #entries = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): LuaValue {
    this.#blank();
    const word = this.#take(NAME);
    this.#blank();
    if (word === 'item' && this.#text[this.#at] === '(') this.#at++;
    else if (word !== 'return' && word !== undefined) throw new Malformed();
    return this.#value(0);
  }

  #value(depth: number): LuaValue {
    this.#blank();
    const c = this.#text[this.#at];
    if (c === '{') return this.#table(depth + 1);
    if (c === '"' || c === "'") return this.#string(c);
    if (c === '[') return this.#long();
    const number = this.#take(NUMBER);
    if (number !== undefined) return Number(number);
    const word = this.#take(NAME);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'nil') return null;
    throw new Malformed();
  }

  #table(depth: number): LuaTable {
    if (depth > MAX_DEPTH) throw new Malformed();
    this.#at++;
    const table = new Map<string, LuaValue>();
    let next = 1;
    for (;;) {
      this.#blank();
      const c = this.#text[this.#at];
      if (c === undefined) throw new Malformed();
      if (c === '}') {
        this.#at++;
        return table;
      }
      if (c === ';' || c === ',') {
        this.#at++;
        continue;
      }
      if (++this.#entries > MAX_ENTRIES) throw new Malformed();
      const key = this.#key(depth);
      const value = this.#value(depth);
      table.set(key ?? String(next++), value);
    }
  }

  /** `["key"] =`, `[1] =` or `key =`; undefined: an element of the list. */
  #key(depth: number): string | undefined {
    const start = this.#at;
    if (this.#text[this.#at] === '[' && !/^\[=*\[/u.test(this.#text.slice(this.#at, this.#at + 16))) {
      this.#at++;
      const key = this.#value(depth);
      this.#blank();
      if (this.#text[this.#at++] !== ']') throw new Malformed();
      this.#blank();
      if (this.#text[this.#at++] !== '=') throw new Malformed();
      return String(key);
    }
    const name = this.#take(NAME);
    if (name !== undefined) {
      this.#blank();
      if (this.#text[this.#at] === '=') {
        this.#at++;
        return name;
      }
    }
    this.#at = start;
    return undefined;
  }

  /** Escapes are bytes (`\195\169`), so the string is gathered as bytes. */
  #string(quote: string): string {
    this.#at++;
    const pieces: Buffer[] = [];
    let plain = '';
    const flush = (): void => {
      if (plain !== '') pieces.push(Buffer.from(plain, 'utf8'));
      plain = '';
    };
    for (;;) {
      plain += this.#take(PLAIN) ?? '';
      const c = this.#text[this.#at++];
      if (c === undefined) throw new Malformed();
      if (c === quote) {
        if (pieces.length === 0) return plain;
        flush();
        return Buffer.concat(pieces).toString('utf8').toWellFormed();
      }
      if (c !== '\\') {
        plain += c;
        continue;
      }
      const e = this.#text[this.#at++];
      if (e === undefined) throw new Malformed();
      if (/\d/u.test(e)) {
        let digits = e;
        while (digits.length < 3 && /\d/u.test(this.#text[this.#at] ?? '')) digits += this.#text[this.#at++];
        flush();
        pieces.push(Buffer.from([Number(digits) & 255]));
      } else if (e === 'x') {
        flush();
        pieces.push(Buffer.from(this.#text.slice(this.#at, this.#at + 2), 'hex'));
        this.#at += 2;
      } else if (e === 'z') this.#blank();
      else plain += ESCAPES[e] ?? e;
    }
  }

  #long(): string {
    const open = /^\[(=*)\[/u.exec(this.#text.slice(this.#at, this.#at + 64));
    if (open === null) throw new Malformed();
    const close = `]${open[1]}]`;
    const from = this.#at + open[0].length;
    const end = this.#text.indexOf(close, from);
    if (end === -1) throw new Malformed();
    this.#at = end + close.length;
    return this.#text.slice(from, end).replace(/^\r?\n/u, '');
  }

  #blank(): void {
    this.#take(BLANK);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};
