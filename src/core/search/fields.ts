/**
 * What is searched of a document: a pure function of it, so that both engines and the reference hold the same.
 * Keys are compared whole; everything is folded as words are.
 */
import type { Party } from '../event.ts';
import { sha256Hex } from '../hash.ts';
import type { Feature, IndexDocument } from './document.ts';
import { foldText } from './fold.ts';
import { Memo } from './memo.ts';
import { type TimeRange, timeRange } from './time-range.ts';
import { tokenize } from './tokenizer.ts';
import { symbolWords } from './words.ts';

export interface SearchFields extends TimeRange {
  /** Tokens in order; phrases run over neighbours. */
  readonly tokens: readonly string[];
  /** Words with symbols, each once. */
  readonly words: readonly string[];
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Keys of the sender and the actor. */
  readonly from: readonly string[];
  /** Keys of the recipients. */
  readonly to: readonly string[];
  /** Keys of everybody named: sender, actor, recipients, listed. */
  readonly involved: readonly string[];
  /** Of the keys above those of addresses alone, which the directory knows: the sender's, the recipients', all. */
  readonly senderAddress: readonly string[];
  readonly toAddresses: readonly string[];
  readonly addresses: readonly string[];
  readonly network: string;
  /** `conversationKey`. */
  readonly conversation: string;
  /** Keys of the conversation's id and name. */
  readonly conversationNames: readonly string[];
  /** Keys of the names of attachments. */
  readonly files: readonly string[];
  readonly has: readonly Feature[];
}

/** What engines and the reference look at. */
export function searchFields(document: IndexDocument): SearchFields {
  const said = document.text ?? document.said;
  const from = new Set<string>();
  const to = new Set<string>();
  addParty(from, document.sender);
  addParty(from, document.actor);
  for (const recipient of document.recipients ?? []) addParty(to, recipient);
  const involved = new Set([...from, ...to]);
  for (const party of document.listed ?? []) addParty(involved, party);
  const senderAddress = addressesOf(document.sender === undefined ? [] : [document.sender]);
  const toAddresses = addressesOf(document.recipients ?? []);
  const others = [...(document.actor === undefined ? [] : [document.actor]), ...(document.listed ?? [])];
  const names = new Set([key(document.conversation.id)]);
  if (document.conversation.name !== undefined) names.add(key(document.conversation.name));
  const files = new Set<string>();
  for (const { name } of document.attachments ?? []) if (name !== undefined) files.add(key(name));
  return {
    tokens: said === undefined ? [] : tokenize(said).map(({ term }) => term),
    words: said === undefined ? [] : symbolWords(said),
    at: Date.parse(document.at.instant),
    ...timeRange(document.at),
    from: [...from],
    to: [...to],
    involved: [...involved],
    senderAddress,
    toAddresses,
    addresses: [...new Set([...senderAddress, ...toAddresses, ...addressesOf(others)])],
    network: key(document.network),
    conversation: conversationKey(document.network, document.conversation.id),
    conversationNames: [...names],
    files: [...files],
    has: featuresOf(document),
  };
}

/** Characters that a `link` begins with. */
const LINK = /\bhttps?:\/\/[^\s]|\bwww\.[^\s]/iu;

function featuresOf(document: IndexDocument): Feature[] {
  const has = [...(document.has ?? [])];
  if ((document.attachments?.length ?? 0) > 0) has.push('attachment');
  if (document.conversation.thread !== undefined) has.push('thread');
  if (document.text !== undefined && document.text !== '') has.push('text');
  if (document.text !== undefined && LINK.test(document.text)) has.push('link');
  if (document.sender !== undefined) has.push('sender');
  if ((document.recipients?.length ?? 0) > 0) has.push('recipient');
  if (document.conversation.kind === 'direct') has.push('direct');
  return has;
}

function addParty(keys: Set<string>, party: Party | undefined): void {
  if (party === undefined) return;
  keys.add(key(party.address));
  if (party.written !== undefined) keys.add(key(party.written));
  if (party.name !== undefined) keys.add(key(party.name));
}

const addressesOf = (parties: readonly Party[]): readonly string[] => [
  ...new Set(parties.map(({ address }) => key(address))),
];

/** The one name of a conversation in the index: 128 bits, hex. */
export function conversationKey(network: string, id: string): string {
  return conversationKeys.of(`${network}\n${id}`);
}

const conversationKeys = new Memo((name) => sha256Hex(name).slice(0, 32));

const LONGEST_KEY = 1024;
const SIMPLE = /^[!-~]*$/;

/**
 * The form in which addresses and names are compared: folded, white space run together. Past 1 KiB of UTF-8 it is a
 * hash, as an engine takes no longer keyword; such a name is found whole, not by a pattern.
 */
export function key(name: string): string {
  return name.length <= LONGEST_REMEMBERED ? keys.of(name) : keyOf(name);
}

/** Few people and rooms say nearly everything. */
const keys = new Memo(keyOf);
const LONGEST_REMEMBERED = 100;

function keyOf(name: string): string {
  if (name.length <= LONGEST_KEY && SIMPLE.test(name)) return name.toLowerCase();
  const folded = foldText(name)
    .replaceAll(/[\s\p{Cc}\p{Cs}]+/gu, ' ')
    .trim();
  return Buffer.byteLength(folded) <= LONGEST_KEY ? folded : `sha256:${sha256Hex(folded)}`;
}

/** Every key that an address or name in a query may stand for: AIM drops spaces, XMPP the resource. */
export function queryKeys(name: string): string[] {
  const keys = new Set([key(name), key(name.replaceAll(/\s/gu, ''))]);
  const slash = name.indexOf('/');
  if (slash > 0 && name.includes('@')) keys.add(key(name.slice(0, slash)));
  return [...keys].filter((one) => one !== '');
}
