/**
 * What the id of an event without one of its own is the hash of: JCS [1, network, conversation, [sender, instant, text,
 * ordinal]], as `eventId` writes it for a `contentKey` (`core/ids.ts`). It is written as bytes, and the quick hash by
 * which equals are counted is taken on the way: each text is gone through once.
 */
import type { EventId } from '../../core/event.ts';
import { sha256Hex } from '../../core/hash.ts';

/** Bytes, where the texts are not longer. */
const USUAL = 65_536;
const HIGH = 2_654_435_761 | 0;
const LOW = 1_597_334_677 | 0;
/** Beyond every unit: the parts do not run into one another. */
const BETWEEN = 0x10000;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;

const NOTHING = { network: '', conversation: '', counted: '', end: 0, high: 0, low: 0 };

export class ContentInput {
  #bytes = Buffer.allocUnsafeSlow(USUAL);
  /** End of what is written. */
  #end = 0;
  #high = 0;
  #low = 0;
  /** What stands before the sender: the events of a log share it. */
  #start = NOTHING;

  /** Writes all but the ordinal. `counted`: what equals are counted in, where that is more than the conversation. */
  write(
    network: string,
    conversation: string,
    sender: string,
    instant: string,
    text: string,
    counted = conversation,
  ): void {
    const before = Math.max(network.length + conversation.length, counted.length);
    this.#makeRoom(before + sender.length + instant.length + text.length);
    const start = this.#start;
    const isSame =
      conversation === start.conversation && network === start.network && counted === start.counted;
    if (start === NOTHING || !isSame) this.#begin(network, conversation, counted);
    else {
      this.#end = start.end;
      this.#high = start.high;
      this.#low = start.low;
    }
    this.#put(sender);
    this.#put(instant);
    this.#put(text);
  }

  /** A long text gets bytes of its own, which go with it. */
  #makeRoom(units: number): void {
    // As JSON in UTF-8 a unit is six bytes at most.
    const size = Math.max(USUAL, 6 * units + 64);
    if (size === this.#bytes.length) return;
    this.#bytes = Buffer.allocUnsafeSlow(size);
    this.#start = NOTHING;
  }

  #begin(network: string, conversation: string, counted: string): void {
    this.#end = 0;
    this.#high = 0xdeadbeef | 0;
    this.#low = 0x41c6ce57 | 0;
    this.#put(counted);
    const [high, low] = [this.#high, this.#low];
    this.#end = 0;
    this.#ascii('[1,');
    this.#put(network);
    this.#put(conversation);
    this.#ascii('[');
    this.#high = high;
    this.#low = low;
    this.#start = { network, conversation, counted, end: this.#end, high, low };
  }

  /**
   * A text as JSON, and a comma. Bytes are looked at, not units: strings have so many forms inside the platform that
   * asking one for a unit costs more than all the rest.
   */
  #put(text: string): void {
    const bytes = this.#bytes;
    const from = this.#end + 1;
    let end = from + bytes.write(text, from);
    let high = this.#high;
    let low = this.#low;
    let at = from;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte < 32 || byte > 126 || byte === QUOTE || byte === BACKSLASH) break;
      high = Math.imul(high ^ byte, HIGH);
      low = Math.imul(low ^ byte, LOW);
    }
    if (at === end) {
      bytes[this.#end] = QUOTE;
      bytes[end++] = QUOTE;
    } else {
      // Not each unit is its own byte: the platform writes it.
      end = this.#end + bytes.write(JSON.stringify(text), this.#end);
      for (let i = at - from; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        high = Math.imul(high ^ unit, HIGH);
        low = Math.imul(low ^ unit, LOW);
      }
    }
    bytes[end++] = COMMA;
    this.#end = end;
    this.#high = Math.imul(high ^ BETWEEN, HIGH);
    this.#low = Math.imul(low ^ BETWEEN, LOW);
  }

  /** Two runs of multiply and xor over the UTF-16 units (cyrb53, by bryc): 52 bits, never 0. */
  get key(): number {
    let high = this.#high;
    let low = this.#low;
    high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
    low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
    return (low & 0xfffff) * 4_294_967_296 + (high >>> 0) + 1;
  }

  /** The id of what is written, where so many of its equals came before. */
  id(ordinal: number): EventId {
    this.#ascii(`${ordinal}]]`);
    return sha256Hex(this.#bytes.subarray(0, this.#end));
  }

  #ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.#bytes[this.#end++] = text.charCodeAt(i);
  }
}
