/** The fields of a line, each read strictly: what is not of its form refuses the line. */
import type { Attachment, EventKind, Party, Recipient, Repair } from '../../../core/event.ts';
import { EVENT_KINDS } from '../../../core/event.ts';
import { directConversation } from '../../../core/ids.ts';
import { asExtra, isObject, type JsonObject } from '../../reading/json.ts';
import { party } from '../../reading/party.ts';
import { invalid, Refusal } from './refusal.ts';

/** Fields that have a place in the event; all others go to `extra`. */
const KNOWN = new Set([
  'id',
  'kind',
  'network',
  'conversation',
  'from',
  'to',
  'by',
  'at',
  'zone',
  'text',
  'markup',
  'attachments',
  'thread',
  'replyTo',
  'target',
  'automatic',
  'earlier',
  'what',
  'emoji',
  'change',
  'phase',
  'status',
  'basis',
  'invited',
  'members',
  'seconds',
  'type',
  'perspective',
  'extra',
]);

export function kindOf(value: unknown): EventKind {
  if (value === undefined) return 'message';
  const kind = EVENT_KINDS.find((each) => each === value);
  if (kind === undefined) throw invalid('kind');
  return kind;
}

export function optionalText(line: JsonObject, field: string, maybeEmpty = false): string | undefined {
  const value = line[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || (value === '' && !maybeEmpty)) throw invalid(field);
  return value;
}

/** A message id: text, or a safe integer as its text. */
export function idText(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string' || value === '') throw invalid(field);
  return value;
}

/** `"alice@example.com"` or `{"address": …, "name": …}`. */
export function partyOf(network: string, value: unknown, field: string): Party {
  if (typeof value === 'string' && value.trim() !== '') return party(network, value);
  if (!isObject(value)) throw invalid(field);
  const { address, name } = value;
  if (typeof address !== 'string' || address.trim() === '') throw invalid(`${field}.address`);
  if (name !== undefined && typeof name !== 'string') throw invalid(`${field}.name`);
  return party(network, address, name);
}

export function partiesOf(network: string, value: unknown, field: string): Party[] {
  if (!Array.isArray(value)) throw invalid(field);
  return value.map((each) => partyOf(network, each, field));
}

export function recipientsOf(network: string, value: unknown): Recipient[] {
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((each) => {
    const role = isObject(each) ? (each.role ?? 'to') : 'to';
    if (role !== 'to' && role !== 'cc' && role !== 'bcc') throw invalid('to.role');
    return { ...partyOf(network, each, 'to'), role };
  });
}

export function conversationOf(
  network: string,
  line: JsonObject,
  sender: Party | undefined,
  recipients: readonly Recipient[],
): { id: string; kind: 'direct' | 'group' | 'room' | 'broadcast'; name?: string } {
  const value = line.conversation;
  if (typeof value === 'string' && value !== '') return { id: value, kind: 'room' };
  if (!isObject(value)) throw new Refusal('conversation-unknown', 'conversation');
  const kind = value.kind ?? 'room';
  if (kind !== 'direct' && kind !== 'group' && kind !== 'room' && kind !== 'broadcast')
    throw invalid('conversation.kind');
  const { id, name, members } = value;
  if (name !== undefined && typeof name !== 'string') throw invalid('conversation.name');
  const named = name === undefined ? {} : { name };
  if (typeof id === 'string' && id !== '') return { id, kind, ...named };
  if (kind !== 'direct') throw new Refusal('conversation-unknown', 'conversation.id');
  const addresses =
    members === undefined
      ? [...(sender === undefined ? [] : [sender]), ...recipients].map((each) => each.address)
      : partiesOf(network, members, 'conversation.members').map((each) => each.address);
  if (new Set(addresses).size < 2) throw new Refusal('conversation-unknown', 'conversation.id');
  return { id: directConversation(addresses), kind, ...named };
}

export function attachmentsOf(value: unknown): Attachment[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw invalid('attachments');
  if (value.length === 0) return undefined;
  return value.map((each: unknown) => {
    if (!isObject(each)) throw invalid('attachments');
    const { name, size, mediaType, sha256, reference } = each;
    if (size !== undefined && !(Number.isSafeInteger(size) && (size as number) >= 0))
      throw invalid('attachments.size');
    for (const text of [name, mediaType, reference])
      if (text !== undefined && typeof text !== 'string') throw invalid('attachments');
    if (sha256 !== undefined && !(typeof sha256 === 'string' && /^[0-9a-f]{64}$/u.test(sha256)))
      throw invalid('attachments.sha256');
    // The bytes themselves do not travel in this format: whatever digest it states, they are not held.
    return {
      ...(typeof name === 'string' && { name }),
      ...(typeof size === 'number' && { size }),
      ...(typeof mediaType === 'string' && { mediaType }),
      ...(typeof sha256 === 'string' && { sha256 }),
      ...(typeof reference === 'string' && { reference }),
      state: each.state === 'missing' ? 'missing' : 'referenced',
    };
  });
}

export function markupOf(value: unknown): { type: string; source: string } | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value) || typeof value.type !== 'string' || typeof value.source !== 'string')
    throw invalid('markup');
  return { type: value.type, source: value.source };
}

export function perspectiveOf(
  network: string,
  value: unknown,
  account: string | undefined,
  facts: Record<string, 'setting'>,
): string | undefined {
  if (value !== undefined) return partyOf(network, value, 'perspective').address;
  if (account === undefined) return undefined;
  facts.perspective = 'setting';
  return party(network, account).address;
}

export function extraOf(
  line: JsonObject,
  text: string,
  repairs: Repair[],
): ReturnType<typeof asExtra> | undefined {
  const unknown: { [key: string]: unknown } = {};
  let found = false;
  for (const key of Object.keys(line)) {
    if (KNOWN.has(key)) continue;
    unknown[key] = line[key];
    found = true;
  }
  if (line.extra !== undefined) {
    if (!isObject(line.extra)) throw invalid('extra');
    unknown.extra = line.extra;
    found = true;
  }
  if (!found) return undefined;
  const exact = asExtra(unknown, text, repairs);
  const { extra, ...others } = exact;
  return isObject(extra) ? { ...(extra as typeof exact), ...others } : others;
}
