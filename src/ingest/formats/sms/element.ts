/** One element of a backup: a text message, a multimedia message, or a call. Attributes: karlicoss/HPI (`smscalls.py`). */
import type { Attachment, Event, Json, Moment, Party, Recipient, Repair } from '../../../core/event.ts';
import { type EventKey, eventId } from '../../../core/ids.ts';
import type { Holding, Outcome } from '../../format.ts';
import type { Ordinals } from '../../reading/ordinals.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import { epochMoment } from '../../reading/stamp-moment.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { BOXES, FROM, NETWORK, OWN_TOKEN, type Owner, personOf, ROLES } from './people.ts';

export const KNOWN: ReadonlySet<string> = new Set([
  'smses',
  'sms',
  'mms',
  'parts',
  'part',
  'addrs',
  'addr',
  'calls',
  'call',
]);

const UNITS: ReadonlySet<string> = new Set(['sms', 'mms', 'call']);

/** An attribute; the exporter writes the word null where there is nothing. */
function attribute(node: XmlNode, name: string): string | undefined {
  const value = Object.hasOwn(node.attributes, name) ? node.attributes[name] : undefined;
  return value === undefined || value === '' || value === 'null' ? undefined : value.toWellFormed();
}

const numberOf = (node: XmlNode, name: string): number | undefined => {
  const text = attribute(node, name);
  return text !== undefined && /^-?\d{1,15}$/u.test(text) ? Number(text) : undefined;
};

const sentAt = (node: XmlNode): Moment | undefined => {
  const ms = numberOf(node, 'date');
  return ms === undefined || ms <= 0 ? undefined : epochMoment(ms, 'ms');
};

export interface Reading {
  readonly node: XmlNode;
  readonly owner: Owner;
  readonly ordinals: Ordinals;
  readonly place: Place;
  readonly repairs: Repair[];
}

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

export function outcomeOf(reading: Reading): Outcome {
  const { node } = reading;
  if (!UNITS.has(node.name)) return { type: 'reject', code: 'element-unknown' };
  const at = sentAt(node);
  if (at === undefined)
    return {
      type: 'reject',
      code: attribute(node, 'date') === undefined ? 'time-missing' : 'time-invalid',
      detail: 'date',
    };
  switch (node.name) {
    case 'sms':
      return textMessage(reading, at);
    case 'mms':
      return multimedia(reading, at);
    default:
      return call(reading, at);
  }
}

const SMS_PLACED = new Set(['address', 'date', 'body', 'contact_name']);
const MMS_PLACED = new Set(['address', 'date', 'contact_name', 'm_id']);
const CALL_PLACED = new Set(['number', 'date', 'duration', 'contact_name']);

function extraOf(node: XmlNode, placed: ReadonlySet<string>): { [key: string]: Json } {
  const extra: { [key: string]: Json } = {};
  for (const name of Object.keys(node.attributes)) {
    const value = placed.has(name) ? undefined : attribute(node, name);
    if (value !== undefined && value !== '0' && value !== '-1') extra[name.toWellFormed()] = value;
  }
  return extra;
}

/** What every kind has; the key is the source's own, or made of sender, time and text. */
function commonOf(
  reading: Reading,
  at: Moment,
  parts: {
    readonly others: readonly Party[];
    readonly name?: string | undefined;
    readonly sender?: Party | undefined;
    readonly recipients?: readonly Recipient[] | undefined;
    readonly text?: string | undefined;
    readonly key?: EventKey | undefined;
    readonly content?: string;
    readonly extra: { [key: string]: Json };
  },
): Common {
  const { owner, ordinals, place, repairs } = reading;
  const { sender, recipients = [], text } = parts;
  if (sender === undefined) repairs.push({ code: 'sender-absent' });
  const conversation = owner.conversation(parts.others, parts.others.length > 1 ? parts.name : undefined);
  const who = sender?.address ?? '';
  const content = text ?? parts.content ?? '';
  return {
    id:
      parts.key === undefined
        ? ordinals.id(NETWORK, conversation.id, who, at.instant, content)
        : eventId(NETWORK, conversation.id, parts.key),
    network: NETWORK,
    conversation,
    ...(sender !== undefined && { sender }),
    ...(recipients.length > 0 && { recipients }),
    at,
    ...(text !== undefined && { text }),
    provenance: provenance(place, { ...owner.whose, repairs }),
    ...(Object.keys(parts.extra).length > 0 && { extra: parts.extra }),
  };
}

function textMessage(reading: Reading, at: Moment): Outcome {
  const { node, owner } = reading;
  const number = attribute(node, 'address');
  if (number === undefined) return { type: 'reject', code: 'conversation-unknown', detail: 'address' };
  const box = BOXES[numberOf(node, 'type') ?? 0];
  if (box === undefined) return { type: 'reject', code: 'field-invalid', detail: 'type' };
  const name = attribute(node, 'contact_name');
  // One number for several people: a message to all of them.
  const others = number
    .split('~')
    .map((each, _i, all) => personOf(each, all.length === 1 ? name : undefined));
  const text = attribute(node, 'body');
  const common = commonOf(reading, at, {
    others,
    name,
    ...owner.sides(box !== 'received', others),
    text,
    extra: extraOf(node, SMS_PLACED),
  });
  return { type: 'event', event: kindOf(common, box) };
}

const kindOf = (common: Common, box: 'received' | 'sent' | 'draft'): Event =>
  box === 'draft'
    ? { ...common, kind: 'notice', payload: { type: 'draft' } }
    : { ...common, kind: 'message' };

const childrenOf = (node: XmlNode, list: string, name: string): XmlNode[] =>
  node.children
    .filter((child) => child.name === list)
    .flatMap((each) => each.children.filter((child) => child.name === name));

function multimedia(reading: Reading, at: Moment): Outcome {
  const { node, owner } = reading;
  const box = BOXES[numberOf(node, 'msg_box') ?? 0];
  if (box === undefined) return { type: 'reject', code: 'field-invalid', detail: 'msg_box' };
  const written =
    attribute(node, 'address')
      ?.split('~')
      .filter((each) => each !== '') ?? [];
  const names = attribute(node, 'contact_name');
  const listed = childrenOf(node, 'addrs', 'addr').flatMap((each) => {
    const address = attribute(each, 'address');
    return address === undefined || address === OWN_TOKEN
      ? []
      : [{ address, type: numberOf(each, 'type') ?? 0 }];
  });
  const fallback = listed.filter(({ type }) => type === FROM).map(({ address }) => address);
  const others = (written.length > 0 ? written : fallback).map((each, _i, all) =>
    personOf(each, all.length === 1 ? names : undefined),
  );
  if (others.length === 0) return { type: 'reject', code: 'conversation-unknown', detail: 'address' };
  const from = listed.find(({ type }) => type === FROM);
  const known = (address: string): Party => {
    const person = personOf(address);
    return others.find((each) => each.address === person.address) ?? person;
  };
  const recipients = listed.flatMap(({ address, type }) => {
    const role = ROLES[type];
    return role === undefined ? [] : [{ ...known(address), role }];
  });
  const sides = owner.sides(box !== 'received', others, from === undefined ? undefined : known(from.address));
  const { text, attachments, holdings } = contentOf(node);
  const id = attribute(node, 'm_id');
  const common = commonOf(reading, at, {
    others,
    name: names,
    sender: sides.sender,
    recipients: recipients.length > 0 ? recipients : sides.recipients,
    text,
    key: id,
    content: attachments.map(({ name }) => name ?? '').join('/'),
    extra: extraOf(node, MMS_PLACED),
  });
  const event = kindOf({ ...common, ...(attachments.length > 0 && { attachments }) }, box);
  return { type: 'event', event, ...(holdings.length > 0 && { holdings }) };
}

/** Text parts are the text; the layout (SMIL) says nothing; all else is attached, with its bytes. */
function contentOf(node: XmlNode): {
  text: string | undefined;
  attachments: Attachment[];
  holdings: Holding[];
} {
  const lines: string[] = [];
  const attachments: Attachment[] = [];
  const holdings: Holding[] = [];
  for (const part of childrenOf(node, 'parts', 'part')) {
    const type = attribute(part, 'ct') ?? '';
    const text = attribute(part, 'text');
    if (type === 'application/smil') continue;
    if (/^text\/plain\b/u.test(type) && text !== undefined) {
      lines.push(text);
      continue;
    }
    const data = attribute(part, 'data');
    const bytes =
      data !== undefined
        ? Buffer.from(data, 'base64')
        : text !== undefined
          ? Buffer.from(text, 'utf8')
          : undefined;
    const name = attribute(part, 'name') ?? attribute(part, 'fn') ?? attribute(part, 'cl');
    attachments.push({
      ...(name !== undefined && { name }),
      ...(bytes !== undefined && { size: bytes.length }),
      ...(type !== '' && { mediaType: type }),
      state: 'missing',
    });
    if (bytes !== undefined) holdings.push({ attachment: attachments.length - 1, open: () => [bytes] });
  }
  return { text: lines.length === 0 ? undefined : lines.join('\n'), attachments, holdings };
}

function call(reading: Reading, at: Moment): Outcome {
  const { node, owner } = reading;
  const number = attribute(node, 'number');
  if (number === undefined) return { type: 'reject', code: 'conversation-unknown', detail: 'number' };
  const other = personOf(number, attribute(node, 'contact_name'));
  const seconds = numberOf(node, 'duration') ?? 0;
  const type = numberOf(node, 'type');
  const common = commonOf(reading, at, {
    others: [other],
    ...owner.sides(type === 2, [other]),
    content: 'call',
    extra: extraOf(node, CALL_PLACED),
  });
  const taken = seconds > 0 || type === 1;
  return {
    type: 'event',
    event: { ...common, kind: 'call', payload: taken ? { phase: 'ended', seconds } : { phase: 'missed' } },
  };
}
