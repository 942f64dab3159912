import { epoch, offsetText } from '../story/clock.ts';
import { account, who } from '../story/people.ts';
import type { Line, Scene } from '../story/read.ts';
import type { TranscriptFile } from './file.ts';

const LONDONERS = new Set(['nikos', 'oksana', 'yael']);
/** Protocols whose logs this person keeps as text. */
const AS_TEXT = new Set(['icq']);
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** One person's Pidgin (in 2006: Gaim) logs of one conversation and day. */
export function pidginLogs(scenes: readonly Scene[]): TranscriptFile[] {
  return scenes.filter(({ lines }) => lines.length > 0).map(pidginLog);
}

function pidginLog(scene: Scene): TranscriptFile {
  const protocol = scene.network.split('/')[1] ?? '';
  const [owner = '', peer = ''] = scene.place.split('>');
  const room = peer.startsWith('#') ? `${peer.slice(1)}@conference.im.callowaybrink.example` : undefined;
  const own = account(protocol, owner);
  const other = room ?? account(protocol, peer);
  const zone = LONDONERS.has(owner) ? 'London' : 'New York';
  const first = scene.lines.at(0)?.time ?? '09:00:00';
  const seconds = epoch(zone, scene.date, first);
  const text = AS_TEXT.has(protocol);
  const abbreviation = zone === 'London' ? 'BST' : 'EDT';
  const stamp = first.replaceAll(':', '');
  const name = `${scene.date}.${stamp}${offsetText(zone, scene.date)}${abbreviation}.${text ? 'txt' : 'html'}`;
  const folder = [protocol, fileName(own), `${fileName(other)}${room === undefined ? '' : '.chat'}`].join(
    '/',
  );
  const title = `Conversation with ${other} at ${heading(scene.date, first, abbreviation, seconds)} on ${own} (${protocol})`;
  return {
    path: `pidgin-${owner}/logs/${folder}/${name}`,
    content: text ? asText(title, scene) : asHtml(title, scene, owner),
  };
}

/** Folder names as the client normalises them. */
const fileName = (address: string): string => address.toLowerCase().replaceAll(' ', '');

function heading(date: string, time: string, zone: string, seconds: number): string {
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  const twelve = `${pad(hour % 12 || 12)}:${pad(minute)}:${pad(second)} ${hour < 12 ? 'AM' : 'PM'}`;
  const [year = '', month = '', day = ''] = date.split('-');
  return `${DAYS[new Date(seconds * 1000).getUTCDay()]} ${day} ${MONTHS[Number(month) - 1]} ${year} ${twelve} ${zone}`;
}

const pad = (value: number): string => String(value).padStart(2, '0');

function asText(title: string, scene: Scene): string {
  return [title, ...scene.lines.map((line) => `(${line.time}) ${plain(line)}`), ''].join('\n');
}

function plain(line: Line): string {
  const { name } = who(line.who);
  if (line.type === 'says') return `${name}: ${line.text}`;
  if (line.type === 'auto') return `${name} <AUTO-REPLY>: ${line.text}`;
  return system(line, name);
}

function system(line: Line, name: string): string {
  switch (line.type) {
    case 'joins':
      return `${name} entered the room.`;
    case 'leaves':
      return `${name} left the room.`;
    case 'sends':
      return `${name} is offering to send file ${line.file}`;
    default:
      throw new Error(`Nobody can do this in a Pidgin log: ${line.type}`);
  }
}

const SELF = '#16569E';
const OTHER = '#A82F2F';
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br/>');

function asHtml(title: string, scene: Scene, owner: string): string {
  const heading = escaped(title);
  return [
    `<html><head><meta http-equiv="content-type" content="text/html; charset=UTF-8"><title>${heading}</title></head><body><h3>${heading}</h3>`,
    ...scene.lines.map((line) => html(line, line.who === owner ? SELF : OTHER)),
    '</body></html>',
    '',
  ].join('\n');
}

function html(line: Line, colour: string): string {
  const { name } = who(line.who);
  const stamp = `<font size="2">(${line.time})</font>`;
  if (line.type === 'says')
    return `<font color="${colour}">${stamp} <b>${escaped(name)}:</b></font> ${escaped(line.text)}<br/>`;
  if (line.type === 'auto') {
    return `<font color="${colour}">${stamp} <b>${escaped(name)} &lt;AUTO-REPLY&gt;:</b></font> ${escaped(line.text)}<br/>`;
  }
  return `${stamp}<b> ${escaped(system(line, name))}</b><br/>`;
}
