/** What a dump says of a conversation: room, perspective, network. */
import type { Conversation } from '../../../core/event.ts';
import { networkNamed } from '../../reading/network-name.ts';
import { parseXml } from '../../reading/xml.ts';
import { KNOWN_TAGS } from './elements.ts';

/** The values of the attributes of a start tag. */
export function attributesOf(tag: string): Readonly<Record<string, string>> {
  const source = `${tag.replace(/\/?>\s*$/u, '')}/>`;
  const found = parseXml(source, KNOWN_TAGS, []);
  return 'node' in found ? found.node.attributes : {};
}

/** The text of an element without children. */
export function elementText(source: string): string {
  const found = parseXml(source, KNOWN_TAGS, []);
  return 'node' in found ? found.node.text.trim() : '';
}

/** `private - channel_name - w4o9wz6k6fgzjpjcjyzt16ycto`: type, name and id of a Mattermost channel. */
const MATTERMOST_ROOM = /^(public|private|direct|group) - .* - ([a-z0-9]{26})$/su;

export function conversationOf(room: string, perspective: string | undefined): Conversation {
  const match = MATTERMOST_ROOM.exec(room);
  const id = match?.[2] ?? room;
  const type = match?.[1];
  const kind = type === 'direct' ? 'direct' : type === 'group' ? 'group' : 'room';
  const name = perspective ?? (match === null ? undefined : room);
  return { id, kind, ...(name !== undefined && name !== id && { name }) };
}

const NETWORK_NAMES = ['Network', 'NetworkID', 'NetworkName', 'Modality'];

/** The network that a conversation's tag names. */
export function networkSaid(attributes: Readonly<Record<string, string>>): string | undefined {
  const said = NETWORK_NAMES.map((name) => attributes[name]).find((value) => value !== undefined);
  return said === undefined ? undefined : networkNamed(said);
}

/** The network that a room's name gives away. */
export function networkOfRoom(room: string): string | undefined {
  if (MATTERMOST_ROOM.test(room)) return 'mattermost';
  if (room.startsWith('ma-chan://')) return 'skype-for-business';
  if (/^(?:P?CHAT-|ADSK-)/u.test(room)) return 'bloomberg';
  return undefined;
}
