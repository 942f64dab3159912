/**
 * NeXT's typedstream, in which Apple's programs kept objects: iChat's `.chat` files, the rich text of iMessage. Version 4,
 * both byte orders. Grammar: dgelessus/python-typedstream (README and `stream.py`), tried on streams of Messages.
 *
 * Input is hostile: lengths are compared with what is there, nesting and the number of values are bounded, and an object
 * may refer to itself, so whoever follows references must bound his steps.
 */

/** An object: its classes from the most special one, and its values in groups as they were written. */
export interface TypedObject {
  readonly classes: readonly string[];
  readonly groups: TypedValue[][];
}

export type TypedValue = null | number | string | Uint8Array | TypedObject | readonly TypedValue[];

/** The bytes are no typedstream, or not from here on. The message quotes no content. */
export class TypedstreamFault extends Error {}

const INTEGER_2 = -127;
const INTEGER_4 = -126;
const FLOAT = -125;
const NEW = -124;
const NIL = -123;
const END = -122;
/** References count from here; what lies below are tags. */
const FIRST_REFERENCE = -110;

const MAX_NESTING = 64;
const MAX_VALUES = 1_000_000;

/** The classes of a stream, as shared objects. */
interface TypedClass {
  readonly names: readonly string[];
}

/** Whether bytes begin as a typedstream does. */
export const isTypedstream = (head: Uint8Array): boolean =>
  head[0] === 4 &&
  head[1] === 11 &&
  /^(?:streamtyped|typedstream)$/u.test(Buffer.from(head.subarray(2, 13)).toString('latin1'));

/** All top-level values; throws {@link TypedstreamFault}. */
export function readTypedstream(bytes: Uint8Array): TypedValue[] {
  if (!isTypedstream(bytes)) throw new TypedstreamFault('no typedstream of version 4');
  return new Reader(bytes).all();
}

class Reader {
  readonly #bytes: Buffer;
  readonly #little: boolean;
  readonly #strings: string[] = [];
  readonly #objects: (TypedObject | TypedClass | string)[] = [];
  #at = 13;
  #values = 0;
  #nesting = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = this.#bytes[2] === 0x73;
  }

  all(): TypedValue[] {
    this.#integer(this.#head());
    const values: TypedValue[] = [];
    while (this.#at < this.#bytes.length) values.push(...this.#group(this.#head()));
    return values;
  }

  #head(): number {
    if (this.#at >= this.#bytes.length) throw new TypedstreamFault('the stream ends within a value');
    return this.#bytes.readInt8(this.#at++);
  }

  #take(length: number): Buffer {
    if (length < 0 || length > this.#bytes.length - this.#at)
      throw new TypedstreamFault('a length leads out of the stream');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #integer(head: number): number {
    if (head === INTEGER_2) {
      const raw = this.#take(2);
      return this.#little ? raw.readInt16LE() : raw.readInt16BE();
    }
    if (head === INTEGER_4) {
      const raw = this.#take(4);
      return this.#little ? raw.readInt32LE() : raw.readInt32BE();
    }
    if (head < FIRST_REFERENCE) throw new TypedstreamFault('a tag stands where a number should');
    return head;
  }

  #unsigned(head: number): number {
    const value = this.#integer(head);
    if (value >= 0) return value;
    return head === INTEGER_2 ? value + 0x1_0000 : head === INTEGER_4 ? value + 0x1_0000_0000 : value + 0x100;
  }

  #reference<T>(head: number, table: readonly T[]): T {
    const found = table[this.#integer(head) - FIRST_REFERENCE];
    if (found === undefined) throw new TypedstreamFault('a reference to nothing');
    return found;
  }

  /** Bytes with their length before them. Clients write UTF-8, older ones MacRoman. */
  #string(): string {
    const raw = this.#take(this.#unsigned(this.#head()));
    const text = raw.toString('utf8');
    return text.includes('\ufffd')
      ? new TextDecoder(raw.includes(0) ? 'windows-1252' : 'macintosh').decode(raw)
      : text;
  }

  #sharedString(head: number): string | null {
    if (head === NIL) return null;
    if (head !== NEW) return this.#reference(head, this.#strings);
    const text = this.#string();
    this.#strings.push(text);
    return text;
  }

  /** The values that one type encoding announces. */
  #group(head: number): TypedValue[] {
    const encoding = this.#sharedString(head);
    if (encoding === null || encoding === '' || encoding.length > 256)
      throw new TypedstreamFault('a value without a type');
    return splitEncoding(encoding).map((type) => this.#value(type));
  }

  #value(type: string): TypedValue {
    if (++this.#values > MAX_VALUES) throw new TypedstreamFault(`more than ${MAX_VALUES} values`);
    switch (type[0]) {
      case '@':
        return this.#object(this.#head());
      case '+': {
        const head = this.#head();
        if (head === NIL) return null;
        this.#at--;
        return this.#string();
      }
      case '*':
        return this.#cString(this.#head());
      case '%':
      case ':':
        return this.#sharedString(this.#head());
      case '#':
        return this.#class(this.#head()).join(' ');
      case 'c':
        return this.#head();
      case 'C':
      case 'B':
        return this.#take(1)[0] ?? 0;
      case 's':
      case 'i':
      case 'l':
      case 'q':
        return this.#integer(this.#head());
      case 'S':
      case 'I':
      case 'L':
      case 'Q':
        return this.#unsigned(this.#head());
      case 'f':
      case 'd':
        return this.#float(type[0]);
      case '[':
        return this.#array(type);
      case '{':
        return this.#nested(() => fieldsOf(type).map((field) => this.#value(field)));
      default:
        throw new TypedstreamFault('a type that is not known');
    }
  }

  #float(type: 'f' | 'd'): number {
    const head = this.#head();
    if (head !== FLOAT) return this.#integer(head);
    const raw = this.#take(type === 'f' ? 4 : 8);
    if (type === 'f') return this.#little ? raw.readFloatLE() : raw.readFloatBE();
    return this.#little ? raw.readDoubleLE() : raw.readDoubleBE();
  }

  #array(type: string): TypedValue {
    const match = /^\[(\d{1,9})(.+)\]$/su.exec(type);
    if (match?.[2] === undefined) throw new TypedstreamFault('an array without a type');
    const count = Number(match[1]);
    const element = match[2];
    if (element === 'c' || element === 'C') return this.#take(count);
    if (count > this.#bytes.length) throw new TypedstreamFault('a length leads out of the stream');
    return this.#nested(() => Array.from({ length: count }, () => this.#value(element)));
  }

  #cString(head: number): string | null {
    if (head === NIL) return null;
    if (head !== NEW) {
      const found = this.#reference(head, this.#objects);
      if (typeof found !== 'string') throw new TypedstreamFault('a reference to something else');
      return found;
    }
    const text = this.#sharedString(this.#head()) ?? '';
    this.#objects.push(text);
    return text;
  }

  /** Names from the most special class to its last ancestor. */
  #class(head: number): readonly string[] {
    if (head === NIL) return [];
    if (head !== NEW) {
      const found = this.#reference(head, this.#objects);
      if (typeof found === 'string' || !('names' in found))
        throw new TypedstreamFault('a reference to something else');
      return found.names;
    }
    const name = this.#sharedString(this.#head()) ?? '';
    this.#integer(this.#head());
    const names = [name];
    this.#objects.push({ names });
    names.push(...this.#nested(() => this.#class(this.#head())));
    return names;
  }

  #object(head: number): TypedObject | null {
    if (head === NIL) return null;
    if (head !== NEW) {
      const found = this.#reference(head, this.#objects);
      if (typeof found === 'string' || !('groups' in found))
        throw new TypedstreamFault('a reference to something else');
      return found;
    }
    const classes: string[] = [];
    const object: TypedObject = { classes, groups: [] };
    this.#objects.push(object);
    return this.#nested(() => {
      classes.push(...this.#class(this.#head()));
      for (let next = this.#head(); next !== END; next = this.#head()) object.groups.push(this.#group(next));
      return object;
    });
  }

  #nested<T>(read: () => T): T {
    if (++this.#nesting > MAX_NESTING) throw new TypedstreamFault(`nested deeper than ${MAX_NESTING}`);
    const result = read();
    this.#nesting--;
    return result;
  }
}

/** `iI@` as `i`, `I`, `@`; arrays and structures stay whole. */
function splitEncoding(encoding: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < encoding.length; ) {
    const open = encoding[at];
    let end = at + 1;
    if (open === '[' || open === '{') {
      for (let depth = 1; depth > 0; end++) {
        const c = encoding[end];
        if (c === undefined) throw new TypedstreamFault('a type that is never closed');
        if (c === '[' || c === '{') depth++;
        else if (c === ']' || c === '}') depth--;
      }
    }
    types.push(encoding.slice(at, end));
    at = end;
  }
  return types;
}

/** `{_NSRange=QQ}` as `Q`, `Q`. */
function fieldsOf(type: string): string[] {
  const equals = type.indexOf('=');
  return equals === -1 ? [] : splitEncoding(type.slice(equals + 1, -1));
}
