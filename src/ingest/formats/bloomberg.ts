/**
 * Bloomberg's daily set: IB chats, MSG mail, disclaimers and archives of attachments. Schemas: IB 1.3, MSG 1.6, DSCL 1.6
 * (“Data provided by Bloomberg LP”, as published in dominiquemb/ironhold-front-end); versions to 1.9 add elements, which
 * are kept under their own names.
 */
import type { Repair } from '../../core/event.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { rejectFrame, wholeFile } from '../reading/frames.ts';
import { decode, openText, type TextStream } from '../reading/text.ts';
import { readWhole } from '../reading/whole.ts';
import { childText, parseXml, type XmlNode } from '../reading/xml.ts';
import { type XmlPart, type XmlShape, xmlParts } from '../reading/xml-frames.ts';
import { nameOf } from '../source-name.ts';
import { AttachmentFiles } from './bloomberg/attachments.ts';
import { ChatReader, type Room } from './bloomberg/conversation.ts';
import { dailySets, fileIdOf, isArchive, isOfSet, rankOf } from './bloomberg/daily-set.ts';
import { MailReader, mailOf } from './bloomberg/mail.ts';
import { attributesOf, elementText } from './filedump/conversation.ts';
import { firstElements } from './filedump/elements.ts';

const SHAPE: XmlShape = {
  containers: new Set(['FileDump', 'Conversation']),
  innermost: 'Conversation',
  facts: new Set(['RoomID', 'StartTime', 'StartTimeUTC', 'EndTime', 'EndTimeUTC', 'NextFile', 'Version']),
  units: new Set([
    'ParticipantEntered',
    'ParticipantLeft',
    'Message',
    'Attachment',
    'Invite',
    'History',
    'SystemMessage',
    'Disclaimer',
  ]),
};
const KNOWN: ReadonlySet<string> = new Set([
  ...SHAPE.units,
  ...SHAPE.facts,
  ...'User UserInfo LoginName FirstName LastName UUID FirmNumber AccountNumber AccountName CompanyName'.split(
    ' ',
  ),
  ...'EmailAddress CorporateEmailAddress CorporateEmailID BloombergUUID BloombergEmailAddress ClientID1'.split(
    ' ',
  ),
  ...'ClientID2 DateTime DateTimeUTC Content ConversationID Inviter Invitee FileName FileID FileSize'.split(
    ' ',
  ),
  ...'Reference MsgID MsgTime MsgTimeUTC MsgLang MsgType OrigSender SharedMessenger Sender Recipient'.split(
    ' ',
  ),
  ...'ForwardedTo ForwardedBy OnBehalfOf Subject MsgBody DisclaimerReference DisclaimerText Greeting'.split(
    ' ',
  ),
]);
/** Largest HTML body that is kept beside the text. */
const MAX_HTML = 1024 * 1024;
/** Characters of disclaimers that are kept to be shown with messages. */
const MAX_DISCLAIMERS = 16 * 1024 * 1024;

export const bloomberg: Format = {
  name: 'bloomberg',
  title: 'Bloomberg IB and MSG dumps',
  networks: ['bloomberg'],
  systems: [
    {
      name: 'Bloomberg IB (chat)',
      proven: 'documented schema',
      note: 'Schema 1.3; versions to 1.9 by analogy.',
    },
    {
      name: 'Bloomberg MSG (mail)',
      proven: 'documented schema',
      note: 'Schema 1.6; versions to 1.9 by analogy.',
    },
  ],
  unit: 'A child of Conversation that is neither RoomID nor its start or end; a Message or Disclaimer of FileDump; a file of attachments.',
  limits: [
    'Versions above 1.6 have no public schema: what they add is kept under its own name, in the event or as a notice.',
    'A chat’s message has no id: history that is replayed is matched by room, sender, second and text.',
    'Files encrypted with PGP must be decrypted first.',
    'A person’s address is the Bloomberg mail address, which chats and messages share and people of other firms have too; without one the login, else the firm’s address. Login, UUID and the firm’s address are kept beside the event.',
    'A message to more than one person is a conversation of its own; the subject stands above its text.',
  ],
  detect({ text }) {
    const [root, child] = firstElements(text);
    if (root !== 'FileDump') return undefined;
    if (child === 'Disclaimer')
      return { confidence: 0.95, reason: 'XML with the root FileDump, Bloomberg’s disclaimers' };
    if (child === 'Message')
      return /<MsgID[\s>/]/u.test(text)
        ? { confidence: 0.95, reason: 'XML with the root FileDump, Bloomberg’s MSG mail' }
        : undefined;
    if (child !== undefined && child !== 'Conversation') return undefined;
    const isChat =
      /<RoomID>\s*(?:P?CHAT-|ADSK-)/u.test(text) ||
      (/<User>\s*<LoginName>/u.test(text) &&
        /\bInteractionType\s*=|<(?:UUID|FirmNumber|AccountNumber)>/u.test(text));
    return isChat
      ? { confidence: 0.95, reason: 'XML with the root FileDump, Bloomberg’s IB chat' }
      : undefined;
  },
  folder: { marks: isOfSet, groups: dailySets },
  async *frames(source) {
    const files = new AttachmentFiles(source.files);
    const disclaimers = new Map<string, string>();
    const readers = { files, chat: new ChatReader(files), mail: new MailReader(disclaimers), disclaimers };
    const dumps = source.files.filter((file) => fileIdOf(nameOf(file)) === undefined);
    for (const file of dumps.sort((a, b) => rankOf(nameOf(a)) - rankOf(nameOf(b)))) {
      if (isArchive(nameOf(file))) yield [wholeFile(file, { type: 'reject', code: 'not-a-transcript' })];
      else yield* dumpFrames(source, file, readers);
    }
    let batch: Frame[] = [];
    for (const frame of files.frames(source.files)) {
      batch.push(frame);
      if (batch.length < 1024) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  },
};

interface Readers {
  readonly files: AttachmentFiles;
  readonly chat: ChatReader;
  readonly mail: MailReader;
  readonly disclaimers: Map<string, string>;
}

async function* dumpFrames(
  source: Source,
  file: SourceFile,
  readers: Readers,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  let room: Room = { attributes: {} };
  let units = 0;
  let kept = 0;
  for await (const parts of xmlParts(stream, SHAPE)) {
    const frames: Frame[] = [];
    for (const part of parts) {
      const { offset, length } = part;
      if (part.type === 'enter' && part.name === 'Conversation')
        room = { attributes: attributesOf(decode(stream, part.bytes, [])) };
      else if (part.type === 'leave' && part.name === 'Conversation') room = { attributes: {} };
      else if (part.type === 'fact' && part.name === 'RoomID')
        room = { ...room, id: elementText(decode(stream, part.bytes, [])).toWellFormed() };
      else if (part.type === 'problem') frames.push(rejectFrame(file, { offset, length }, part.problem));
      else if (part.type === 'unit') {
        const around = room;
        frames.push({
          file,
          offset,
          length,
          units: 1,
          read: () => [chatUnit(part, stream, around, { source, file, offset, length }, readers)],
        });
      } else if (part.type === 'fact' && !SHAPE.facts.has(part.name)) {
        const outcome = await outerUnit(part, stream, { source, file, offset, length }, readers, kept);
        if (part.name === 'Disclaimer') kept += length;
        frames.push({ file, offset, length, units: 1, read: () => [outcome] });
      }
    }
    units += frames.length;
    yield frames;
  }
  if (units === 0) yield [wholeFile(file, { type: 'excluded', reason: 'no-entries' })];
}

type Placed = Parameters<ChatReader['read']>[2];

function parsed(
  bytes: Buffer,
  stream: TextStream,
  repairs: Repair[],
): { readonly node: XmlNode } | { readonly reject: Outcome } {
  const found = parseXml(decode(stream, bytes, repairs), KNOWN, repairs);
  return 'code' in found
    ? { reject: { type: 'reject', code: found.code, detail: found.detail } }
    : { node: found.node };
}

function chatUnit(
  part: Extract<XmlPart, { type: 'unit' | 'fact' }>,
  stream: TextStream,
  room: Room,
  place: Placed,
  readers: Readers,
): Outcome {
  const repairs: Repair[] = [];
  const found = parsed(part.bytes, stream, repairs);
  return 'reject' in found ? found.reject : readers.chat.read(found.node, room, place, repairs);
}

/** A child of `FileDump` itself: mail, a disclaimer, or something that a later version adds. */
async function outerUnit(
  part: Extract<XmlPart, { type: 'unit' | 'fact' }>,
  stream: TextStream,
  place: Placed,
  { files, mail, disclaimers }: Readers,
  kept: number,
): Promise<Outcome> {
  const repairs: Repair[] = [];
  const found = parsed(part.bytes, stream, repairs);
  if ('reject' in found) return found.reject;
  const { node } = found;
  if (node.name === 'Message') {
    const read = mailOf(node, files);
    const bytes = read.html === undefined ? undefined : await readWhole(read.html, MAX_HTML);
    const html = bytes?.toString('utf8').toWellFormed();
    return mail.read(read, html, place, repairs);
  }
  if (node.name === 'Disclaimer') {
    const reference = childText(node, 'DisclaimerReference');
    const text = childText(node, 'DisclaimerText')?.toWellFormed();
    if (reference === undefined || text === undefined)
      return { type: 'reject', code: 'field-missing', detail: 'DisclaimerReference or DisclaimerText' };
    if (kept < MAX_DISCLAIMERS) disclaimers.set(reference, text);
    return { type: 'excluded', reason: 'directory-file' };
  }
  return { type: 'reject', code: 'element-unknown', detail: node.name.slice(0, 64) };
}
