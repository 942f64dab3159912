/**
 * XMPP as XML: stanzas and archives as clients and servers save them (XEP-0313, XEP-0136), and servers' exports of
 * accounts (XEP-0227): messages, rosters, block lists, requests. Schemas: the XEPs.
 */
import type { Repair } from '../../core/event.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { noEntries } from '../reading/frames.ts';
import { decode, openText, type TextStream } from '../reading/text.ts';
import { parseXml, type XmlNode } from '../reading/xml.ts';
import { type XmlPart, type XmlShape, xmlParts } from '../reading/xml-frames.ts';
import { CollectionReader } from './xmpp/collection.ts';
import { attribute, child, localName, STANZA_TAGS } from './xmpp/element.ts';
import { StanzaReader } from './xmpp/stanza.ts';

const SHAPE: XmlShape = {
  containers: new Set(
    'server-data host user archive offline-messages iq save list chat stream:stream stream messages history xmpp body'.split(
      ' ',
    ),
  ),
  // Every element outside of these is a unit; none of them is the only place for units.
  innermost: 'server-data-unit',
  facts: new Set(),
  units: new Set(['message', 'presence', 'query', 'from', 'to', 'note', 'result', 'fin']),
  nested: new Set(['message', 'item', 'x']),
};

const SPACES =
  /xmlns\s*=\s*["'](?:urn:xmpp:(?:mam:|archive\b|pie:|forward:|delay\b|message-|reactions:)|jabber:(?:client|server|iq:roster|x:oob|x:delay)\b|http:\/\/(?:www\.xmpp\.org\/extensions\/xep-0136|jabber\.org\/protocol\/(?:muc|xhtml-im)))/u;

export const xmpp: Format = {
  name: 'xmpp',
  title: 'XMPP archives and account exports',
  networks: ['xmpp'],
  systems: [
    {
      name: 'XMPP (XEP-0136, 0313, 0227)',
      proven: 'documented schema',
      note: 'With corrections, retractions, reactions, marks, rooms, invitations, rosters and block lists.',
    },
    {
      name: 'Google Talk (XMPP)',
      proven: 'documented schema',
      note: 'As any XMPP client or server saves it.',
    },
    {
      name: 'Bantu',
      proven: 'generic gateway',
      note: 'Its XMPP gateway; nothing about its own archive is public.',
    },
    {
      name: 'MarkitGroup',
      proven: 'generic gateway',
      note: 'Kept nothing itself; read what the member’s server kept.',
    },
  ],
  unit: 'A stanza, an archived message, or another element of an account; a reaction each where a message sets several.',
  limits: [
    'A stanza without a time of its own or from its archive is a reject.',
    'Rosters and block lists have no time: they stand at the beginning of 1970, and the repair says so.',
    'Old clients give messages ids that are not unique; two with one id in one conversation are variants of one message.',
    'A set of reactions says what stays; what it takes away is not known from it alone.',
    'Encrypted bodies (OMEMO, OpenPGP) stay encrypted.',
  ],
  detect({ text }) {
    const head = text.slice(0, 8192);
    const root = /<(?!\?|!)([A-Za-z][\w:.-]*)/u.exec(head)?.[1];
    if (root === undefined || !/^\s*(?:\ufeff)?</u.test(head)) return undefined;
    if (root === 'server-data' || ((root === 'host' || root === 'user') && head.includes('urn:xmpp:pie:')))
      return head.includes('urn:xmpp:pie:')
        ? { confidence: 0.95, reason: 'XML with XMPP’s portable export of accounts (XEP-0227)' }
        : undefined;
    const stanza =
      /^(?:message|presence|iq|result|chat|list|archive|messages|history|xmpp|stream:stream|stream)$/u;
    if (!stanza.test(root)) return undefined;
    if (SPACES.test(text))
      return { confidence: 0.85, reason: `XML with stanzas of XMPP, beginning with <${root}>` };
    return /^(?:message|presence|iq)$/u.test(root) &&
      /<message\b[^<>]{0,2048}\s(?:to|from)\s*=\s*["'][^"'@<>]{1,256}@/u.test(head)
      ? { confidence: 0.7, reason: 'XML with messages from and to addresses of XMPP' }
      : undefined;
  },
  async *frames(source) {
    const stanzas = new StanzaReader();
    const collections = new CollectionReader();
    for (const file of source.files) yield* fileFrames(source, file, stanzas, collections);
  },
};

/** A container that is open, with the attributes of its start tag. */
interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

async function* fileFrames(
  source: Source,
  file: SourceFile,
  stanzas: StanzaReader,
  collections: CollectionReader,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  const open: Open[] = [];
  let units = 0;
  let archived = 0;
  const count = (what: string, node: XmlNode, found: number): void => {
    const set = localName(node) === 'set' ? node : child(node, 'set');
    const stated = set === undefined ? undefined : child(set, 'count')?.text.trim();
    if (stated !== undefined && /^\d{1,9}$/u.test(stated))
      source.state({ what, stated: Number(stated), found });
  };
  const outcomes = (part: Extract<XmlPart, { type: 'unit' | 'fact' }>): Outcome[] => {
    const repairs: Repair[] = [];
    const text = decode(stream, part.bytes, repairs);
    const found = parseXml(text, STANZA_TAGS, repairs);
    if ('code' in found) return [{ type: 'reject', code: found.code, detail: found.detail }];
    const { node } = found;
    const place = { source, file, offset: part.offset, length: part.length };
    const around = (name: string): Open | undefined => open.findLast((each) => each.name === name);
    const name = localName(node);
    if (around('chat') !== undefined) {
      if (name === 'set') count('messages of the collection', node, collections.found);
      if (!/^(?:from|to|note)$/u.test(name)) return [{ type: 'excluded', reason: 'bookkeeping' }];
      return [collections.read(node, place, keeperOf(open, file), repairs)];
    }
    if (name === 'fin') {
      count('messages of the archive', node, archived);
      return [{ type: 'excluded', reason: 'client-signal' }];
    }
    const user = around('user');
    const iq = around('iq');
    if (name === 'message' && child(node, 'result') !== undefined) archived++;
    else if (name === 'result') archived++;
    if (/^(?:message|presence|query|result)$/u.test(name)) {
      const owner = user === undefined ? (iq?.attributes.to ?? iq?.attributes.from) : accountOf(open);
      return stanzas.read(node, {
        place,
        owner: owner?.toWellFormed(),
        ...(user !== undefined &&
          owner !== undefined && { to: owner.toWellFormed(), facts: { account: 'header' } }),
        repairs,
        source: text,
      });
    }
    if (user !== undefined || iq !== undefined || around('host') !== undefined)
      return [{ type: 'excluded', reason: 'directory-file' }];
    if (name === 'include' || name === 'error' || name === 'features')
      return [{ type: 'excluded', reason: 'bookkeeping' }];
    return [{ type: 'reject', code: 'element-unknown', detail: node.name.slice(0, 64) }];
  };
  for await (const parts of xmlParts(stream, SHAPE)) {
    const frames: Frame[] = [];
    for (const part of parts) {
      const { offset, length } = part;
      if (part.type === 'enter') {
        const attributes = startAttributes(part.bytes, stream);
        open.push({ name: part.name, attributes });
        if (part.name === 'chat') collections.begin(attributes);
      } else if (part.type === 'leave') {
        const at = open.findLastIndex((each) => each.name === part.name);
        if (at !== -1) open.length = at;
      } else {
        const read: Outcome[] =
          part.type === 'problem' ? [{ type: 'reject', code: part.problem }] : outcomes(part);
        // A file that ends within its root was still being written, or pages of it stand one after another.
        if (part.type === 'problem' && part.problem === 'truncated' && length === 0 && units > 0) continue;
        frames.push({ file, offset, length, units: read.length, read: () => read });
      }
    }
    units += frames.length;
    yield frames;
  }
  if (units === 0) yield [noEntries(file)];
}

function startAttributes(bytes: Buffer, stream: TextStream): Readonly<Record<string, string>> {
  const tag = decode(stream, bytes, []).replace(/\/?>\s*$/u, '/>');
  const found = parseXml(tag, STANZA_TAGS, []);
  return 'node' in found ? found.node.attributes : {};
}

/** `name@host` of the account that is being exported. */
function accountOf(open: readonly Open[]): string | undefined {
  const name = open.findLast((each) => each.name === 'user')?.attributes.name?.trim();
  const host = open.findLast((each) => each.name === 'host')?.attributes.jid?.trim();
  if (name === undefined || name === '') return undefined;
  return host === undefined || host === '' ? name : `${name}@${host}`;
}

/** Who keeps a collection: the account that asked for it or saved it. */
function keeperOf(
  open: readonly Open[],
  file: SourceFile,
): { readonly jid: string; readonly fact: 'header' | 'setting' } | undefined {
  const iq = open.findLast((each) => each.name === 'iq');
  const node =
    iq === undefined ? undefined : { name: 'iq', attributes: iq.attributes, children: [], text: '' };
  const jid =
    node === undefined
      ? undefined
      : attribute(node, 'type') === 'result'
        ? attribute(node, 'to')
        : attribute(node, 'from');
  const account = accountOf(open) ?? jid;
  if (account !== undefined) return { jid: account, fact: 'header' };
  const { account: stated } = file.settings;
  return stated === undefined ? undefined : { jid: stated, fact: 'setting' };
}
