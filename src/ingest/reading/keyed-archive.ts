/**
 * Objects that Apple's NSKeyedArchiver put into a binary property list: a flat list of objects that name each other by
 * number. Keys: Foundation's own, as its archives show them. Objects are looked up one by one; nothing is followed unasked.
 */
import { isArray, isDictionary, Plist, PlistFault, type PlistValue } from './bplist.ts';

export class KeyedArchive {
  readonly #plist: Plist;
  readonly #objects: readonly number[];
  readonly #top: PlistValue;

  /** Throws {@link PlistFault} where the bytes are no such archive. */
  constructor(bytes: Uint8Array) {
    this.#plist = new Plist(bytes);
    const whole = this.#plist.value(this.#plist.top);
    const objects = this.#plist.get(whole, '$objects');
    if (!isArray(objects)) throw new PlistFault('no archive of objects');
    this.#objects = objects.items;
    this.#top = this.#plist.get(whole, '$top') ?? null;
  }

  /** What the archive holds at its top under a name. */
  top(name: string): PlistValue {
    return this.get(this.#top, name);
  }

  /** What an object holds under a key; null where there is nothing. */
  get(object: PlistValue, key: string): PlistValue {
    return this.#resolved(this.#plist.get(object, key) ?? null);
  }

  #resolved(value: PlistValue): PlistValue {
    if (typeof value !== 'object' || value === null || !('uid' in value)) return value;
    // Number 0 is the object that stands for nothing.
    const number = value.uid === 0 ? undefined : this.#objects[value.uid];
    return number === undefined ? null : this.#plist.value(number);
  }

  /** Elements of an NSArray; undefined for anything else. */
  array(object: PlistValue): PlistValue[] | undefined {
    const items = isArray(object) ? object : this.get(object, 'NS.objects');
    if (!isArray(items) || this.get(object, 'NS.keys') !== null) return undefined;
    return items.items.map((number) => this.#resolved(this.#plist.value(number)));
  }

  /** Entries of an NSDictionary. */
  dictionary(object: PlistValue): Map<string, PlistValue> {
    const entries = new Map<string, PlistValue>();
    const keys = this.get(object, 'NS.keys');
    const values = this.get(object, 'NS.objects');
    if (!isArray(keys) || !isArray(values)) return entries;
    for (const [i, number] of keys.items.entries()) {
      const key = this.string(this.#resolved(this.#plist.value(number)));
      const value = values.items[i];
      if (key !== undefined && value !== undefined)
        entries.set(key, this.#resolved(this.#plist.value(value)));
    }
    return entries;
  }

  /** The text of an NSString, plain or attributed. */
  string(object: PlistValue): string | undefined {
    if (typeof object === 'string') return object.toWellFormed();
    if (!isDictionary(object)) return undefined;
    const text = this.get(object, 'NS.string');
    if (typeof text === 'string') return text.toWellFormed();
    const bytes = this.get(object, 'NS.bytes');
    if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('utf8');
    const inner = this.get(object, 'NSString');
    if (typeof inner === 'string') return inner.toWellFormed();
    const deeper = isDictionary(inner) ? this.get(inner, 'NS.string') : null;
    return typeof deeper === 'string' ? deeper.toWellFormed() : undefined;
  }

  /** Seconds since 2001 of an NSDate. */
  seconds(object: PlistValue): number | undefined {
    if (typeof object === 'object' && object !== null && 'date' in object) return object.date;
    const time = this.get(object, 'NS.time');
    return typeof time === 'number' ? time : undefined;
  }
}
