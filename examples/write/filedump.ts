import { digest } from '../story/chance.ts';
import { epoch } from '../story/clock.ts';
import { who } from '../story/people.ts';
import type { Line, Scene } from '../story/read.ts';
import type { TranscriptFile } from './file.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const tag = (name: string, content: string | number): string => `      <${name}>${content}</${name}>`;
const element = (name: string, children: readonly string[]): string =>
  [`    <${name}>`, ...children, `    </${name}>`].join('\n');

/** Mattermost's daily compliance export in Actiance form: one file a day, milliseconds. */
export function mattermostExports(scenes: readonly Scene[]): TranscriptFile[] {
  const days = [...new Set(scenes.map(({ date }) => date))].sort();
  return days.map((date) => {
    const rooms = [
      ...new Set(scenes.filter((scene) => scene.date === date).map(({ place }) => place)),
    ].sort();
    const conversations = rooms.map((room) => {
      const lines = scenes
        .filter((scene) => scene.date === date && scene.place === room)
        .flatMap((scene) => scene.lines);
      return mattermostRoom(
        room,
        date,
        [...lines].sort((a, b) => (a.time < b.time ? -1 : 1)),
      );
    });
    const dump = `${HEAD}<FileDump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n${conversations.join('\n')}\n</FileDump>\n`;
    return { path: `mattermost-export-credit/${date}/actiance_export.xml`, content: dump };
  });
}

const postId = (...facts: readonly (string | number)[]): string =>
  BigInt(`0x${digest(facts.join(' ')).slice(0, 32)}`)
    .toString(36)
    .padStart(26, 'y')
    .slice(0, 26);

function mattermostRoom(room: string, date: string, lines: readonly Line[]): string {
  const at = (time: string): number => epoch('London', date, time) * 1000;
  const first = at(lines.at(0)?.time ?? '08:00:00') - 60_000;
  const last = at(lines.at(-1)?.time ?? '18:00:00') + 60_000;
  const members = [...new Set(lines.map((line) => line.who))].sort();
  const presence = (name: string, key: string, when: number) =>
    element(name, [
      tag('LoginName', who(key).mail),
      tag('UserType', 'user'),
      tag('DateTimeUTC', when),
      tag('CorporateEmailID', who(key).mail),
    ]);
  return [
    `  <Conversation Perspective="${room}">`,
    `    <RoomID>private - ${room} - ${postId(room)}</RoomID>`,
    `    <StartTimeUTC>${first}</StartTimeUTC>`,
    ...members.map((key) => presence('ParticipantEntered', key, first)),
    ...lines.flatMap((line, index) => mattermostLine(line, index, lines, room, at)),
    ...members.map((key) => presence('ParticipantLeft', key, last)),
    `    <EndTimeUTC>${last}</EndTimeUTC>`,
    '  </Conversation>',
  ].join('\n');
}

function mattermostLine(
  line: Line,
  index: number,
  lines: readonly Line[],
  room: string,
  at: (time: string) => number,
): string[] {
  const { mail } = who(line.who);
  const id = (label: string): string => postId(room, at('00:00:00'), label);
  const post = (own: string, time: string, content: string, change: readonly string[] = []): string =>
    element('Message', [
      tag('MessageId', own),
      tag('LoginName', mail),
      tag('UserType', 'user'),
      tag('DateTimeUTC', at(time)),
      ...change,
      tag('Content', escaped(content)),
      tag('PreviewsPost', ''),
    ]);
  const original = (label: string): Line & { type: 'says' } => {
    const found = lines.find((one) => one.type === 'says' && one.label === label);
    if (found?.type !== 'says') throw new Error(`No message of this day is called ${label}.`);
    return found;
  };
  switch (line.type) {
    case 'says': {
      const edit = lines.find((one) => one.type === 'edits' && one.target === line.label);
      const own = line.label === undefined ? id(String(index)) : id(line.label);
      if (edit === undefined) return [post(own, line.time, line.text)];
      return [
        post(id(`${line.label} before`), line.time, line.text, [
          tag('UpdatedType', 'EditedOriginalMsg'),
          tag('UpdatedDateTimeUTC', at(edit.time)),
          tag('EditedNewMsgId', own),
        ]),
      ];
    }
    case 'edits':
      return [
        post(id(line.target), line.time, line.text, [
          tag('UpdatedType', 'EditedNewMsg'),
          tag('UpdatedDateTimeUTC', at(line.time)),
        ]),
      ];
    case 'deletes': {
      const gone = original(line.target);
      return [
        post(id(line.target), gone.time, `delete ${gone.text}`, [
          tag('UpdatedType', 'Deleted'),
          tag('UpdatedDateTimeUTC', at(line.time)),
        ]),
      ];
    }
    case 'sends':
      return transfer(mail, line.file, at(line.time));
    case 'deletes-file':
      return [
        element('Message', [
          tag('LoginName', mail),
          tag('UserType', 'user'),
          tag(
            'DateTimeUTC',
            at(lines.find((one) => one.type === 'sends' && one.file === line.file)?.time ?? line.time),
          ),
          tag('UpdatedType', 'FileDeleted'),
          tag('UpdatedDateTimeUTC', at(line.time)),
          tag('Content', `delete data/${line.file}`),
          tag('PreviewsPost', ''),
        ]),
      ];
    case 'reacts':
      // The export knows no reactions.
      return [];
    default:
      throw new Error(`Nobody can do this on Mattermost: ${line.type}`);
  }
}

function transfer(mail: string, file: string, when: number): string[] {
  const facts = [
    tag('LoginName', mail),
    tag('DateTimeUTC', when),
    tag('UserFileName', ''),
    tag('FileName', `data/${file}`),
  ];
  return [
    element('FileTransferStarted', facts),
    element('FileTransferEnded', [...facts, tag('Status', 'Completed')]),
  ];
}

/** What a FaceTime gateway wrote in 2006: seconds, content twice in base64, and no escaping of `<`. */
export function facetimeExports(scenes: readonly Scene[]): TranscriptFile[] {
  return scenes.map((scene) => {
    const at = (time: string): number => epoch('New York', scene.date, time);
    const room = scene.place.replaceAll('_', ' ');
    const conversation = [
      `  <Conversation Perspective="${room}">`,
      `    <RoomID>${scene.place}</RoomID>`,
      `    <StartTimeUTC>${at(scene.lines.at(0)?.time ?? '09:00:00')}</StartTimeUTC>`,
      ...scene.lines.flatMap((line) => facetimeLine(line, at(line.time), `${scene.place}1`)),
      '  </Conversation>',
    ];
    return {
      path: `facetime-gateway/${scene.date}.xml`,
      content: `${HEAD}<FileDump>\n${conversation.join('\n')}\n</FileDump>\n`,
    };
  });
}

const GATEWAY_NAMES: { readonly [key: string]: string } = { ruth: 'CallowayRuth', pete: 'CallowayPete' };

function facetimeLine(line: Line, when: number, conversation: string): string[] {
  const login = tag('LoginName', GATEWAY_NAMES[line.who] ?? line.who);
  const tail = [tag('DateTimeUTC', when), tag('ConversationID', conversation)];
  switch (line.type) {
    case 'joins':
      return [element('ParticipantEntered', [login, tag('InternalFlag', 'true'), ...tail])];
    case 'leaves':
      return [element('ParticipantLeft', [login, tag('InternalFlag', 'true'), ...tail])];
    case 'says': {
      const twice = Buffer.from(Buffer.from(line.text).toString('base64')).toString('base64');
      return [
        element('Message', [
          login,
          tag('Content', line.text.replaceAll('&', '&amp;')),
          tag('Base64Content', twice),
          ...tail,
        ]),
      ];
    }
    case 'sends': {
      const names = [
        tag('UserFileName', `transferedFiles\\${line.file}`),
        tag('FileName', `transferedFiles\\${when}${line.file}`),
      ];
      return [
        element('FileTransferStarted', [login, ...names, tag('DateTimeUTC', when)]),
        element('FileTransferEnded', [login, ...names, tag('Status', 'completed'), tag('DateTimeUTC', when)]),
      ];
    }
    default:
      throw new Error(`Nobody can do this behind the gateway: ${line.type}`);
  }
}
