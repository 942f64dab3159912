/**
 * Compliance XML of Persistent Chat (Lync and Skype for Business; Group Chat before). Schema: Microsoft's “Configure the
 * Compliance service for Persistent Chat Server”.
 */
import type { Conversation, Moment, Repair } from '../../core/event.ts';
import { contentKey } from '../../core/ids.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { noEntries, rejectFrame } from '../reading/frames.ts';
import { epochMoment } from '../reading/log-clock.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { Scribe } from '../reading/scribe.ts';
import { decode, openText } from '../reading/text.ts';
import { parseTimestamp } from '../reading/time.ts';
import { parseXml, type XmlNode } from '../reading/xml.ts';
import { type XmlShape, xmlParts } from '../reading/xml-frames.ts';

const NETWORK = 'skype-for-business';
const SHAPE: XmlShape = {
  containers: new Set(['Conversations', 'Conversation', 'Messages']),
  innermost: 'Messages',
  facts: new Set(),
  units: new Set(['Message', 'FirstMessage']),
};
const KNOWN: ReadonlySet<string> = new Set([
  ...SHAPE.units,
  ...SHAPE.containers,
  'Channel',
  'Sender',
  'DateTimeUTC',
  'StartTimeUTC',
  'EndTimeUTC',
]);

export const persistentChat: Format = {
  name: 'persistent-chat',
  title: 'Persistent Chat compliance XML (Lync, Skype for Business)',
  networks: [NETWORK],
  systems: [
    {
      name: 'Microsoft Persistent Chat (compliance XML)',
      proven: 'documented schema',
      note: 'The documentation’s own example.',
    },
    {
      name: 'MindAlign',
      proven: 'generic gateway',
      note: 'Reached archives through FileDump and mail; its own logs are not public.',
    },
  ],
  unit: 'A Message or FirstMessage of a conversation.',
  limits: [
    'Messages have no id: the first message of a channel is matched with its repetition by sender, time and text.',
    'Files are names; their bytes are in the server’s file store.',
  ],
  detect({ text }) {
    return /<Conversations\b[^<>]*>\s*<Conversation\b[^<>]*>\s*<Channel\b/u.test(text.slice(0, 8192))
      ? {
          confidence: 0.95,
          reason: 'XML with Conversations and Channel, as Persistent Chat’s compliance service writes it',
        }
      : undefined;
  },
  async *frames(source) {
    const scribe = new Scribe();
    for (const file of source.files) yield* fileFrames(source, file, scribe);
  },
};

async function* fileFrames(
  source: Source,
  file: SourceFile,
  scribe: Scribe,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  let channel: Conversation | undefined;
  let units = 0;
  for await (const parts of xmlParts(stream, SHAPE)) {
    const frames: Frame[] = [];
    for (const part of parts) {
      const { offset, length } = part;
      if (part.type === 'leave') continue;
      if (part.type === 'enter') {
        if (part.name === 'Conversation') channel = undefined;
        continue;
      }
      if (part.type === 'problem') {
        frames.push(rejectFrame(file, { offset, length }, part.problem));
        continue;
      }
      if (part.name === 'StartTimeUTC' || part.name === 'EndTimeUTC') continue;
      const repairs: Repair[] = [];
      const found = parseXml(decode(stream, part.bytes, repairs), KNOWN, repairs);
      if ('node' in found && part.name === 'Channel') {
        channel = channelOf(found.node);
        continue;
      }
      const around = channel;
      const place = { source, file, offset, length };
      const read = (): Outcome[] => [
        'code' in found
          ? { type: 'reject', code: found.code, detail: found.detail }
          : messageOutcome(found.node, around, place, scribe, repairs),
      ];
      frames.push({ file, offset, length, units: 1, read });
    }
    units += frames.length;
    yield frames;
  }
  if (units === 0) yield [noEntries(file)];
}

function channelOf(node: XmlNode): Conversation | undefined {
  const uri = given(node, 'uri') ?? given(node, 'name');
  const name = given(node, 'name');
  return uri === undefined
    ? undefined
    : { id: uri, kind: 'room', ...(name !== undefined && name !== uri && { name }) };
}

const given = (node: XmlNode | undefined, name: string): string | undefined => {
  const value = node?.attributes[name]?.trim().toWellFormed();
  return value === undefined || value === '' ? undefined : value;
};

/** .NET counts from year 1, ten ticks to a microsecond. */
const TICKS_TO_1970 = 621_355_968_000_000_000n;

/** Milliseconds since 1970; where they are missing, .NET's ticks or the text, which say the same. */
function momentOf(node: XmlNode | undefined): Moment | 'time-missing' | 'time-invalid' {
  const [since, ticks, text] = ['since1970', 'long', 'string'].map((name) => given(node, name));
  if (since !== undefined)
    return (/^-?\d{1,15}$/u.test(since) ? epochMoment(Number(since), 'ms') : undefined) ?? 'time-invalid';
  if (ticks !== undefined && /^\d{1,19}$/u.test(ticks))
    return epochMoment(Number((BigInt(ticks) - TICKS_TO_1970) / 10_000n), 'ms') ?? 'time-invalid';
  const found = text === undefined ? undefined : parseTimestamp(text);
  if (found !== undefined && found.offset === undefined)
    return epochMoment(found.wall, found.precision === 'ms' ? 'ms' : 's') ?? 'time-invalid';
  return text === undefined && ticks === undefined ? 'time-missing' : 'time-invalid';
}

function messageOutcome(
  node: XmlNode,
  conversation: Conversation | undefined,
  place: Place,
  scribe: Scribe,
  repairs: Repair[],
): Outcome {
  if (!SHAPE.units.has(node.name))
    return { type: 'reject', code: 'element-unknown', detail: node.name.slice(0, 64) };
  if (conversation === undefined) return { type: 'reject', code: 'conversation-unknown', detail: 'Channel' };
  const child = (name: string): XmlNode | undefined => node.children.find((each) => each.name === name);
  const at = momentOf(child('DateTimeUTC'));
  if (typeof at === 'string') return { type: 'reject', code: at, detail: 'DateTimeUTC' };
  const who = child('Sender');
  const address = given(who, 'uri') ?? given(who, 'email') ?? given(who, 'UserName');
  const sender =
    address === undefined
      ? undefined
      : party(NETWORK, address.replace(/^sips?:/iu, ''), given(who, 'UserName'));
  if (sender === undefined) repairs.push({ code: 'sender-absent' });
  const type = given(node, 'type') ?? '';
  const content = node.attributes.content?.toWellFormed() ?? '';
  const extra = Object.fromEntries(
    [
      ['type', type],
      ['id', given(node, 'id')],
      ['internal', given(who, 'internal')],
      ['email', given(who, 'email')],
    ].filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '0'),
  );
  const isFile = type === 'FILEUPLOAD' || type === 'FILEDOWNLOAD';
  const isText = type === 'CHAT' || type === 'BACKCHAT';
  const said = isText || isFile ? content : type;
  const written = scribe.write(place, {
    network: NETWORK,
    conversation,
    at,
    sender,
    text: isFile || type === 'JOIN' || type === 'PART' || content === '' ? undefined : content,
    // The first message of a channel stands once more where it was said.
    key:
      node.name === 'FirstMessage'
        ? contentKey(sender?.address ?? '', at.instant, isText ? content : '', 0)
        : undefined,
    attachments: isFile ? [{ name: content, reference: content, state: 'referenced' }] : undefined,
    facts: { network: 'header', conversation: 'header' },
    repairs,
    extra,
  });
  switch (type) {
    case 'JOIN':
    case 'PART':
      return {
        type: 'event',
        event: { ...written, kind: type === 'JOIN' ? 'join' : 'leave', payload: { basis: 'stated' } },
      };
    case 'CHAT':
    case 'BACKCHAT':
      return { type: 'event', event: { ...written, kind: 'message' } };
    case 'FILEUPLOAD':
    case 'FILEDOWNLOAD':
      return {
        type: 'event',
        event: { ...written, kind: 'file', payload: { phase: 'completed', status: type } },
      };
    default:
      return { type: 'event', event: { ...written, kind: 'notice', payload: { type: said.slice(0, 64) } } };
  }
}
