/**
 * Mattermost's compliance export for Global Relay: one mail a channel, with who was there and every post as rows of its
 * HTML. Headers and classes of elements: the public sources of its message export and their templates.
 */
import type { Conversation, Event, Moment, Party, Repair } from '../../core/event.ts';
import { contentKey, type EventKey, eventId } from '../../core/ids.ts';
import type { RejectCode } from '../../core/rejects.ts';
import type { Format, Frame, Holding, Outcome, Source, SourceFile } from '../format.ts';
import { decodeEntities, htmlText } from '../reading/html.ts';
import { looksLikeMail, type Mail, readMail } from '../reading/mail.ts';
import { party } from '../reading/party.ts';
import { type Place, provenance } from '../reading/provenance.ts';
import { instantOf, offsetMinutes, parseTimestamp } from '../reading/time.ts';
import { NETWORK } from './mattermost/people.ts';

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

export const mattermostMail: Format = {
  name: 'mattermost-mail',
  title: 'Mattermost (compliance export, Global Relay mail)',
  networks: [NETWORK],
  systems: [{ name: 'Mattermost (Global Relay mail)', proven: 'documented schema' }],
  unit: 'A row of the message list, and of the list of participants each joining and each leaving.',
  limits: [
    'Times have no fraction of a second, so that a post is a variant of the same post in the CSV or Actiance export.',
    'Who is listed as a participant may have been there before: joining is as the mail states it.',
  ],
  detect({ text }) {
    const head = text.slice(0, 8192).split(/\r?\n\r?\n/u, 1)[0] ?? '';
    if (!looksLikeMail(text)) return undefined;
    return /^X-Mattermost-ChannelID\s*:/imu.test(head) ||
      /^X-GlobalRelay-MsgType\s*:\s*Mattermost/imu.test(head)
      ? { confidence: 0.95, reason: 'a mail with the headers of Mattermost’s Global Relay export' }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield [await mailFrame(source, file)];
  },
};

async function mailFrame(source: Source, file: SourceFile): Promise<Frame> {
  const place = { source, file, offset: 0, length: file.size };
  const mail = await readMail(file);
  const outcomes =
    mail === undefined
      ? [reject('file-too-large', 'mail')]
      : mail === 'malformed'
        ? [reject('record-malformed', 'no mail')]
        : outcomesOf(mail, place);
  return { ...place, units: outcomes.length, read: () => outcomes };
}

const reject = (code: RejectCode, detail: string, part?: string): Outcome => ({
  type: 'reject',
  code,
  detail,
  ...(part !== undefined && { part }),
});

/** What stands between two marks, for each of the first: one pass, whatever is never closed. */
function between(html: string, open: string, close: string): string[] {
  return html
    .split(open)
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf(close);
      return end === -1 ? [] : [part.slice(0, end)];
    });
}

/** Cells or spans of a row by their class, as text. */
function classesOf(row: string, repairs: Repair[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const tag of ['span', 'td'])
    for (const cell of between(row, `<${tag} class="`, `</${tag}>`)) {
      const end = cell.indexOf('">');
      if (end > 0 && end <= 40) found.set(cell.slice(0, end), htmlText(cell.slice(end + 2), repairs).trim());
    }
  return found;
}

function outcomesOf(mail: Mail, place: Place): readonly Outcome[] {
  const channel = mail.header('X-Mattermost-ChannelID')[0];
  if (channel === undefined || channel === '')
    return [reject('conversation-unknown', 'X-Mattermost-ChannelID')];
  const name = mail.header('X-Mattermost-ChannelName')[0];
  const type = mail.header('X-Mattermost-ChannelType')[0];
  const conversation: Conversation = {
    id: channel,
    kind: type === 'direct' ? 'direct' : type === 'group' ? 'group' : 'room',
    ...(name !== undefined && name !== '' && { name: decodeEntities(name, []) }),
  };
  const html = mail.html ?? '';
  const outcomes: Outcome[] = [];
  for (const [i, row] of between(html, '<tr>', '</tr>').entries())
    outcomes.push(...participant(row, `participants/${i}`, conversation, place));
  for (const [i, item] of between(html, '<li class="message">', '</li>').entries())
    outcomes.push(message(item, `messages/${i}`, conversation, mail, place));
  return outcomes.length > 0 ? outcomes : [{ type: 'excluded', reason: 'no-entries' }];
}

function personIn(cells: ReadonlyMap<string, string>): Party | undefined {
  const email = cells.get('email')?.replaceAll(/^\(|\):?$/gu, '');
  const username = (cells.get('username') ?? cells.get('postusername'))?.replace(/^@/u, '').split(' ', 1)[0];
  const address = email === undefined || email === '' ? username : email;
  return address === undefined || address === '' ? undefined : party(NETWORK, address, username);
}

function momentOf(text: string | undefined): Moment | undefined {
  const parsed = text === undefined ? undefined : parseTimestamp(text);
  const minutes = parsed?.offset === undefined ? undefined : offsetMinutes(parsed.offset);
  if (parsed === undefined || minutes === undefined) return undefined;
  const instant = instantOf(parsed.wall - minutes * 60_000);
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: parsed.precision };
}

/** A row of the list of participants; the row of headings has none of its cells. */
function participant(row: string, part: string, conversation: Conversation, place: Place): Outcome[] {
  const repairs: Repair[] = [];
  const cells = classesOf(row, repairs);
  if (!cells.has('joined') && !cells.has('left')) return [];
  const sender = personIn(cells);
  return (['joined', 'left'] as const).flatMap((cell): Outcome[] => {
    const written = cells.get(cell);
    if (written === undefined || written === '') return [];
    const at = momentOf(written);
    const where = `${part}/${cell}`;
    if (at === undefined) return [reject('time-invalid', cell, where)];
    if (sender === undefined) return [reject('field-missing', 'email', where)];
    const kind = cell === 'joined' ? 'join' : 'leave';
    const key: EventKey = contentKey(sender.address, at.instant, kind, 0);
    return [
      {
        type: 'event',
        event: {
          ...common(key, conversation, sender, at, place, where, repairs),
          kind,
          payload: { basis: 'stated' },
        },
      },
    ];
  });
}

function common(
  key: EventKey,
  conversation: Conversation,
  sender: Party,
  at: Moment,
  place: Place,
  part: string,
  repairs: readonly Repair[],
): Common {
  return {
    id: eventId(NETWORK, conversation.id, key),
    network: NETWORK,
    conversation,
    sender,
    at,
    provenance: provenance(place, { part, facts: { conversation: 'header' }, repairs }),
  };
}

function message(item: string, part: string, conversation: Conversation, mail: Mail, place: Place): Outcome {
  const repairs: Repair[] = [];
  const cells = classesOf(item, repairs);
  const sender = personIn(cells);
  const at = momentOf(cells.get('sent_time'));
  if (at === undefined)
    return reject(cells.has('sent_time') ? 'time-invalid' : 'time-missing', 'sent_time', part);
  if (sender === undefined) return reject('field-missing', 'email', part);
  const post = cells.get('post_id');
  const text = cells.get('message') ?? '';
  const file = /^Uploaded file ?(.*)$/su.exec(text)?.[1];
  const usertype = cells.get('usertype');
  const key: EventKey =
    file !== undefined
      ? ['attachment', post ?? '', part]
      : post === undefined || post === ''
        ? contentKey(sender.address, at.instant, text, 0)
        : post;
  const base = {
    ...common(key, conversation, sender, at, place, part, repairs),
    ...(usertype !== undefined && usertype !== 'user' && { extra: { usertype } }),
  };
  if (file === undefined)
    return { type: 'event', event: { ...base, kind: 'message', ...(text !== '' && { text }) } };
  const bytes = mail.parts.find((each) => each.name !== undefined && each.name === file);
  const holdings: Holding[] = bytes === undefined ? [] : [{ attachment: 0, open: () => [bytes.bytes] }];
  return {
    type: 'event',
    event: {
      ...base,
      kind: 'file',
      attachments: [{ ...(file !== '' && { name: file }), state: 'missing' }],
      payload: { phase: 'completed' },
    },
    ...(holdings.length > 0 && { holdings }),
  };
}
