import type { EventId } from '../../core/event.ts';
import { sha256Hex } from '../../core/hash.ts';
import { contentKey, eventId } from '../../core/ids.ts';

/**
 * Ordinals among equals, for sources without message ids: how often the same (conversation, sender, instant, text) came
 * before in this receipt. Twelve bytes a key and no strings, so that ten million fit; keys are the first 52 bits of a
 * SHA-256, and two that fall together only get a higher ordinal, the same one on every run.
 */
export class Ordinals {
  #keys = new Float64Array(1024);
  #counts = new Uint32Array(1024);
  #used = 0;

  /** 0 for the first of its kind, then 1, 2, … */
  next(conversation: string, sender: string, instant: string, text: string): number {
    return this.#count(sha256Hex(JSON.stringify([conversation, sender, instant, text])));
  }

  /** The id of an event by what it says: `eventId` of the `contentKey` with its ordinal. */
  id(network: string, conversation: string, sender: string, instant: string, text: string): EventId {
    // The id that it has as the first of its kind is also what its equals are counted by.
    const first = eventId(network, conversation, contentKey(sender, instant, text, 0));
    const ordinal = this.#count(first);
    return ordinal === 0 ? first : eventId(network, conversation, contentKey(sender, instant, text, ordinal));
  }

  /** How often a digest came before. */
  #count(digest: string): number {
    const key = numberIn(digest);
    if (this.#used * 10 > this.#keys.length * 6) this.#grow();
    const slot = this.#slot(this.#keys, key);
    if (this.#keys[slot] === 0) {
      this.#keys[slot] = key;
      this.#used++;
    }
    const ordinal = this.#counts[slot] as number;
    this.#counts[slot] = ordinal + 1;
    return ordinal;
  }

  /** The lowest bits choose the slot: there are 2^n of them, and a remainder of so large a number is slow. */
  #slot(keys: Float64Array, key: number): number {
    const last = keys.length - 1;
    let slot = key & last;
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const counts = new Uint32Array(keys.length);
    for (let i = 0; i < this.#keys.length; i++) {
      const key = this.#keys[i] as number;
      if (key === 0) continue;
      const slot = this.#slot(keys, key);
      keys[slot] = key;
      counts[slot] = this.#counts[i] as number;
    }
    this.#keys = keys;
    this.#counts = counts;
  }
}

/** The first 13 digits of a digest as a number that is never 0: by hand, as the platform takes three times as long. */
function numberIn(digest: string): number {
  let high = 0;
  for (let at = 0; at < 6; at++) high = high * 16 + digitOf(digest.charCodeAt(at));
  let low = 0;
  for (let at = 6; at < 13; at++) low = low * 16 + digitOf(digest.charCodeAt(at));
  return high * 0x10000000 + low + 1;
}

const digitOf = (code: number): number => (code < 58 ? code - 48 : code - 87);
