import { hash } from 'node:crypto';

/**
 * Ordinals among equals, for sources without message ids: how often the same (conversation, sender, instant, text) came
 * before in this receipt. Twelve bytes a key and no strings, so that ten million fit; keys are 52 bits of SHA-256, and
 * two that fall together only get a higher ordinal, the same one on every run.
 */
export class Ordinals {
  #keys = new Float64Array(1024);
  #counts = new Uint32Array(1024);
  #used = 0;

  /** 0 for the first of its kind, then 1, 2, … */
  next(conversation: string, sender: string, instant: string, text: string): number {
    const digest = hash('sha256', JSON.stringify([conversation, sender, instant, text]), 'buffer');
    // 0 marks a free slot.
    const key = digest.readUIntBE(0, 6) * 16 + ((digest[6] as number) & 15) + 1;
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

  #slot(keys: Float64Array, key: number): number {
    let slot = key % keys.length;
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) % keys.length;
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
