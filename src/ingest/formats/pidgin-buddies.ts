/**
 * Buddy lists and privacy lists of Pidgin and Gaim: `blist.xml`, for all accounts of a person. Shape: libpurple's
 * `blist.c`.
 */
import type { Json, Party, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { noEntries, rejectFrame } from '../reading/frames.ts';
import { networkNamed, UNKNOWN_NETWORK } from '../reading/network-name.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe } from '../reading/scribe.ts';
import { decode, openText } from '../reading/text.ts';
import { undated } from '../reading/undated.ts';
import { readWhole } from '../reading/whole.ts';
import { childText, parseXml, type XmlNode } from '../reading/xml.ts';

export const pidginBuddies: Format = {
  name: 'pidgin-buddies',
  title: 'Pidgin and Gaim buddy list (blist.xml)',
  networks: ['aim', 'icq', 'msn', 'yahoo', 'xmpp', 'irc', 'sametime', 'groupwise', 'gadu-gadu'],
  systems: [{ name: 'Pidgin buddy list (blist.xml)', proven: 'synthetic only' }],
  unit: 'The buddies of an account, and its privacy list.',
  limits: [
    'A list has no time: it stands at the beginning of 1970, which is marked.',
    'A list with more than 200,000 tags is not read.',
  ],
  detect({ text }) {
    const start = text.slice(0, 2048);
    return /<(?:purple|gaim)\b[^<>]{0,100}>/u.test(start) && /<(?:blist|privacy)\b/u.test(text)
      ? {
          confidence: 0.95,
          reason: 'XML with the root purple or gaim and a blist, as Pidgin keeps its buddies',
        }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield [await listFrame(source, file)];
  },
};

/** An account, and those in one of its lists. */
interface List {
  readonly protocol: string;
  readonly account: string;
  readonly kind: 'buddies' | 'privacy';
  readonly people: { readonly written: string; readonly name?: string | undefined; readonly said: Json }[];
  readonly mode?: string | undefined;
}

const TAGS: ReadonlySet<string> = new Set(
  'purple gaim blist group setting contact person buddy name alias chat component privacy account permit block'.split(
    ' ',
  ),
);

async function listFrame(source: Source, file: SourceFile): Promise<Frame> {
  const bytes = await readWhole(file);
  const place = { source, file, offset: 0, length: file.size };
  if (bytes === undefined) return rejectFrame(file, place, 'file-too-large');
  const repairs: Repair[] = [];
  const text = decode(await openText(file), bytes, repairs).replace(/^\ufeff?\s*<\?xml[^?]{0,200}\?>/u, '');
  const start = text.search(/<(?:purple|gaim)\b/u);
  const found = start === -1 ? undefined : parseXml(text.slice(start), TAGS, repairs);
  if (found === undefined) return rejectFrame(file, place, 'xml-malformed');
  if (!('node' in found)) return rejectFrame(file, place, found.code);
  const lists = listsIn(found.node);
  if (lists.length === 0) return noEntries(file);
  const scribe = new Scribe();
  const read = (): Outcome[] => lists.map((list, i) => outcomeOf(list, `list/${i}`, place, scribe, repairs));
  return { ...place, units: lists.length, read };
}

function listsIn(root: XmlNode): List[] {
  const lists = new Map<string, List>();
  const listOf = (kind: List['kind'], protocol: string, account: string, mode?: string): List => {
    const key = JSON.stringify([kind, protocol, account]);
    const list = lists.get(key) ?? {
      kind,
      protocol,
      account,
      people: [],
      ...(mode !== undefined && { mode }),
    };
    lists.set(key, list);
    return list;
  };
  for (const part of root.children) {
    if (part.name === 'blist')
      for (const group of part.children)
        for (const each of buddiesIn(group)) {
          const name = childText(each.buddy, 'name');
          const { proto = '', account = '' } = each.buddy.attributes;
          if (name === undefined) continue;
          listOf('buddies', proto, account).people.push({
            written: name.toWellFormed(),
            name: (childText(each.buddy, 'alias') ?? each.alias)?.toWellFormed(),
            said: { name: name.toWellFormed(), group: (group.attributes.name ?? '').toWellFormed() },
          });
        }
    if (part.name === 'privacy')
      for (const { attributes, children } of part.children) {
        const { proto = '', name = '', mode } = attributes;
        const list = listOf('privacy', proto, name, mode);
        for (const each of children) {
          const written = each.text.trim().toWellFormed();
          if (written !== '') list.people.push({ written, said: { [each.name]: written } });
        }
      }
  }
  return [...lists.values()];
}

/** Buddies of a group: in contacts (Gaim: persons), or directly in it. */
function* buddiesIn(group: XmlNode): Iterable<{ buddy: XmlNode; alias?: string | undefined }> {
  for (const each of group.children) {
    if (each.name === 'buddy') yield { buddy: each };
    if (each.name === 'contact' || each.name === 'person')
      for (const buddy of each.children)
        if (buddy.name === 'buddy') yield { buddy, alias: each.attributes.alias ?? each.attributes.name };
  }
}

function outcomeOf(
  list: List,
  part: string,
  place: Place,
  scribe: Scribe,
  found: readonly Repair[],
): Outcome {
  const named = networkNamed(list.protocol) ?? UNKNOWN_NETWORK;
  // ICQ accounts were kept under AIM's protocol.
  const network = named === 'aim' && /^\d{5,10}$/u.test(list.account) ? 'icq' : named;
  if (list.account === '') return { type: 'reject', code: 'conversation-unknown', part };
  const owner: Party = party(network, list.account);
  const members = list.people.map(({ written, name }) => party(network, written, name));
  const repairs = [...found];
  const base = scribe.write(place, {
    network,
    conversation: direct(owner.address),
    at: undated(repairs),
    sender: owner,
    key: ['roster', list.kind, members.map(({ address }) => address).sort()],
    perspective: normaliseAddress(network, list.account),
    facts: { network: 'header', account: 'header' },
    repairs,
    part,
    extra: {
      list: list.kind,
      items: list.people.map(({ said }) => said),
      ...(list.mode !== undefined && { mode: list.mode }),
    },
  });
  return { type: 'event', event: { ...base, kind: 'roster', payload: { members, basis: 'stated' } } };
}
