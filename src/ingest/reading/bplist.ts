/**
 * Apple's binary property lists, version 00. Layout: CFBinaryPList.c of Apple's CoreFoundation. Objects are read when they
 * are asked for, so that lists that hold themselves, or each other a million times, cost nothing until somebody follows
 * them; whoever does must bound his steps.
 */

/** A reference to an object of a keyed archive. */
export interface PlistUid {
  readonly uid: number;
}
/** Objects by number, each read by `Plist.value`. */
export interface PlistArray {
  readonly items: readonly number[];
}
export interface PlistDictionary {
  readonly keys: readonly number[];
  readonly values: readonly number[];
}
/** Seconds since 2001. */
export interface PlistDate {
  readonly date: number;
}
export type PlistValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PlistUid
  | PlistArray
  | PlistDictionary
  | PlistDate;

/** The bytes are no property list, or an object of it is none. The message quotes no content. */
export class PlistFault extends Error {}

const MAX_OBJECTS = 2_000_000;
/** Objects are asked for several times each; a list of references to one large object would be asked without end. */
const STEPS_AN_OBJECT = 50;
const STEPS_AT_LEAST = 200_000;
const TRAILER = 32;

export const isPlist = (head: Uint8Array): boolean =>
  Buffer.from(head.subarray(0, 8)).toString('latin1') === 'bplist00';

export class Plist {
  readonly #bytes: Buffer;
  readonly #offsetSize: number;
  readonly #refSize: number;
  readonly #count: number;
  readonly #table: number;
  #steps: number;
  /** Number of the object at the top. */
  readonly top: number;

  /** Throws {@link PlistFault}. */
  constructor(bytes: Uint8Array) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!isPlist(buffer) || buffer.length < 8 + TRAILER) throw new PlistFault('no binary property list');
    this.#bytes = buffer;
    const trailer = buffer.length - TRAILER;
    this.#offsetSize = buffer.readUInt8(trailer + 6);
    this.#refSize = buffer.readUInt8(trailer + 7);
    this.#count = Number(buffer.readBigUInt64BE(trailer + 8));
    this.top = Number(buffer.readBigUInt64BE(trailer + 16));
    this.#table = Number(buffer.readBigUInt64BE(trailer + 24));
    const sizes = [this.#offsetSize, this.#refSize].every((size) => size >= 1 && size <= 8);
    const fits = this.#table >= 8 && this.#table + this.#count * this.#offsetSize <= trailer;
    if (!sizes || !fits || this.#count > MAX_OBJECTS || this.top >= this.#count)
      throw new PlistFault('the trailer contradicts the file');
    this.#steps = STEPS_AT_LEAST + STEPS_AN_OBJECT * this.#count;
  }

  /** The object of a number. */
  value(object: number): PlistValue {
    if (object < 0 || object >= this.#count) throw new PlistFault('a reference to nothing');
    if (--this.#steps < 0) throw new PlistFault('its objects refer to each other too often');
    const at = this.#unsigned(this.#table + object * this.#offsetSize, this.#offsetSize);
    const marker = this.#byte(at);
    const low = marker & 15;
    switch (marker >> 4) {
      case 0:
        return low === 8 ? false : low === 9 ? true : null;
      case 1:
        return this.#integer(at + 1, 2 ** low);
      case 2:
        return this.#real(at + 1, 2 ** low);
      case 3:
        return { date: this.#real(at + 1, 8) };
      case 4: {
        const { count, from } = this.#length(at, low);
        return this.#slice(from, count);
      }
      case 5: {
        const { count, from } = this.#length(at, low);
        return this.#slice(from, count).toString('latin1');
      }
      case 6: {
        const { count, from } = this.#length(at, low);
        const raw = Buffer.from(this.#slice(from, count * 2));
        return raw.swap16().toString('utf16le');
      }
      case 8:
        return { uid: this.#unsigned(at + 1, low + 1) };
      case 10:
      case 12: {
        const { count, from } = this.#length(at, low);
        return { items: this.#references(from, count) };
      }
      case 13: {
        const { count, from } = this.#length(at, low);
        return {
          keys: this.#references(from, count),
          values: this.#references(from + count * this.#refSize, count),
        };
      }
      default:
        throw new PlistFault('an object of a kind that is not known');
    }
  }

  /** The number of the object that a dictionary holds under a key. */
  find(dictionary: PlistValue, key: string): number | undefined {
    if (!isDictionary(dictionary)) return undefined;
    const index = dictionary.keys.findIndex((number) => this.value(number) === key);
    return index === -1 ? undefined : dictionary.values[index];
  }

  /** The value that a dictionary holds under a key. */
  get(dictionary: PlistValue, key: string): PlistValue | undefined {
    const found = this.find(dictionary, key);
    return found === undefined ? undefined : this.value(found);
  }

  #slice(from: number, length: number): Buffer {
    if (from < 8 || length < 0 || from + length > this.#table)
      throw new PlistFault('an object leads out of the file');
    return this.#bytes.subarray(from, from + length);
  }

  #byte(at: number): number {
    return this.#slice(at, 1).readUInt8();
  }

  #unsigned(at: number, size: number): number {
    if (at < 8 || at + size > this.#bytes.length) throw new PlistFault('a number leads out of the file');
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (this.#bytes[at + i] ?? 0);
    return value;
  }

  #integer(at: number, size: number): number | bigint {
    const raw = this.#slice(at, size);
    if (size < 8) return this.#unsigned(at, size);
    // Sixteen bytes hold what does not fit into eight; no program is known to write more.
    const value = raw.subarray(-8).readBigInt64BE();
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  #real(at: number, size: number): number {
    const raw = this.#slice(at, size);
    if (size === 4) return raw.readFloatBE();
    if (size === 8) return raw.readDoubleBE();
    throw new PlistFault('a number of a size that is not known');
  }

  /** Count of an object, in its marker or behind it, and where its content begins. */
  #length(at: number, low: number): { count: number; from: number } {
    if (low !== 15) return { count: low, from: at + 1 };
    const size = 2 ** (this.#byte(at + 1) & 15);
    if (size > 8) throw new PlistFault('a length of a size that is not known');
    return { count: this.#unsigned(at + 2, size), from: at + 2 + size };
  }

  #references(from: number, count: number): number[] {
    if (count > MAX_OBJECTS) throw new PlistFault('a list of more objects than are read');
    this.#slice(from, count * this.#refSize);
    const numbers: number[] = [];
    for (let i = 0; i < count; i++) numbers.push(this.#unsigned(from + i * this.#refSize, this.#refSize));
    return numbers;
  }
}

export const isDictionary = (value: PlistValue | undefined): value is PlistDictionary =>
  typeof value === 'object' &&
  value !== null &&
  'keys' in value &&
  'values' in value &&
  !(value instanceof Uint8Array);

export const isArray = (value: PlistValue | undefined): value is PlistArray =>
  typeof value === 'object' && value !== null && 'items' in value;
