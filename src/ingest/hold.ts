import type { Attachment, Event } from '../core/event.ts';
import { sha256Hex } from '../core/hash.ts';
import type { Vault } from '../core/ports/vault.ts';
import { attachmentsPrefix, type Bucket } from '../core/record.ts';
import { type AgreedClasses, retainUntil } from '../core/retention.ts';
import type { Holding } from './format.ts';

/** Bytes up to this size are put from memory; more is streamed. */
const SMALL = 1024 * 1024;

/**
 * The event with its attachments held: their bytes are durable in the vault under class and quarter when this
 * resolves. A kill before the event is carried leaves bytes that no record names, which `verify` counts.
 */
export async function held(
  vault: Vault,
  event: Event,
  holdings: readonly Holding[],
  bucket: Bucket,
  agreed?: AgreedClasses,
): Promise<Event> {
  const prefix = attachmentsPrefix(bucket);
  const until = retainUntil(bucket.class, bucket.quarter, agreed);
  const attachments: Attachment[] = [...(event.attachments ?? [])];
  for (const { attachment, open } of holdings) {
    const stated = attachments[attachment];
    if (stated === undefined) throw new RangeError('a holding names an attachment that the event has not');
    const { sha256, size } = await store(vault, prefix, open(), until);
    attachments[attachment] = { ...stated, size, sha256, state: 'held' };
  }
  return { ...event, attachments };
}

async function store(
  vault: Vault,
  prefix: string,
  chunks: ReturnType<Holding['open']>,
  until: string | undefined,
): Promise<{ sha256: string; size: number }> {
  const head: Uint8Array[] = [];
  let size = 0;
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  for (;;) {
    const next = await iterator.next();
    if (next.done) break;
    head.push(next.value);
    size += next.value.length;
    if (size > SMALL) return vault.putStream(prefix, rest(head, iterator), until);
  }
  const bytes = Buffer.concat(head);
  const sha256 = sha256Hex(bytes);
  await vault.put([{ name: prefix + sha256, bytes, until }]);
  return { sha256, size };
}

async function* rest(
  head: readonly Uint8Array[],
  iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield* head;
  for (;;) {
    const next = await iterator.next();
    if (next.done) return;
    yield next.value;
  }
}
