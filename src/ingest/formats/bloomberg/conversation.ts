/** A chat of Instant Bloomberg: its rooms by their ids, and what each child of `Conversation` is. */
import type { Attachment, Conversation, Event, Json, Party, Repair } from '../../../core/event.ts';
import { contentKey, eventId } from '../../../core/ids.ts';
import type { Holding, Outcome } from '../../format.ts';
import { gather } from '../../reading/gather.ts';
import { Ordinals } from '../../reading/ordinals.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import { wellFormed } from '../../reading/text.ts';
import { childText, type XmlNode } from '../../reading/xml.ts';
import type { AttachmentFiles } from './attachments.ts';
import { momentOf } from './moment.ts';
import { anyValue, firmOf, NETWORK, personOf } from './person.ts';

/** What the conversation says before its units. */
export interface Room {
  readonly id?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `PCHAT-` rooms persist; `CHAT-` and `ADSK-` are chats among those who are in them. */
export function conversationOf(room: Room): Conversation | undefined {
  const { id, attributes } = room;
  if (id === undefined || id === '') return undefined;
  const name = attributes.Perspective?.trim().toWellFormed();
  const kind = /^(?:CHAT|ADSK)-/u.test(id) ? 'group' : 'room';
  return { id, kind, ...(name !== undefined && name !== '' && name !== id && { name }) };
}

const PLACED = new Set(['DateTimeUTC', 'Content', 'FileName', 'FileID', 'Attachment']);

/** Everything that has no place in the event, under its own names. */
function extraOf(node: XmlNode, room: Room): { readonly [key: string]: Json } | undefined {
  const pairs: [string, Json][] = Object.entries(node.attributes).map(([name, value]) => [
    `@${name}`,
    wellFormed(value, [], name),
  ]);
  if (room.attributes.RoomType !== undefined)
    pairs.push(['RoomType', room.attributes.RoomType.toWellFormed()]);
  for (const child of node.children) {
    const isPerson = child.name === 'User' || child.name === 'Inviter' || child.name === 'Invitee';
    const value = isPerson ? firmOf(child) : PLACED.has(child.name) ? undefined : anyValue(child);
    if (value !== undefined && !(child.name === 'ConversationID' && value === room.id))
      pairs.push([child.name, value]);
  }
  return pairs.length === 0 ? undefined : gather(pairs);
}

/** Reads the children of conversations in their order. */
export class ChatReader {
  readonly #ordinals = new Ordinals();
  readonly #replays = new Ordinals();
  readonly #files: AttachmentFiles;
  /** Every loading of history replays messages once. */
  #histories = 0;

  constructor(files: AttachmentFiles) {
    this.#files = files;
  }

  read(node: XmlNode, room: Room, place: Place, repairs: Repair[]): Outcome {
    const conversation = conversationOf(room);
    if (conversation === undefined) return { type: 'reject', code: 'conversation-unknown', detail: 'RoomID' };
    const at = momentOf(
      childText(node, 'DateTimeUTC') ?? childText(node, 'StartTimeUTC'),
      childText(node, 'DateTime') ?? childText(node, 'StartTime'),
      place.file.settings,
      repairs,
    );
    if (typeof at === 'string') return { type: 'reject', code: at, detail: 'DateTimeUTC' };
    const child = (name: string): XmlNode | undefined => node.children.find((each) => each.name === name);
    const sender = personOf(child('User') ?? child('Inviter') ?? node, repairs);
    if (sender === undefined) repairs.push({ code: 'sender-absent' });
    const content = child('Content')?.text;
    const text = content === undefined ? undefined : wellFormed(content, repairs, 'Content');
    const attachments: Attachment[] = [];
    const holdings: Holding[] = [];
    for (const each of node.name === 'Attachment' ? [node] : node.children) {
      if (each.name !== 'Attachment') continue;
      const { attachment, holding } = this.#files.read(each, attachments.length);
      attachments.push(attachment);
      if (holding !== undefined) holdings.push(holding);
    }
    const extra = extraOf(node, room);
    const shared = {
      network: NETWORK,
      conversation,
      at,
      ...(sender !== undefined && { sender }),
      ...(attachments.length > 0 && { attachments }),
      ...(extra !== undefined && { extra }),
      provenance: provenance(place, { facts: { network: 'header', conversation: 'header' }, repairs }),
    };
    const id = (said: string): string => this.#id(node, conversation.id, sender, at.instant, said);
    const give = (event: Event): Outcome => ({
      type: 'event',
      event,
      ...(holdings.length > 0 && { holdings }),
    });
    switch (node.name) {
      case 'ParticipantEntered':
      case 'ParticipantLeft': {
        const kind = node.name === 'ParticipantEntered' ? 'join' : 'leave';
        return give({ ...shared, id: id(kind), kind, payload: { basis: 'stated' } });
      }
      case 'Message':
        if (text === undefined && attachments.length === 0)
          return { type: 'reject', code: 'field-missing', detail: 'Content' };
        return give({
          ...shared,
          id: id(text ?? attachments[0]?.reference ?? ''),
          kind: 'message',
          ...(text !== undefined && { text }),
        });
      case 'Attachment': {
        const said = attachments[0]?.reference ?? attachments[0]?.name ?? '';
        return give({ ...shared, id: id(said), kind: 'file', payload: { phase: 'completed' } });
      }
      case 'Invite': {
        const invited = personOf(child('Invitee') ?? node, repairs);
        if (invited === undefined) return { type: 'reject', code: 'field-missing', detail: 'Invitee' };
        return give({
          ...shared,
          id: id(`invite ${invited.address}`),
          kind: 'invite',
          ...(text !== undefined && text !== '' && { text }),
          payload: { invited: [invited] },
        });
      }
      default: {
        // History, SystemMessage, and whatever a later version adds: kept under its own name.
        if (node.name === 'History') this.#histories++;
        return give({
          ...shared,
          id: id(text ?? node.name),
          kind: 'notice',
          ...(text !== undefined && text !== '' && { text }),
          payload: { type: node.name.slice(0, 64) },
        });
      }
    }
  }

  /** What was said before is replayed to whoever loads it (`InteractionType` H): the same event, not one more. */
  #id(node: XmlNode, conversation: string, sender: Party | undefined, instant: string, said: string): string {
    const who = sender?.address ?? '';
    const replayed = node.attributes.InteractionType === 'H' && node.name !== 'History';
    if (!replayed) return this.#ordinals.id(NETWORK, conversation, who, instant, said);
    const ordinal = this.#replays.next(`${this.#histories}\n${conversation}`, who, instant, said);
    return eventId(NETWORK, conversation, contentKey(who, instant, said, ordinal));
  }
}
