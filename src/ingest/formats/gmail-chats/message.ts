/** One message of a conversation, or a mail that is one. */
import type { Conversation, Event, Moment, Party, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { htmlText } from '../../reading/html.ts';
import { epochMoment } from '../../reading/log-clock.ts';
import type { Mail } from '../../reading/mail.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, type Scribe, to } from '../../reading/scribe.ts';
import { wallMs } from '../../reading/time.ts';
import type { XmlNode } from '../../reading/xml.ts';
import type { FoundMessage } from './conversation.ts';

const NETWORK = 'xmpp';

export interface Around {
  readonly mail: Mail;
  readonly place: Place;
  readonly scribe: Scribe;
  readonly part: string;
  readonly self: { readonly address: string; readonly from: 'header' | 'setting' } | undefined;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);
const child = (node: XmlNode, name: string): XmlNode | undefined =>
  node.children.find((each) => local(each.name) === name);

/** The name that a mail shows for an address. */
function nameOf(mail: Mail, address: string): string | undefined {
  const boxes = [...(mail.from === undefined ? [] : [mail.from]), ...mail.to];
  return boxes.find((each) => normaliseAddress(NETWORK, each.address) === address)?.name;
}

export function messageOutcome(
  { node, source, repairs }: Extract<FoundMessage, { node: XmlNode }>,
  { mail, place, scribe, part, self }: Around,
): Outcome {
  const at = momentOf(node);
  if (typeof at === 'string') return { type: 'reject', code: at, part };
  const { from, to: target, type, jid } = node.attributes;
  if (from === undefined || from === '')
    return { type: 'reject', code: 'field-missing', detail: 'from', part };
  const person = (written: string): Party => {
    const address = normaliseAddress(NETWORK, written);
    return party(NETWORK, written, nameOf(mail, address));
  };
  const isGroup = type === 'groupchat' || /@groupchat\.google\.com/u.test(from);
  const room = normaliseAddress(NETWORK, from);
  const nick = /\/(.+)$/u.exec(from)?.[1];
  const user = child(node, 'x');
  const item = child(child(node, 'body') ?? node, 'x');
  const who = jid ?? child(item ?? node, 'item')?.attributes.jid;
  const sender = isGroup
    ? who !== undefined
      ? person(who)
      : nick === undefined
        ? undefined
        : party(NETWORK, nick)
    : person(from);
  const recipient = isGroup || target === undefined || target === '' ? undefined : person(target);
  const conversation: Conversation = isGroup
    ? { id: room, kind: 'group' }
    : direct(sender?.address, recipient?.address);
  const body = child(node, 'body');
  const gap = child(node, 'gap') !== undefined;
  const rich = /<html[\s>][\s\S]*?<\/html>/u.exec(source)?.[0];
  const number = (name: string): string | undefined =>
    Object.entries(node.attributes).find(([key]) => local(key) === name)?.[1];
  const sequence = number('sequence-no');
  const thread = number('cid');
  const base = scribe.write(place, {
    network: NETWORK,
    conversation,
    at,
    sender,
    recipients: gap ? undefined : to(recipient),
    ...(body !== undefined && body.children.length === 0 && { text: body.text }),
    ...(rich !== undefined && { markup: { type: 'xhtml-im', source: rich } }),
    perspective: self === undefined ? undefined : normaliseAddress(NETWORK, self.address),
    facts: self === undefined ? {} : { account: self.from },
    repairs,
    part,
    extra: {
      ...(thread !== undefined && { cid: thread }),
      ...(sequence !== undefined && { 'sequence-no': sequence }),
    },
  });
  const automatic = number('auto-reply') === 'true';
  const status = child(item ?? node, 'item')?.attributes.status;
  const invite = user === undefined ? undefined : child(user, 'invite');
  let event: Event;
  if (gap) event = { ...base, kind: 'notice', payload: { type: 'not-recorded' } };
  else if (invite !== undefined)
    event = { ...base, kind: 'invite', payload: { invited: target === undefined ? [] : [person(target)] } };
  else if (status !== undefined)
    event = { ...base, kind: status === 'unavailable' ? 'leave' : 'join', payload: { basis: 'stated' } };
  else if (body === undefined) event = { ...base, kind: 'notice', payload: { type: 'signal' } };
  else event = { ...base, kind: 'message', ...(automatic && { payload: { automatic } }) };
  return { type: 'event', event };
}

/** `<time ms="…"/>` in milliseconds, else the attribute of Google’s servers, else `<x stamp="20080104T02:53:18"/>` (UTC). */
function momentOf(node: XmlNode): Moment | 'time-missing' | 'time-invalid' {
  const internal = Object.entries(node.attributes).find(([key]) => local(key) === 'time-stamp')?.[1];
  const ms = child(node, 'time')?.attributes.ms ?? internal;
  if (ms !== undefined)
    return (/^\d{1,15}$/u.test(ms) ? epochMoment(Number(ms), 'ms') : undefined) ?? 'time-invalid';
  const stamp = node.children.map((each) => each.attributes.stamp).find((each) => each !== undefined);
  if (stamp === undefined) return 'time-missing';
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2}):(\d{2}):(\d{2})$/u.exec(stamp)?.map(Number) ?? [];
  const wall =
    second === undefined
      ? undefined
      : wallMs({
          year: year ?? 0,
          month: month ?? 0,
          day: day ?? 0,
          hour: hour ?? 0,
          minute: minute ?? 0,
          second,
        });
  return (wall === undefined ? undefined : epochMoment(wall)) ?? 'time-invalid';
}

/** A mail that is one message: of Hangouts, or of a chat whose XML is not there. */
export function plainOutcome(mail: Mail, place: Place, scribe: Scribe): Outcome {
  const repairs: Repair[] = [];
  const { from, date, html } = mail;
  if (date === undefined) return { type: 'reject', code: 'time-missing' };
  const ms = Date.parse(date.replaceAll(/\([^()]{0,100}\)/gu, '').trim());
  const at = Number.isFinite(ms) ? epochMoment(ms) : undefined;
  if (at === undefined) return { type: 'reject', code: 'time-invalid' };
  if (from === undefined) return { type: 'reject', code: 'field-missing', detail: 'From' };
  const sender = party(NETWORK, from.address, from.name);
  const others = mail.to.map(({ address, name }) => party(NETWORK, address, name));
  const text = mail.text ?? (html === undefined ? '' : htmlText(html, repairs));
  const base = scribe.write(place, {
    network: NETWORK,
    conversation: direct(sender.address, ...others.map(({ address }) => address)),
    at,
    sender,
    recipients: others.map((each) => ({ ...each, role: 'to' as const })),
    text: text.replace(/\s+$/u, ''),
    ...(html !== undefined && { markup: { type: 'html', source: html } }),
    ...(mail.messageId !== undefined && { key: ['mail', mail.messageId] }),
    repairs,
  });
  return { type: 'event', event: { ...base, kind: 'message' } };
}
