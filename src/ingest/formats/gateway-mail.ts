/**
 * Conversations as mail: gateways and hosted services that archive each conversation as one mail, bare or in an Exchange
 * envelope journal, and Conversation History of Lync and Skype for Business. People come from the headers; the body is
 * read line by line where it holds such lines, else as one message. The mail itself stays the evidence.
 */
import type { Attachment, Json, Moment, Party, Recipient, Repair } from '../../core/event.ts';
import {
  type Format,
  type Frame,
  type Holding,
  MAX_UNIT,
  type Outcome,
  type Source,
  type SourceFile,
} from '../format.ts';
import { epochMoment, LogClock } from '../reading/log-clock.ts';
import { envelopeOf, looksLikeMail, type Mail, parseMail, readMail } from '../reading/mail.ts';
import { networkFor } from '../reading/network-name.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { type Draft, direct, Scribe, to } from '../reading/scribe.ts';
import { decodeHead } from '../reading/text.ts';
import { type Said, type Transcript, transcriptOf } from './gateway-mail/conversation.ts';
import { pageText } from './gateway-mail/page.ts';
import { type People, peopleOf, recipientsOf, sidesOf } from './gateway-mail/people.ts';
import { PROFILES, type Profile } from './gateway-mail/profiles.ts';
import { zoneOf } from './gateway-mail/stamps.ts';

const NOTE = 'Nothing about its mails is public: read as any mail that holds a conversation.';

export const gatewayMail: Format = {
  name: 'gateway-mail',
  title: 'Conversations as mail (gateways, journals, Conversation History)',
  networks: ['any'],
  systems: [
    { name: 'Akonix', proven: 'generic gateway', note: NOTE },
    { name: 'IMlogic / Symantec IM Manager', proven: 'generic gateway', note: NOTE },
    { name: 'MessageLabs', proven: 'generic gateway', note: NOTE },
    { name: 'Verizon', proven: 'generic gateway', note: NOTE },
    { name: 'USA.NET', proven: 'generic gateway', note: NOTE },
    { name: 'Bantu (mail)', proven: 'generic gateway', note: NOTE },
    { name: 'Effusia', proven: 'generic gateway', note: NOTE },
    { name: 'Pivot IMTrader (mail)', proven: 'generic gateway', note: NOTE },
    { name: 'Barracuda (mail)', proven: 'generic gateway', note: NOTE },
    { name: 'Cymphonix (mail)', proven: 'generic gateway', note: NOTE },
    {
      name: 'Microsoft Lync and Skype for Business (Conversation History)',
      proven: 'synthetic only',
      note: 'The body’s grammar is not published; lines with a name and a time in brackets are read.',
    },
  ],
  unit: 'A line that somebody said, came, went or sent a file in; what stands before the first; a footer of the mail service; a mail without such lines.',
  limits: [
    'No vendor published its grammar: lines with a time and a name are read, any other body is one message.',
    'A line that somebody pasted and that looks like one of these is read as one.',
    'A line that gives its time as those do and names nobody is a notice; a line that is a day alone dates those after it.',
    'Where nothing gives a day, it is the last on which all lines lie before the mail.',
    'A name with a time alone on its line is read where the headers name that person; a table where a line of names stands above it.',
    'The network is the one that the mail names, else the one stated with --network, else that whose name a folder or the file bears, else “unknown”.',
    'Times are in the zone that the body states, else in the one stated with --zone, else in that of the Date header, which is marked as assumed.',
    'A subject is the first paragraph of the text of a mail that is one message.',
  ],
  detect({ text }) {
    if (!looksLikeMail(text)) return undefined;
    const head = text.slice(0, 8192);
    if (/^X-RSMF-/imu.test(head)) return undefined;
    if (/^X-MS-Journal-Report\s*:/imu.test(head))
      return { confidence: 0.6, reason: 'a mail in the envelope of an Exchange journal' };
    const isTalk =
      /^Subject:.{0,200}\b(?:IM|instant message|conversation|chat|transcript)\b/imu.test(head) ||
      PROFILES.some(({ headers }) => headers.test(headersOf(head)));
    return isTalk
      ? { confidence: 0.6, reason: 'a mail that holds a conversation, by its headers' }
      : { confidence: 0.4, reason: 'a mail with sender, date and subject' };
  },
  async *frames(source) {
    const scribe = new Scribe();
    for (const file of source.files) yield [await mailFrame(source, file, scribe)];
  },
};

const headersOf = (text: string): string => text.split(/\r?\n\r?\n/u, 1)[0] ?? '';

async function mailFrame(source: Source, file: SourceFile, scribe: Scribe): Promise<Frame> {
  const outcomes = await mailOutcomes({ source, file, offset: 0, length: file.size }, scribe);
  return { file, offset: 0, length: file.size, units: outcomes.length, read: () => outcomes };
}

/** A journal in a journal; no more than this deep. */
const MAX_ENVELOPES = 4;

async function mailOutcomes(place: Place, scribe: Scribe): Promise<readonly Outcome[]> {
  const outer = await readMail(place.file);
  if (outer === undefined) return [{ type: 'reject', code: 'file-too-large' }];
  if (outer === 'malformed') return [{ type: 'reject', code: 'record-malformed', detail: 'no mail' }];
  let mail: Mail = outer;
  let profile = profileOf(mail);
  const envelope: Recipient[] = [];
  for (let depth = 0; depth < MAX_ENVELOPES; depth++) {
    const found = envelopeOf(mail);
    const inner =
      found === undefined ? undefined : mail.parts.find((part) => part.mediaType === 'message/rfc822');
    if (found === undefined || inner === undefined) break;
    for (const { address, role } of found.recipients) envelope.push({ ...party('mail', address), role });
    const read = await parseMail(inner.bytes);
    if (read === 'malformed')
      return [{ type: 'reject', code: 'record-malformed', detail: 'no mail in the journal' }];
    mail = read;
    profile = profileOf(mail) ?? profile;
  }
  return conversationOutcomes({ mail, envelope, profile }, place, scribe);
}

/** `Thu, 15 Mar 2007 12:00:00 +0000 (UTC)`: the instant, and the zone that it states. */
function dateOf(text: string | undefined): { ms: number; zone?: string } | undefined {
  if (text === undefined) return undefined;
  const bare = text.replaceAll(/\([^()]{0,100}\)/gu, '').trim();
  const ms = Date.parse(bare);
  const written = /([+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)$/iu.exec(bare)?.[1];
  if (!Number.isFinite(ms) || written === undefined) return undefined;
  // An offset that no clock has gives the instant and no zone for the lines.
  const zone = zoneOf(written);
  return { ms, ...(zone !== undefined && { zone }) };
}

interface Known {
  readonly mail: Mail;
  readonly network: string;
  readonly networkFact: 'header' | 'setting' | 'path' | undefined;
  readonly date: { readonly ms: number; readonly zone?: string } | undefined;
  /** Name as a line writes it → the person. */
  readonly speakers: ReadonlyMap<string, Party>;
  readonly sides: readonly Party[];
  readonly conversation: Draft['conversation'];
  readonly profile: string | undefined;
}

/** The product that its headers name. */
function profileOf(mail: Mail): Profile | undefined {
  const headers = NAMING.flatMap((name) => mail.header(name).map((value) => `${name}: ${value}`)).join('\n');
  return PROFILES.find((each) => each.headers.test(headers));
}
const NAMING = [
  'X-Mailer',
  'User-Agent',
  'Received',
  'From',
  'Message-ID',
  'Subject',
  'X-MessageClass',
  'Content-Class',
];

function conversationOutcomes(
  given: {
    readonly mail: Mail;
    readonly envelope: readonly Recipient[];
    /** The product that this mail or an envelope of it names. */
    readonly profile: Profile | undefined;
  },
  place: Place,
  scribe: Scribe,
): readonly Outcome[] {
  const { mail, envelope, profile } = given;
  const date = dateOf(mail.date);
  const { settings } = place.file;
  const sent = date === undefined ? undefined : { ...date, settled: settings.zone };
  const names = new Set(peopleOf(mail, '', 'unknown').known.keys());
  const { body, repairs, transcript } = bodyOf(mail, (text) =>
    transcriptOf(text, { subject: mail.subject, sent, order: settings.dateOrder, names }),
  );
  const stated = transcript.network ?? networkInHeaders(mail) ?? profile?.network;
  const { network, from: networkFrom } = networkFor(stated, place.file);
  const people = peopleOf(mail, transcript.heading, network);
  const recipients = recipientsOf(mail, envelope, network);
  const from = mail.from === undefined ? undefined : party(network, mail.from.address, mail.from.name);
  // The envelope may name more; who talks to whom is in the mail's own headers.
  const named = [...(from === undefined ? [] : [from]), ...recipientsOf(mail, [], network)];
  const speakers = new Map(
    transcript.said
      .flatMap(({ who, to: other = '' }) => [who, other])
      .flatMap((who) => (who === '' ? [] : [[who, speakerOf(people, network, who)]])),
  );
  const sides = sidesOf(people, named, from, [...speakers.values()]);
  const conversation: Draft['conversation'] =
    sides.length > 0 && sides.length <= 2
      ? direct(...sides.map(({ address }) => address))
      : {
          id: mail.messageId ?? `${mail.subject ?? ''} ${mail.date ?? ''}`.trim(),
          kind: 'group',
          ...(mail.subject !== undefined && { name: mail.subject }),
        };
  if (conversation.id === '')
    return [{ type: 'reject', code: 'conversation-unknown', detail: 'From, To, Message-ID' }];
  const known: Known = {
    mail,
    network,
    networkFact: networkFrom,
    date,
    speakers,
    sides,
    conversation,
    profile: profile?.name,
  };
  const whole = wholeOutcome(known, transcript, { from, recipients, body, repairs }, place, scribe);
  return [whole, ...transcript.said.map((each, i) => lineOutcome(each, i, known, place, scribe))];
}

const speakerOf = ({ known }: People, network: string, who: string): Party =>
  known.get(who.toLowerCase()) ?? party(network, who);

/** Parts of text that may hold the conversation where the body does not. */
const MAX_PARTS = 8;

/** The text that holds the conversation: the body as text or HTML, else a part; without one, the body. */
function bodyOf(
  mail: Mail,
  read: (text: string) => Transcript,
): { readonly body: string; readonly repairs: Repair[]; readonly transcript: Transcript } {
  const candidates: (() => { body: string; repairs: Repair[] })[] = [];
  const { text, html } = mail;
  const page = (source: string) => () => {
    const repairs: Repair[] = [];
    return { body: pageText(source, repairs), repairs };
  };
  if (text !== undefined || html === undefined) candidates.push(() => ({ body: text ?? '', repairs: [] }));
  if (html !== undefined) candidates.push(page(html));
  for (const { mediaType, bytes } of mail.parts.slice(0, MAX_PARTS)) {
    if (!/^text\/(?:plain|html)$/iu.test(mediaType) || bytes.length > MAX_UNIT) continue;
    const source = decodeHead(bytes);
    candidates.push(/html/iu.test(mediaType) ? page(source) : () => ({ body: source, repairs: [] }));
  }
  let first: { body: string; repairs: Repair[]; transcript: Transcript } | undefined;
  for (const candidate of candidates) {
    const found = candidate();
    const transcript = read(found.body);
    first ??= { ...found, transcript };
    if (transcript.said.length > 0) return { ...found, transcript };
  }
  return first ?? { body: '', repairs: [], transcript: read('') };
}

const factsOf = ({ networkFact }: Known): NonNullable<Draft['facts']> => ({
  ...(networkFact !== undefined && { network: networkFact }),
  conversation: 'header',
});

/** The mail itself: what stands before the first line; all of it where nobody speaks in lines. */
function wholeOutcome(
  known: Known,
  transcript: Transcript,
  given: {
    readonly from: Party | undefined;
    readonly recipients: readonly Recipient[];
    readonly body: string;
    readonly repairs: Repair[];
  },
  place: Place,
  scribe: Scribe,
): Outcome {
  const { mail, network, conversation, date } = known;
  const at = date === undefined ? undefined : epochMoment(date.ms);
  if (at === undefined)
    return {
      type: 'reject',
      code: mail.date === undefined ? 'time-missing' : 'time-invalid',
      detail: 'Date',
    };
  const isTranscript = transcript.said.length > 0;
  const said = isTranscript ? transcript.heading : given.body.trim();
  const text = [mail.subject, said].filter((part) => part !== undefined && part !== '').join('\n\n');
  const attachments: Attachment[] = [];
  const holdings: Holding[] = [];
  for (const { name, mediaType, bytes } of mail.parts) {
    holdings.push({ attachment: attachments.length, open: () => [bytes] });
    attachments.push({
      ...(name !== undefined && { name }),
      mediaType,
      size: bytes.length,
      state: 'referenced',
    });
  }
  const extra: { [key: string]: Json } = {};
  if (mail.subject !== undefined) extra.Subject = mail.subject;
  if (known.profile !== undefined) extra.profile = known.profile;
  const written = scribe.write(place, {
    network,
    conversation,
    at,
    sender: given.from,
    recipients: given.recipients,
    text: text === '' ? undefined : text,
    markup: mail.html === undefined ? undefined : { type: 'html', source: mail.html },
    attachments,
    key: mail.messageId,
    facts: factsOf(known),
    repairs: given.repairs,
    extra,
  });
  const more = holdings.length > 0 ? { holdings } : {};
  return isTranscript
    ? { type: 'event', event: { ...written, kind: 'notice', payload: { type: 'transcript' } }, ...more }
    : { type: 'event', event: { ...written, kind: 'message' }, ...more };
}

function lineOutcome(said: Said, index: number, known: Known, place: Place, scribe: Scribe): Outcome {
  const part = `lines/${index}`;
  const repairs: Repair[] = [...said.repairs];
  const { network, conversation } = known;
  if (said.wall === undefined) return { type: 'reject', code: 'time-missing', part };
  const at = momentOf(said, known, place, repairs);
  if (at === undefined) return { type: 'reject', code: 'time-invalid', part };
  const sender = known.speakers.get(said.who);
  const isDirect = (said.kind === 'message' || said.kind === 'file') && conversation.kind === 'direct';
  const other =
    known.speakers.get(said.to ?? '') ??
    (isDirect && sender !== undefined
      ? known.sides.find(({ address }) => address !== sender.address)
      : undefined);
  const { file } = said;
  const written = scribe.write(place, {
    network,
    conversation,
    at,
    sender,
    recipients: to(other),
    text: said.text,
    attachments:
      file === undefined
        ? undefined
        : [{ name: file.name, ...(file.size !== undefined && { size: file.size }), state: 'referenced' }],
    facts: factsOf(known),
    repairs,
    part,
    extra: file?.rest === undefined ? {} : { status: file.rest },
  });
  switch (said.kind) {
    case 'join':
    case 'leave':
      return { type: 'event', event: { ...written, kind: said.kind, payload: { basis: 'stated' } } };
    case 'file': {
      const failed = /\b(?:block|fail|denied|reject|cancel)/iu.test(file?.rest ?? '');
      return {
        type: 'event',
        event: { ...written, kind: 'file', payload: { phase: failed ? 'failed' : 'offered' } },
      };
    }
    case 'disclaimer':
      return { type: 'event', event: { ...written, kind: 'disclaimer' } };
    case 'notice':
      return { type: 'event', event: { ...written, kind: 'notice', payload: { type: 'text' } } };
    default:
      return said.who === ''
        ? { type: 'event', event: { ...written, kind: 'notice', payload: { type: 'text' } } }
        : { type: 'event', event: { ...written, kind: 'message' } };
  }
}

/** Zone: what the body states, else the settings', else that of the Date header, which is only assumed to be it. */
function momentOf(said: Said, known: Known, place: Place, repairs: Repair[]): Moment | undefined {
  const { settings } = place.file;
  const usable = said.zone === undefined ? undefined : zoneOf(said.zone);
  const header = known.date?.zone;
  const clock = new LogClock(
    usable === undefined && settings.zone === undefined && header !== undefined
      ? { ...settings, zone: header }
      : settings,
    usable === undefined ? undefined : { zone: usable, source: 'stated' },
  );
  const moment = clock.moment(said.wall ?? 0, said.precision, repairs);
  return moment !== undefined && usable === undefined && settings.zone === undefined
    ? { ...moment, zoneSource: 'assumed' }
    : moment;
}

function networkInHeaders(mail: Mail): string | undefined {
  const [value] = ['x-im-network', 'x-im-service', 'x-network'].flatMap((name) => mail.header(name));
  return value !== undefined && /^[A-Za-z][A-Za-z0-9.-]{1,31}$/u.test(value)
    ? value.toLowerCase()
    : undefined;
}
