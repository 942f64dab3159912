/**
 * Ids and addresses. These functions are frozen: an id that is sealed must come out the same for ever, so a change
 * needs a new version number in the hashed array.
 */
import type { EventId, Json } from './event.ts';
import { sha256, sha256Hex } from './hash.ts';
import { canonical } from './json.ts';

/** The source's own message id, or the facts that stand in for it (see `docs/record-format.md`, "Ids"). */
export type EventKey = Json;

/** `id` = hex SHA-256 of JCS [1, network, conversation.id, key]. */
export function eventId(network: string, conversation: string, key: EventKey): EventId {
  // What is but texts and whole numbers is written the same by the platform, in one go.
  const parts = [1, network, conversation, key];
  return sha256Hex(isPlain(key) ? JSON.stringify(parts) : canonical(parts));
}

function isPlain(key: EventKey): boolean {
  if (!Array.isArray(key)) return isScalar(key);
  for (const part of key as readonly Json[]) if (!isScalar(part)) return false;
  return true;
}

const isScalar = (value: Json): boolean => typeof value === 'string' || Number.isSafeInteger(value);

/** Key of an edit, deletion, reaction or read mark where the source gives it no id of its own. */
export function changeKey(
  kind: string,
  targetKey: EventKey,
  actor: string,
  value: string,
  instant: string,
): EventKey {
  return [kind, targetKey, actor, value, instant];
}

/** Key of an event of a source without ids. `ordinal` counts equals within receipt, conversation and instant. */
export function contentKey(sender: string, instant: string, text: string, ordinal: number): EventKey {
  return [sender, instant, text, ordinal];
}

/** Normal forms that were made, by network and what was written: few people write most of a log. */
const known = new Map<string, Map<string, string>>();
const MOST_NETWORKS = 100;
const MOST_ADDRESSES = 1_000;
/** Longer ones are seldom. */
const LONGEST = 64;

/** The frozen normal form of an address on a network: NFC, trimmed, lower case; AIM drops spaces, XMPP the resource. */
export function normaliseAddress(network: string, address: string): string {
  const addresses = known.get(network) ?? new Map<string, string>();
  const found = addresses.get(address);
  if (found !== undefined) return found;
  if (address.length > LONGEST) return normalForm(network, address);
  // A copy: what is cut from a long text would keep all of it.
  const own = JSON.parse(JSON.stringify(address)) as string;
  const normal = normalForm(network, own);
  if (addresses.size === MOST_ADDRESSES) addresses.clear();
  if (known.size === MOST_NETWORKS) known.clear();
  known.set(network, addresses);
  addresses.set(own, normal);
  return normal;
}

function normalForm(network: string, address: string): string {
  const base = address.normalize('NFC').trim().toLowerCase();
  switch (network) {
    case 'aim':
      return base.replaceAll(/\s/gu, '');
    case 'xmpp': {
      const slash = base.indexOf('/');
      return slash === -1 ? base : base.slice(0, slash);
    }
    default:
      return base;
  }
}

/** Id of a direct conversation: its normalised addresses, sorted, each once, joined by a space. */
export function directConversation(addresses: readonly string[]): string {
  if (addresses.length <= 2) {
    const [a = '', b = a] = addresses;
    return a === b ? a : a < b ? `${a} ${b}` : `${b} ${a}`;
  }
  return [...new Set(addresses)].sort().join(' ');
}

/** Partition of a conversation among `count` transcript logs: first 4 bytes of SHA-256(JCS [network, id]) mod count. */
export function partitionOf(network: string, conversation: string, count: number): number {
  return firstWord(sha256(canonical([network, conversation]))) % count;
}

/** Partition of what belongs to no conversation: rejects, and the entry of a receipt without events. */
export function partitionOfReceipt(receipt: string, count: number): number {
  return firstWord(sha256(receipt)) % count;
}

const firstWord = (digest: Uint8Array): number =>
  new DataView(digest.buffer, digest.byteOffset, digest.byteLength).getUint32(0);
