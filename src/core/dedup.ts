/**
 * When two entries are the same. The keys stand in commits, so these functions are frozen with the ledger's formats.
 * A key confirms nothing to anyone without the vault's dedup key.
 */
import { hash } from 'node:crypto';
import type { Event, Json, Party } from './event.ts';
import { sha256Hex } from './hash.ts';
import { canonical } from './json.ts';
import type { Entry, Reject } from './record.ts';

/** 16 bytes, as a string of 16 characters U+0000 to U+00FF: a fast map key. */
export type DedupKey = string;

/** Bytes of one key in a commit; each leaf has two. */
export const DEDUP_KEY_BYTES = 16;

/** Stands where a leaf has no key of that kind. */
export const NO_DEDUP_KEY: DedupKey = '\0'.repeat(DEDUP_KEY_BYTES);

/**
 * What an entry is recognised by. `content`: the same thing happened; the record's first key. `perspective`: the same
 * thing seen in the same copy; its second key. Only events have a perspective.
 */
export interface DedupKeys {
  readonly content: DedupKey;
  readonly perspective: DedupKey;
}

/**
 * Hex SHA-256 over JCS [1, kind, sender, recipients, instant, text, target, payload, held attachments]: addresses only,
 * sorted, absent is null. Names, markup, provenance and `extra` differ between copies of one event and are left out.
 */
export function contentDigest(event: Event): string {
  return sha256Hex(
    canonical([
      1,
      event.kind,
      event.sender?.address ?? null,
      addresses(event.recipients ?? []),
      event.at.instant,
      event.text ?? null,
      'target' in event ? event.target : null,
      payloadContent(event),
      (event.attachments ?? []).flatMap(({ sha256 }) => sha256 ?? []).sort(),
    ]),
  );
}

/** Makes the keys of entries: HMAC-SHA-256 under the 64 hex characters of the vault's dedup key, cut to 16 bytes. */
export class DedupKeyer {
  readonly #inner: string;
  readonly #outer: Buffer;

  /** `secret`: the 32 bytes of the vault's dedup key. */
  constructor(secret: Uint8Array) {
    // Hex fills SHA-256's block of 64 bytes exactly, and its padded form stays ASCII: the inner hash can then take text,
    // which is several times faster than bytes or a Hmac object.
    const block = Buffer.from(Buffer.from(secret).toString('hex'), 'latin1');
    if (block.length !== 64) throw new TypeError('the dedup key has 32 bytes');
    this.#inner = Buffer.from(block.map((byte) => byte ^ 0x36)).toString('latin1');
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  }

  /** The keys of an entry that a log may seal. */
  of(entry: Entry): DedupKeys {
    switch (entry.type) {
      case 'event':
        return this.#ofEvent(entry.event);
      case 'reject':
        return this.#alone(`reject\n${entry.reject.receipt}\n${placeText(entry.reject)}`);
      case 'receipt':
        return this.#alone(`receipt\n${entry.receipt.receipt}`);
      case 'act':
        return this.#alone(`act\n${entry.act.id}`);
    }
  }

  #ofEvent(event: Event): DedupKeys {
    const content = `event\n${event.id}\n${contentDigest(event)}`;
    const perspective = event.provenance.perspective ?? '';
    return {
      content: this.#hmac(content),
      perspective: this.#hmac(`${content}\n${JSON.stringify(perspective)}`),
    };
  }

  #alone(text: string): DedupKeys {
    return { content: this.#hmac(text), perspective: NO_DEDUP_KEY };
  }

  #hmac(text: string): DedupKey {
    this.#outer.write(hash('sha256', this.#inner + text, 'binary'), 64, 'latin1');
    return hash('sha256', this.#outer, 'binary').slice(0, DEDUP_KEY_BYTES);
  }
}

/** A receipt may hold many files: a position alone does not say which. */
const placeText = ({ path, position }: Reject): string => canonical([path, position]);

const addresses = (parties: readonly Party[]): string[] => parties.map(({ address }) => address).sort();

/** The payload without display names. */
function payloadContent(event: Event): Json {
  switch (event.kind) {
    case 'invite':
      return { invited: addresses(event.payload.invited) };
    case 'roster':
      return { basis: event.payload.basis, members: addresses(event.payload.members) };
    default:
      return 'payload' in event && event.payload !== undefined ? { ...event.payload } : null;
  }
}
