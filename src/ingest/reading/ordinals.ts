import type { EventId } from '../../core/event.ts';
import { ContentInput } from './content-input.ts';

/** One is enough: nothing of it outlives a call. */
const input = new ContentInput();

/**
 * Ordinals among equals, for sources without message ids: how often the same (conversation, sender, instant, text) came
 * before in this receipt. Twelve bytes a key and no strings, so that ten million fit; keys are 52 bits of a quick
 * hash, and two that fall together only get a higher ordinal, the same one on every run.
 */
export class Ordinals {
  #keys = new Float64Array(1024);
  #counts = new Uint32Array(1024);
  #used = 0;

  /** 0 for the first of its kind, then 1, 2, … */
  next(conversation: string, sender: string, instant: string, text: string): number {
    input.write('', conversation, sender, instant, text);
    return this.#count(input.key);
  }

  /**
   * The id of an event by what it says: `eventId` of the `contentKey` with its ordinal. `counted`: what equals are
   * counted in, where that is more than the conversation.
   */
  id(
    network: string,
    conversation: string,
    sender: string,
    instant: string,
    text: string,
    counted?: string,
  ): EventId {
    input.write(network, conversation, sender, instant, text, counted);
    return input.id(this.#count(input.key));
  }

  /** How often a key came before. */
  #count(key: number): number {
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
