/**
 * What Skype writes between a message's quotes, in its database and in its export: text with a little XML in it. Elements:
 * Skyperious (`skypedata.py`) and the export's viewers; nothing is published.
 */
import type { Attachment, Markup, Repair } from '../../../core/event.ts';
import { decodeEntities, htmlText } from '../../reading/html.ts';
import { swiftText } from './card.ts';

export const NETWORK = 'skype';

export interface Content {
  readonly text?: string;
  readonly markup?: Markup;
  readonly attachments: readonly Attachment[];
  /** The marker that clients put behind a text that was edited: when, in milliseconds. */
  readonly editedMs?: number;
}

const EDITED = /<e_m\b([^<>]*)\/?>(?:<\/e_m>)?/iu;
const PREFIX = /^Edited(?: previous message)?: /u;

/** Value of an attribute in the text of a tag. */
export function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}\\s*=\\s*"([^"<>]*)"`, 'iu').exec(tag);
  return match?.[1] === undefined || match[1] === '' ? undefined : decodeEntities(match[1], []);
}

/** Text of the first element of a name, without tags. */
export function elementText(source: string, name: string): string | undefined {
  const start = new RegExp(`<${name}\\b[^<>]*>`, 'iu').exec(source);
  if (start === null) return undefined;
  const from = start.index + start[0].length;
  const end = source.toLowerCase().indexOf(`</${name.toLowerCase()}`, from);
  const text = htmlText(source.slice(from, end === -1 ? undefined : end), []).trim();
  return text === '' ? undefined : text;
}

export function contentOf(source: string, repairs: Repair[]): Content {
  const marker = EDITED.exec(source);
  const ms = marker?.[1] === undefined ? undefined : Number(attribute(marker[1], 'ts_ms') ?? Number.NaN);
  const seconds = marker?.[1] === undefined ? undefined : Number(attribute(marker[1], 'ts') ?? Number.NaN);
  const editedMs = [ms, seconds === undefined ? undefined : seconds * 1000].find(
    (each) => each !== undefined && Number.isSafeInteger(each) && each > 0,
  );
  let body = marker === null ? source : source.replace(EDITED, '');
  if (marker !== null && PREFIX.test(body)) {
    body = body.replace(PREFIX, '');
    repairs.push({ code: 'prefix-removed' });
  }
  const attachments = objectsIn(body);
  const shown = shownText(body, repairs);
  return {
    ...(shown !== '' && { text: shown }),
    ...(shown !== source && source !== '' && { markup: { type: 'skype-xml', source } }),
    attachments,
    ...(editedMs !== undefined && { editedMs }),
  };
}

function shownText(body: string, repairs: Repair[]): string {
  if (body.includes('<sms')) return smsText(body);
  const box = body.includes('<URIObject') ? (swiftText(body) ?? subjectOf(body)) : undefined;
  return box ?? plainText(body, repairs);
}

/** What an invitation to a call is about. */
const subjectOf = (body: string): string | undefined =>
  attribute(/<URIObject\b[^<>]*>/iu.exec(body)?.[0] ?? '', 'subject');

/** Files, pictures and videos: what a text says of them is for old clients, and no words of the sender. */
function plainText(body: string, repairs: Repair[]): string {
  const without = body.includes('<URIObject') ? cut(body, 'URIObject') : cut(body, 'files');
  const contacts = without.replaceAll(/<c\b([^<>]*)\/?>/giu, (_all, tag: string) => {
    const name = attribute(tag, 'f');
    const id = attribute(tag, 's') ?? attribute(tag, 'p');
    return [name, id === undefined ? undefined : name === undefined ? id : `(${id})`]
      .filter((each) => each !== undefined)
      .join(' ')
      .concat('\n');
  });
  const links = contacts.replaceAll(/<a\b([^<>]*)>([^<>]*)<\/a>/giu, (_all, tag: string, label: string) => {
    const href = attribute(tag, 'href');
    const shown = decodeEntities(label, []);
    return href === undefined ||
      href === shown ||
      href.replace(/^(?:mailto:|https?:\/\/)/iu, '').replace(/\/$/u, '') === shown
      ? label
      : `${label} (${href.replaceAll('&', '&amp;').replaceAll('<', '&lt;')})`;
  });
  return htmlText(links, repairs).trimEnd();
}

/** A text without one kind of element and what is in it. One pass. */
function cut(body: string, name: string): string {
  const open = `<${name}`;
  const close = `</${name}>`;
  let result = '';
  let at = 0;
  for (;;) {
    const start = body.indexOf(open, at);
    if (start === -1) return at === 0 ? body : result + body.slice(at);
    result += body.slice(at, start);
    const end = body.indexOf(close, start);
    if (end === -1) return result;
    at = end + close.length;
  }
}

/** A text message to a telephone: its text stands in the element of that name, in chunks, or in an attribute. */
function smsText(body: string): string {
  const whole = elementText(body, 'encoded_body');
  if (whole !== undefined) return whole;
  const chunks = [...body.matchAll(/<chunk\b[^<>]*>([^<]*)<\/chunk>/giu)].map((match) => match[1] ?? '');
  if (chunks.length > 0) return decodeEntities(chunks.join(''), []);
  return attribute(/<sms\b[^<>]*>/iu.exec(body)?.[0] ?? '', 'alt') ?? '';
}

function objectsIn(body: string): Attachment[] {
  const found: Attachment[] = [];
  for (const match of body.matchAll(/<URIObject\b([^<>]*)>/giu)) {
    if (attribute(match[0], 'type')?.startsWith('SWIFT.') === true) continue;
    const end = body.indexOf('</URIObject>', match.index);
    const inner = body.slice(match.index, end === -1 ? undefined : end);
    const name =
      attribute(/<OriginalName\b[^<>]*>/iu.exec(inner)?.[0] ?? '', 'v') ??
      elementText(inner, 'Title')?.replace(/^Title: /u, '');
    const reference = attribute(match[1] ?? '', 'uri') ?? attribute(match[1] ?? '', 'url_thumbnail');
    found.push({
      ...(name !== undefined && { name: name.toWellFormed() }),
      ...sizeOf(attribute(/<FileSize\b[^<>]*>/iu.exec(inner)?.[0] ?? '', 'v')),
      ...(reference !== undefined && { reference: reference.toWellFormed() }),
      state: 'referenced',
    });
    if (found.length >= MAX_FILES) return found;
  }
  for (const match of body.matchAll(/<file\b([^<>]*)>([^<]*)<\/file>/giu)) {
    const name = decodeEntities(match[2] ?? '', []).trim();
    found.push({
      ...(name !== '' && { name }),
      ...sizeOf(attribute(match[1] ?? '', 'size')),
      state: 'missing',
    });
    if (found.length >= MAX_FILES) return found;
  }
  return found;
}

/** Files of one message; a hostile text could name millions. */
const MAX_FILES = 1000;

const sizeOf = (text: string | undefined): { size?: number } =>
  text !== undefined && /^\d{1,15}$/u.test(text) ? { size: Number(text) } : {};

/** Longest time that somebody was in a call, and whether anybody took it, from its list of people. */
export function callOf(source: string): { phase: 'started' | 'ended' | 'missed'; seconds?: number } {
  const type = attribute(/<partlist\b[^<>]*>/iu.exec(source)?.[0] ?? '', 'type');
  const seconds = [...source.matchAll(/<duration>\s*(\d{1,9})(?:\.\d*)?\s*<\/duration>/giu)]
    .map((match) => Number(match[1]))
    .reduce((longest, each) => Math.max(longest, each), -1);
  if (type === 'missed' || type === 'noAnswer') return { phase: 'missed' };
  if (seconds >= 0) return { phase: 'ended', seconds };
  return { phase: type === 'ended' ? 'ended' : 'started' };
}

/** A person's address: numbers before it say which kind of account; those of Skype and of telephones are left out. */
export const skypeName = (id: string): string => id.replace(/^[48]:/u, '');
