/** Reads the units of a dump in order: the conversation around them, and the edits and files that refer to each other. */
import type {
  Attachment,
  Conversation,
  Event,
  Json,
  Moment,
  Party,
  Provenance,
  Repair,
} from '../../../core/event.ts';
import { changeKey, contentKey, type EventKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome, Source, SourceFile } from '../../format.ts';
import { type FilesBeside, sharing } from '../../reading/files-beside.ts';
import { networkFor, networkKnown } from '../../reading/network-name.ts';
import { Ordinals } from '../../reading/ordinals.ts';
import { party } from '../../reading/party.ts';
import { provenance } from '../../reading/provenance.ts';
import { decode, type TextStream, wellFormed } from '../../reading/text.ts';
import { childText, parseXml, type XmlNode } from '../../reading/xml.ts';
import { nameOf } from '../../source-name.ts';
import { contentOf, momentOf, personOf } from './content.ts';
import { attributesOf, conversationOf, elementText, networkOfRoom, networkSaid } from './conversation.ts';
import { KNOWN_TAGS } from './elements.ts';

/** What is said of the conversation whose units are being read. */
interface Room {
  perspective?: string;
  room?: string;
  attributes: Readonly<Record<string, string>>;
}

/** A unit's parts that every kind of event shares. */
type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind' | 'id' | 'sender'>;

interface Unit {
  readonly node: XmlNode;
  readonly network: string;
  readonly conversation: Conversation;
  readonly at: Moment;
  readonly sender: Party | undefined;
  /** Made when the event is: repairs are still found while its kind is read. */
  readonly common: () => Common;
  /** The folder that the dump lies in, with its slash. */
  readonly folder: string;
  readonly repairs: Repair[];
}

export class DumpReader {
  readonly #ordinals = new Ordinals();
  /** Mattermost: ids of messages that this receipt holds, by the first bytes of the event id. */
  readonly #captured = new Set<string>();
  readonly #files: FilesBeside;

  constructor(files: FilesBeside) {
    this.#files = files;
  }

  /** The reading of one file. `unit` returns what interprets it, bound to the conversation as it is by then. */
  file(source: Source, file: SourceFile, stream: TextStream) {
    let room: Room = { attributes: {} };
    let dialect: string | undefined;
    const text = (bytes: Buffer, repairs: Repair[]): string => decode(stream, bytes, repairs);
    return {
      enter: (name: string, bytes: Buffer): void => {
        if (name !== 'Conversation') return;
        const attributes = attributesOf(text(bytes, []));
        const perspective = attributes.Perspective?.trim().toWellFormed();
        room = { attributes, ...(perspective !== undefined && perspective !== '' && { perspective }) };
      },
      leave: (name: string): void => {
        if (name === 'Conversation') room = { attributes: {} };
      },
      fact: (name: string, bytes: Buffer): void => {
        if (name === 'RoomID') room = { ...room, room: elementText(text(bytes, [])).toWellFormed() };
      },
      unit: (name: string, bytes: Buffer, offset: number, length: number): (() => Outcome[]) => {
        if (dialect === undefined && bytes.includes('<UserType>')) dialect = 'mattermost';
        const around = room;
        const network = dialect;
        return () => [this.#unit(name, bytes, around, network, { source, file, offset, length }, stream)];
      },
    };
  }

  #unit(
    name: string,
    bytes: Buffer,
    room: Room,
    dialect: string | undefined,
    place: Parameters<typeof provenance>[0],
    stream: TextStream,
  ): Outcome {
    const repairs: Repair[] = [];
    const found = parseXml(decode(stream, bytes, repairs), KNOWN_TAGS, repairs);
    if ('code' in found) return { type: 'reject', code: found.code, detail: found.detail };
    const { node } = found;
    const facts: Record<string, NonNullable<Provenance['facts']>[string]> = {};
    const own = room.room === '' ? undefined : room.room;
    const named = own ?? childText(node, 'ConversationID')?.toWellFormed();
    if (named === undefined) return reject('conversation-unknown', 'RoomID');
    const stated =
      networkOfRoom(named) ??
      dialect ??
      networkSaid(room.attributes) ??
      (room.perspective === undefined ? undefined : networkKnown(room.perspective));
    const { network, from } = networkFor(stated, place.file);
    if (from !== undefined) facts.network = from;
    facts.conversation = own === undefined ? 'record' : 'header';
    const at = momentOf(childText(node, 'DateTimeUTC') ?? childText(node, 'StartTimeUTC'));
    if (typeof at === 'string') return reject(at, 'DateTimeUTC');
    const conversation = conversationOf(named, room.perspective);
    const sender = name === 'Invite' ? inviterOf(network, node) : personOf(network, node, repairs);
    const extra = extraOf(node);
    const common = (): Common => ({
      network,
      conversation,
      at,
      provenance: provenance(place, { facts, repairs }),
      ...(extra !== undefined && { extra }),
    });
    const dump = nameOf(place.file);
    const folder = dump.slice(0, dump.lastIndexOf('/') + 1);
    return this.#outcome(name, { node, network, conversation, at, sender, common, folder, repairs }, room);
  }

  #outcome(name: string, unit: Unit, room: Room): Outcome {
    const { sender, common, node } = unit;
    const who = sender === undefined ? {} : { sender };
    switch (name) {
      case 'ParticipantEntered':
      case 'ParticipantLeft': {
        if (room.perspective !== undefined && isRoomItself(node, room.perspective))
          return { type: 'excluded', reason: 'room-itself' };
        const kind = name === 'ParticipantEntered' ? 'join' : 'leave';
        const id = this.#idOf(unit, kind);
        return event({ ...common(), ...who, id, kind, payload: { basis: 'stated' } });
      }
      case 'Message':
        return this.#message(unit);
      case 'FileTransferStarted':
      case 'FileTransferEnded':
      case 'Attachment': {
        const attachment = attachmentOf(node);
        const status = childText(node, 'Status');
        const phase =
          name === 'FileTransferStarted'
            ? 'started'
            : status === undefined || /^completed$/iu.test(status)
              ? 'completed'
              : 'failed';
        const id = this.#idOf(unit, attachment.reference ?? attachment.name ?? '');
        const payload = { phase, ...(status !== undefined && { status }) } as const;
        const file = this.#fileOf(node, unit.folder);
        const { holdings, ...shared } = sharing([{ attachment, file }]);
        const outcome = event({ ...common(), ...who, id, kind: 'file', ...shared, payload });
        return holdings === undefined || outcome.type !== 'event' ? outcome : { ...outcome, holdings };
      }
      case 'Invite': {
        const invitee = node.children.find((child) => child.name === 'Invitee') ?? node;
        const invited = personOf(unit.network, invitee, unit.repairs);
        if (invited === undefined) return reject('field-missing', 'Invitee');
        const text = contentOf(node, unit.repairs);
        const id = this.#idOf(unit, invited.address);
        return event({
          ...common(),
          ...who,
          id,
          kind: 'invite',
          ...(text !== undefined && { text }),
          payload: { invited: [invited] },
        });
      }
      case 'Disclaimer': {
        const text = contentOf(node, unit.repairs) ?? '';
        return event({ ...common(), ...who, id: this.#idOf(unit, text), kind: 'disclaimer', text });
      }
      default: {
        // What another version adds is kept under its own name.
        const text = contentOf(node, unit.repairs) ?? '';
        const type = name === 'History' ? 'history' : name === 'SystemMessage' ? 'system' : name.slice(0, 64);
        return event({
          ...common(),
          ...who,
          id: this.#idOf(unit, text),
          kind: 'notice',
          ...(text !== '' && { text }),
          payload: { type },
        });
      }
    }
  }

  /**
   * Mattermost keeps the id of a message through its edits and gives the text before an id of its own, which names the
   * message in EditedNewMsgId. So the first text before an edit is the message, under the id that stays.
   */
  #message(unit: Unit): Outcome {
    const { node, sender, common, at } = unit;
    const text = contentOf(node, unit.repairs);
    if (text === undefined) return reject('field-missing', 'Content');
    const who = sender === undefined ? {} : { sender };
    const messageId = childText(node, 'MessageId');
    const update = childText(node, 'UpdatedType');
    const changed = update === undefined ? undefined : momentOf(childText(node, 'UpdatedDateTimeUTC'));
    if (typeof changed === 'string' && update !== 'UpdatedNoMsgChange')
      return reject(changed, 'UpdatedDateTimeUTC');
    const author = sender?.address ?? '';
    const idOf = (key: EventKey): string => eventId(unit.network, unit.conversation.id, key);

    if (update === 'FileDeleted' && changed !== undefined && typeof changed !== 'string') {
      const file = this.#withoutPrefix(text, unit);
      const target = idOf(contentKey(author, at.instant, file, 0));
      const id = idOf(changeKey('deletion', file, author, '', changed.instant));
      const attachments: Attachment[] = [{ name: baseName(file), reference: file, state: 'missing' }];
      const payload = { earlier: 'captured', what: 'file' } as const;
      return event({ ...common(), ...who, at: changed, id, kind: 'deletion', target, attachments, payload });
    }
    if (update === 'Deleted' && changed !== undefined && typeof changed !== 'string') {
      if (messageId === undefined) return reject('field-missing', 'MessageId');
      const deleted = this.#withoutPrefix(text, unit);
      const id = idOf(changeKey('deletion', messageId, author, '', changed.instant));
      return event({
        ...common(),
        ...who,
        at: changed,
        id,
        kind: 'deletion',
        target: idOf(messageId),
        text: deleted,
        payload: { earlier: 'captured', what: 'message' },
      });
    }
    if (update === 'EditedOriginalMsg') {
      const root = childText(node, 'EditedNewMsgId');
      if (root === undefined) return reject('field-missing', 'EditedNewMsgId');
      const id = idOf(root);
      if (this.#remember(id)) return event({ ...common(), ...who, id, kind: 'message', text });
      // A text between the first and the last one.
      const between = idOf(messageId ?? changeKey('edit', root, author, text, at.instant));
      return event({
        ...common(),
        ...who,
        id: between,
        kind: 'edit',
        target: id,
        text,
        payload: { earlier: 'captured' },
      });
    }
    if (update === 'EditedNewMsg' && changed !== undefined && typeof changed !== 'string') {
      if (messageId === undefined) return reject('field-missing', 'MessageId');
      const target = idOf(messageId);
      const earlier = this.#captured.has(target.slice(0, 16)) ? 'captured' : 'not-captured';
      const id = idOf(changeKey('edit', messageId, author, text, changed.instant));
      return event({
        ...common(),
        ...who,
        at: changed,
        id,
        kind: 'edit',
        target,
        text,
        payload: { earlier },
      });
    }
    const id = messageId === undefined ? this.#idOf(unit, text) : idOf(messageId);
    return event({ ...common(), ...who, id, kind: 'message', text });
  }

  /** The bytes of a transferred file, where the export has them beside the dump. */
  #fileOf(node: XmlNode, folder: string): SourceFile | undefined {
    const stored = childText(node, 'FileName')?.replaceAll('\\', '/');
    if (stored === undefined || stored.split('/').includes('..')) return undefined;
    const names = [stored, `files/${stored}`, `attachments/${stored}`, baseName(stored)];
    return this.#files.find(...names.map((name) => folder + name));
  }

  /** Whether this message is seen for the first time. Only edited ones are kept, 16 characters each. */
  #remember(id: string): boolean {
    const short = id.slice(0, 16);
    if (this.#captured.has(short)) return false;
    this.#captured.add(short);
    return true;
  }

  #withoutPrefix(text: string, unit: Unit): string {
    if (!text.startsWith('delete ')) return text;
    unit.repairs.push({ code: 'prefix-removed', what: 'delete ' });
    return text.slice(7);
  }

  /** Id of an event that has none in the source. */
  #idOf(unit: Unit, text: string): string {
    const { network, conversation, at, sender } = unit;
    const who = sender?.address ?? '';
    // Bloomberg replays history to whoever enters later: the same message, not one more.
    const replayed = unit.node.attributes.InteractionType === 'H';
    if (replayed) return eventId(network, conversation.id, contentKey(who, at.instant, text, 0));
    return this.#ordinals.id(network, conversation.id, who, at.instant, text);
  }
}

/** FaceTime lists the room itself among those who enter it; where whose copy it is stands there instead, that is a person. */
const isRoomItself = (node: XmlNode, perspective: string): boolean =>
  childText(node, 'LoginName') === perspective &&
  !/^true$/iu.test(childText(node, 'InternalFlag') ?? '') &&
  !/^[^\s@]+@(?!.*\b(?:conference|rooms?|chat|muc)\b)\S+$/iu.test(perspective);

function event(value: Event): Outcome {
  return { type: 'event', event: value };
}

const reject = (code: RejectCode, detail: string): Outcome => ({ type: 'reject', code, detail });

function inviterOf(network: string, node: XmlNode): Party | undefined {
  const inviter = node.children.find((child) => child.name === 'Inviter');
  if (inviter !== undefined) return personOf(network, inviter, []);
  const login = childText(node, 'InviterLoginName');
  return login === undefined ? undefined : party(network, login);
}

const baseName = (path: string): string => path.split(/[\\/]/u).at(-1) ?? path;

/** The file of a transfer: `FileName` is where the exporter put it, `UserFileName` what the sender called it. */
function attachmentOf(node: XmlNode): Attachment {
  const stored = childText(node, 'FileName') ?? childText(node, 'Reference');
  const shown = childText(node, 'UserFileName') ?? stored;
  const size = childText(node, 'FileSize');
  const reference = childText(node, 'FileID') ?? stored;
  return {
    ...(shown !== undefined && { name: baseName(shown) }),
    ...(size !== undefined && /^\d{1,15}$/u.test(size) && { size: Number(size) }),
    ...(reference !== undefined && { reference }),
    state: 'referenced',
  };
}

/** Elements that have a place in the event. */
const PLACED = new Set([
  'LoginName',
  'FirstName',
  'LastName',
  'DateTimeUTC',
  'Content',
  'Base64Content',
  'MessageId',
  'User',
  'Inviter',
  'Invitee',
  'InviterLoginName',
  'FileName',
  'UserFileName',
  'FileID',
  'FileSize',
  'Reference',
  'Status',
  'CorporateEmailID',
]);

/** What the unit says beyond that, under its own names. */
function extraOf(node: XmlNode): { [key: string]: Json } | undefined {
  const extra: { [key: string]: Json } = {};
  for (const [name, value] of Object.entries(node.attributes))
    extra[`@${name}`] = wellFormed(value, [], name);
  for (const child of node.children) {
    const inner = child.name === 'User' || child.name === 'Inviter' || child.name === 'Invitee';
    if (inner) {
      for (const field of child.children) {
        const value = field.text.trim();
        if (value !== '' && !PLACED.has(field.name))
          extra[`${child.name}.${field.name}`] = wellFormed(value, [], field.name);
      }
      continue;
    }
    const value = child.text.trim();
    const isCopy = child.name === 'CorporateEmailID' && value === childText(node, 'LoginName');
    if (value === '' || (PLACED.has(child.name) && !(child.name === 'CorporateEmailID' && !isCopy))) continue;
    extra[child.name] = wellFormed(value, [], child.name);
  }
  return Object.keys(extra).length === 0 ? undefined : extra;
}
