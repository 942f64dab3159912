/**
 * `.ichat`: a keyed archive. Keys: Adium (`InstantMessage.m`), matrix-hacks/ichat2json, kadin2048/ichat_to_eml. The first
 * list among the eight things at the root is that of the messages, the second that of the others.
 */
import type { PlistValue } from '../../reading/bplist.ts';
import { KeyedArchive } from '../../reading/keyed-archive.ts';
import type { ChatLog, LoggedMessage, Presentity } from './log.ts';

const FILE_NAME = '__kIMFilenameAttributeName';
/** Files of one message. */
const MAX_FILES = 1000;

/** Throws `PlistFault`; undefined where there is no list of messages. */
export function archivedLog(bytes: Uint8Array): ChatLog | undefined {
  const archive = new KeyedArchive(bytes);
  const root = archive.array(archive.top('root')) ?? [];
  const lists = root.flatMap((element) => {
    const list = archive.array(element);
    return list === undefined ? [] : [list];
  });
  const [messages, peers = []] = lists;
  if (messages === undefined) return undefined;
  const metadata = archive.dictionary(archive.top('metadata'));
  const everybody = strings(archive, metadata.get('PresentityIDs'));
  const shown = strings(archive, metadata.get('Participants'));
  const texts = root.map((element) => archive.string(element)).filter((text) => text !== undefined);
  return {
    service: texts.find((text) => text !== '' && !text.includes(';')),
    peers: peers.flatMap((peer) => presentity(archive, peer) ?? []),
    everybody,
    // The client puts marks of direction around a name.
    names: new Map(
      everybody.flatMap((id, i) =>
        shown[i] === undefined ? [] : [[id, shown[i].replaceAll(/^\u202a|\u202c$/gu, '')]],
      ),
    ),
    chat: texts.find((text) => /;[-+];/u.test(text)),
    count: messages.length,
    message: (index) => message(archive, messages[index] ?? null),
  };
}

const strings = (archive: KeyedArchive, value: PlistValue | undefined): string[] =>
  (archive.array(value ?? null) ?? []).flatMap((each) => archive.string(each) ?? []);

function presentity(archive: KeyedArchive, value: PlistValue): Presentity | undefined {
  const id = archive.string(archive.get(value, 'ID'));
  return id === undefined || id === ''
    ? undefined
    : { id, service: archive.string(archive.get(value, 'ServiceName')) };
}

function message(archive: KeyedArchive, value: PlistValue): LoggedMessage | undefined {
  const body = archive.get(value, 'MessageText');
  const seconds = archive.seconds(archive.get(value, 'Time'));
  const flags = archive.get(value, 'Flags');
  const status = archive.get(value, 'StatusChatItemStatusType');
  const text = archive.string(body);
  if (seconds === undefined && text === undefined) return undefined;
  return {
    sender: presentity(archive, archive.get(value, 'Sender')),
    seconds,
    text,
    html: archive.string(archive.get(value, 'OriginalMessage')),
    guid: archive.string(archive.get(value, 'GUID')),
    files: filesOf(archive, archive.get(body, 'NSAttributes')),
    flags: typeof flags === 'number' ? flags : undefined,
    status: typeof status === 'number' ? status : undefined,
  };
}

/** One dictionary of attributes where they hold for the whole text, else one a stretch. */
function filesOf(archive: KeyedArchive, attributes: PlistValue): string[] {
  const several = archive.array(attributes) ?? [attributes];
  return several.slice(0, MAX_FILES).flatMap((each) => {
    const name = archive.string(archive.dictionary(each).get(FILE_NAME) ?? null);
    return name === undefined ? [] : [name];
  });
}
