/**
 * One message of WeChat, whoever wrote it down. Types and what they stand for: public descriptions of the decrypted
 * databases of WeChat for Windows 3.x and of tools that export them.
 */
import type { Attachment, CallEvent, Conversation, Event, Moment, Party } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import { decodeEntities } from '../../reading/html.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { type Draft, direct, type Scribe } from '../../reading/scribe.ts';
import { instantOf } from '../../reading/time.ts';

export const NETWORK = 'wechat';

/** What a source says of a message. */
export interface Said {
  /** The conversation: a room `…@chatroom`, or the other side. */
  readonly talker: string;
  readonly name?: string | undefined;
  /** Seconds since 1970. */
  readonly seconds: number;
  readonly type: number;
  readonly sender: Party | undefined;
  readonly content: string | undefined;
  readonly key?: string | undefined;
  /** Whose copy it is. */
  readonly owner: string | undefined;
  readonly ownerStated: boolean;
  readonly extra?: Draft['extra'];
  readonly part?: string | undefined;
}

export const person = (id: string, name?: string): Party => party(NETWORK, id, name);

export function conversationOf(talker: string, owner: string | undefined, name?: string): Conversation {
  const named = name === undefined ? {} : { name };
  if (talker.endsWith('@chatroom') || talker.endsWith('@im.chatroom'))
    return { id: talker, kind: 'group', ...named };
  if (talker.startsWith('gh_')) return { id: talker, kind: 'broadcast', ...named };
  return {
    ...direct(person(talker).address, owner === undefined ? undefined : person(owner).address),
    ...named,
  };
}

const MEDIA: Readonly<Record<number, string>> = {
  3: 'image',
  34: 'voice',
  43: 'video',
  47: 'sticker',
  62: 'video',
};

export function outcomeOf(said: Said, place: Place, scribe: Scribe): Outcome {
  const at = momentOf(said.seconds);
  if (at === undefined)
    return { type: 'reject', code: 'time-invalid', detail: 'CreateTime', ...partOf(said) };
  const { type, content } = said;
  if (!Number.isSafeInteger(type))
    return { type: 'reject', code: 'field-invalid', detail: 'Type', ...partOf(said) };
  const media = MEDIA[type];
  const read = media === undefined ? textIn(type, content) : {};
  const attachments = media === undefined ? read.attachments : [{ name: media, state: 'missing' as const }];
  const base = scribe.write(place, {
    network: NETWORK,
    conversation: conversationOf(said.talker, said.owner, said.name),
    at,
    sender: type === 10_000 || type === 10_002 ? undefined : said.sender,
    text: read.text,
    markup: read.source === undefined ? undefined : { type: 'xml', source: read.source },
    attachments,
    key: said.key,
    perspective: said.owner === undefined ? undefined : person(said.owner).address,
    facts: said.owner === undefined || said.ownerStated ? undefined : { perspective: 'setting' },
    part: said.part,
    extra: type === 1 ? said.extra : { ...said.extra, type },
  });
  return { type: 'event', event: kindOf(type, base) };
}

function kindOf(type: number, base: ReturnType<Scribe['write']>): Event {
  switch (type) {
    case 50: {
      const payload: CallEvent['payload'] = { phase: 'started' };
      return { ...base, kind: 'call', payload };
    }
    case 10_000:
    case 10_002:
      return { ...base, kind: 'notice', payload: { type: type === 10_000 ? 'system' : 'system message' } };
    default:
      return { ...base, kind: 'message' };
  }
}

/** Text as it is; of the XML of cards, links, files and places the words in them. */
function textIn(
  type: number,
  content: string | undefined,
): { text?: string; source?: string; attachments?: Attachment[] } {
  if (content === undefined) return {};
  if (!/^\s*<(?:\?xml|msg|sysmsg|voipmsg)\b/u.test(content)) return { text: content };
  const element = (name: string): string | undefined => {
    const match = new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]{1,4096})`, 'u').exec(content);
    return match?.[1] === undefined ? undefined : decodeEntities(match[1], []).trim();
  };
  const attribute = (name: string): string | undefined => {
    const match = new RegExp(`\\b${name}="([^"<>]{1,4096})"`, 'u').exec(content);
    return match?.[1] === undefined ? undefined : decodeEntities(match[1], []);
  };
  const words =
    type === 48
      ? [attribute('label'), attribute('poiname')]
      : type === 42
        ? [attribute('nickname')]
        : [element('title'), element('des'), element('content'), element('replacemsg'), element('text')];
  const text = [...new Set(words.filter((one) => one !== undefined && one !== ''))].join('\n');
  const file = /<type>6<\/type>/u.test(content) ? element('title') : undefined;
  const size = element('totallen');
  const stated = size !== undefined && /^\d{1,15}$/u.test(size) ? { size: Number(size) } : {};
  return {
    source: content,
    ...(text !== '' && { text }),
    ...(file !== undefined && { attachments: [{ name: file, ...stated, state: 'missing' }] }),
  };
}

function momentOf(seconds: number): Moment | undefined {
  const instant = Number.isSafeInteger(seconds) && seconds > 0 ? instantOf(seconds * 1000) : undefined;
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: 's' };
}

const partOf = ({ part }: Said): { part?: string } => (part === undefined ? {} : { part });
