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
    const key = keyOf(conversation, sender, instant, text);
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

/** Two runs of multiply and xor over the UTF-16 units (cyrb53, by bryc): 52 bits, never 0, which marks a free slot. */
function keyOf(...parts: readonly [string, string, string, string]): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      const unit = part.charCodeAt(i);
      high = Math.imul(high ^ unit, 2_654_435_761);
      low = Math.imul(low ^ unit, 1_597_334_677);
    }
    // Beyond every unit: the parts do not run into one another.
    high = Math.imul(high ^ 0x10000, 2_654_435_761);
    low = Math.imul(low ^ 0x10000, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return (low & 0xfffff) * 4_294_967_296 + (high >>> 0) + 1;
}
