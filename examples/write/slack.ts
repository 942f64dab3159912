import { digest } from '../story/chance.ts';
import { epoch } from '../story/clock.ts';
import { PEOPLE, who } from '../story/people.ts';
import type { Line, Scene } from '../story/read.ts';
import type { TranscriptFile } from './file.ts';

/** Slack's short names of the emoji that the story reacts with. */
const SHORT_NAMES: { readonly [emoji: string]: string } = {
  '👍': '+1',
  '😬': 'grimacing',
  '👀': 'eyes',
  '🔥': 'fire',
  '😮': 'open_mouth',
  '✅': 'white_check_mark',
};

interface SlackMessage {
  type: 'message';
  subtype?: string;
  user?: string;
  text: string;
  ts: string;
  [field: string]: unknown;
}

interface Written {
  readonly message: SlackMessage;
  readonly room: string;
}

/** A Slack export of the equities desk, as a folder, one file a channel and day. */
export function slackExport(scenes: readonly Scene[]): TranscriptFile[] {
  const rooms = [...new Set(scenes.map(({ place }) => place))].sort();
  const files = rooms.flatMap((room) =>
    roomFiles(
      room,
      scenes.filter(({ place }) => place === room),
    ),
  );
  const channels = rooms.filter((room) => room.startsWith('#')).map((room) => channel(room, scenes));
  const directs = rooms.filter((room) => room.startsWith('@')).map((room) => direct(room));
  return [
    json('channels.json', channels),
    json('dms.json', directs),
    json('users.json', Object.keys(PEOPLE).filter(isColleague).map(user)),
    ...files,
  ];
}

const FOLDER = 'slack-export-equities';
const json = (path: string, value: unknown): TranscriptFile => ({
  path: `${FOLDER}/${path}`,
  content: `${JSON.stringify(value, null, 1)}\n`,
});

const isColleague = (key: string): boolean => who(key).mail.endsWith('@callowaybrink.example');
const slackId = (letter: string, name: string): string =>
  `${letter}${digest(name).slice(0, 8).toUpperCase()}`;
const userId = (key: string): string => slackId('U', key);

function user(key: string) {
  const { name, mail, title } = who(key);
  return { id: userId(key), name: key, real_name: name, profile: { real_name: name, email: mail, title } };
}

function members(scenes: readonly Scene[], room: string): string[] {
  const seen = scenes
    .filter(({ place }) => place === room)
    .flatMap(({ lines }) => lines.map((line) => line.who));
  return [...new Set(seen)].sort();
}

function channel(room: string, scenes: readonly Scene[]) {
  const name = room.slice(1);
  const created = epoch('New York', '2016-01-04', '09:00:00');
  return {
    id: slackId('C', name),
    name,
    created,
    creator: userId('ruth'),
    members: members(scenes, room).map(userId),
  };
}

const directMembers = (room: string): string[] => room.slice(1).split(',');

function direct(room: string) {
  return { id: slackId('D', room), created: 1451916000, members: directMembers(room).map(userId) };
}

const folderOf = (room: string): string => (room.startsWith('#') ? room.slice(1) : slackId('D', room));

function roomFiles(room: string, scenes: readonly Scene[]): TranscriptFile[] {
  const days = [...new Set(scenes.map(({ date }) => date))].sort();
  return days.map((date) => {
    const lines = scenes
      .filter((scene) => scene.date === date)
      .flatMap((scene) => scene.lines)
      .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    return json(`${folderOf(room)}/${date}.json`, messages(room, date, lines));
  });
}

function messages(room: string, date: string, lines: readonly Line[]): SlackMessage[] {
  const labelled = new Map<string, Written>();
  const written: SlackMessage[] = [];
  lines.forEach((line, index) => {
    const ts = `${epoch('New York', date, line.time)}.${String(200 + index).padStart(6, '0')}`;
    const message = write(line, ts, labelled);
    if (message === undefined) return;
    written.push(message);
    if ('label' in line && line.label !== undefined) labelled.set(line.label, { message, room });
  });
  return written;
}

/** The message that a line leaves in the export, or undefined where it only changes an earlier one. */
function write(line: Line, ts: string, labelled: ReadonlyMap<string, Written>): SlackMessage | undefined {
  const user = userId(line.who);
  const base = { type: 'message' as const, user };
  switch (line.type) {
    case 'says': {
      const parent = line.inReplyTo === undefined ? undefined : target(labelled, line.inReplyTo);
      if (parent !== undefined) answer(parent, user, ts);
      return {
        ...base,
        text: mrkdwn(line.text),
        ts,
        ...(parent && { thread_ts: parent.ts, parent_user_id: parent.user }),
      };
    }
    case 'joins':
      return { ...base, subtype: 'channel_join', text: `<@${user}> has joined the channel`, ts };
    case 'leaves':
      return { ...base, subtype: 'channel_leave', text: `<@${user}> has left the channel`, ts };
    case 'topic':
      return {
        ...base,
        subtype: 'channel_topic',
        topic: line.text,
        text: `<@${user}> set the channel topic: ${mrkdwn(line.text)}`,
        ts,
      };
    case 'sends':
      return { ...base, text: '', upload: true, files: [file(line.file, line.size, user, ts)], ts };
    case 'edits':
      return edit(written(labelled, line.target), line.text, user, ts);
    case 'reacts':
      react(target(labelled, line.target), user, line.emoji);
      return undefined;
    case 'unreacts':
      unreact(target(labelled, line.target), user, line.emoji);
      return undefined;
    case 'deletes': {
      const gone = target(labelled, line.target);
      return {
        ...base,
        subtype: 'message_deleted',
        hidden: true,
        text: '',
        ts,
        deleted_ts: gone.ts,
        previous_message: { ...gone },
      };
    }
    default:
      throw new Error(`Nobody can do this on Slack: ${line.type}`);
  }
}

function written(labelled: ReadonlyMap<string, Written>, label: string): Written {
  const found = labelled.get(label);
  if (found === undefined) throw new Error(`No message of this day is called ${label}.`);
  return found;
}

const target = (labelled: ReadonlyMap<string, Written>, label: string): SlackMessage =>
  written(labelled, label).message;

/**
 * Of a channel the export keeps the last text only; of direct messages it was made with the log of edits, and holds
 * both.
 */
function edit({ message, room }: Written, text: string, user: string, ts: string): SlackMessage | undefined {
  const edited = { text: mrkdwn(text), edited: { user, ts } };
  if (room.startsWith('#')) {
    Object.assign(message, edited);
    return undefined;
  }
  return {
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    text: '',
    ts,
    message: { ...message, ...edited },
    previous_message: { ...message },
  };
}

function answer(parent: SlackMessage, user: string, ts: string): void {
  const replies = [...((parent.replies as object[] | undefined) ?? []), { user, ts }];
  Object.assign(parent, { thread_ts: parent.ts, reply_count: replies.length, replies });
}

interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
  readonly count: number;
}

function react(message: SlackMessage, user: string, emoji: string): void {
  const name = SHORT_NAMES[emoji] ?? emoji;
  const others = ((message.reactions as Reaction[] | undefined) ?? []).filter((one) => one.name !== name);
  const before = (message.reactions as Reaction[] | undefined)?.find((one) => one.name === name);
  const users = [...(before?.users ?? []), user];
  message.reactions = [...others, { name, users, count: users.length }];
}

function unreact(message: SlackMessage, user: string, emoji: string): void {
  const name = SHORT_NAMES[emoji] ?? emoji;
  message.reactions = ((message.reactions as Reaction[] | undefined) ?? [])
    .map((one) => (one.name === name ? { ...one, users: one.users.filter((id) => id !== user) } : one))
    .filter(({ users }) => users.length > 0)
    .map((one) => ({ ...one, count: one.users.length }));
}

const MEDIA: { readonly [ending: string]: string } = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

function file(name: string, size: number, user: string, ts: string) {
  const filetype = name.split('.').at(-1) ?? '';
  const id = slackId('F', `${name} ${ts}`);
  const url = `https://files.slack.example/files-pri/${id}/${name.toLowerCase()}`;
  return {
    id,
    created: Math.floor(Number(ts)),
    name,
    title: name,
    mimetype: MEDIA[filetype],
    filetype,
    size,
    user,
    mode: 'hosted',
    url_private: url,
  };
}

/** Slack writes its three control characters as entities, and people and links in angle brackets. */
const mrkdwn = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
