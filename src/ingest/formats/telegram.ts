/**
 * Telegram Desktop's export as JSON: `result.json` of one chat or of an account, with its photos and files beside it.
 * Fields: the exporter's own writer (`export_output_json.cpp` of Telegram Desktop), tried on exports of 2020 to 2024.
 */
import type { EventKey } from '../../core/ids.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { isObject, type JsonObject } from '../reading/json.ts';
import { type JsonReading, type JsonUnit, jsonFrames } from '../reading/json-units.ts';
import { Ordinals } from '../reading/ordinals.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { nameOf } from '../source-name.ts';
import { addressOf, chatOf, NETWORK, selfOf } from './telegram/chat.ts';
import { outcomesOf, unitsOf } from './telegram/message.ts';

const RESULT = /(?:^|\/)result\.json$/u;
/** Folders in which an export puts files. */
const MEDIA =
  /^(?:photos|files|video_files|voice_messages|round_video_messages|stickers|animations|contacts|chats|lists|profile_pictures|stories|css|js|images)\//u;

export const telegram: Format = {
  name: 'telegram',
  title: 'Telegram Desktop export (JSON)',
  networks: [NETWORK],
  systems: [{ name: 'Telegram', proven: 'real sample' }],
  unit: 'An object of a chat’s messages, each person that it adds or removes, each reaction with a name, and each other file of the export.',
  limits: [
    'An export holds the last text of an edited message only: it becomes one edit without the message before.',
    'Exports before 2021 have no zone: state it with --zone, else UTC is assumed and marked.',
    'Members who were added or removed are named without their ids: the name is the address.',
    'In personal chats and basic groups each member numbers the messages for himself: ids are made from sender and second.',
    'Reactions count more people than they name; only those that are named are events, the counts stay beside the message.',
  ],
  detect(probe) {
    const { text } = probe;
    if (!/^\s*\{/u.test(text)) return undefined;
    if (/"(?:text_entities|date_unixtime)"\s*:/u.test(text) && /"messages"\s*:\s*\[/u.test(text))
      return { confidence: 0.9, reason: 'a JSON export of Telegram (“messages” with “date_unixtime”)' };
    const chat = /"type"\s*:\s*"(?:personal_chat|bot_chat|saved_messages|(?:private|public)_\w+)"/u.test(
      text,
    );
    if (chat && /"messages"\s*:\s*\[/u.test(text))
      return { confidence: 0.85, reason: 'a JSON export of Telegram (a chat with its type and messages)' };
    if (/^\s*\{\s*"about"\s*:/u.test(text) && /"personal_information"\s*:\s*\{/u.test(text))
      return { confidence: 0.8, reason: 'the heading of a JSON export of a Telegram account' };
    return undefined;
  },
  folder: {
    marks: (name) => name === 'result.json',
    groups: (names) =>
      names
        .filter((name) => RESULT.test(name))
        .flatMap((name) => {
          const root = name.slice(0, -'result.json'.length);
          const media = names.filter((each) => each.startsWith(root) && MEDIA.test(each.slice(root.length)));
          return media.length === 0 ? [] : [[name, ...media]];
        }),
  },
  async *frames(source) {
    const exports: SourceFile[] = [];
    const others: SourceFile[] = [];
    for (const file of source.files)
      if (source.files.length === 1 || /\.json$/iu.test(nameOf(file))) exports.push(file);
      else others.push(file);
    const beside = new FilesBeside(others);
    for (const file of exports) yield* exportFrames(source, file, beside);
    yield [...beside.rest()];
  },
};

async function* exportFrames(
  source: Source,
  file: SourceFile,
  beside: FilesBeside,
): AsyncIterable<readonly Frame[]> {
  const head = decodeHead(await readHead(file, 1024 * 1024));
  const root = nameOf(file).replace(/[^/]*$/u, '');
  const ordinals = new Ordinals();
  const keys = new Map<string, EventKey>();
  const alone = /^\s*\{\s*"(?:name|type|id|messages)"\s*:/u.test(head);
  const reading: JsonReading = {
    walk(path, list) {
      const place = path.join('/');
      if (LISTS.test(place)) return list ? 'units' : 'whole';
      return INSIDE.test(place) ? 'inside' : 'whole';
    },
    units(unit) {
      const { path, value } = unit;
      if (path.includes('messages')) return messageOf(unit);
      const outcome: Outcome =
        path[0] === 'stories'
          ? { type: 'reject', code: 'element-unknown', detail: 'a story' }
          : { type: 'excluded', reason: 'directory-file' };
      return { units: 1, read: () => [isObject(value) ? outcome : NO_OBJECT] };
    },
  };
  /** What stood around the message before: the same for all of a chat. */
  let surroundings: ReturnType<typeof surroundingsOf> | undefined;
  yield* jsonFrames(source, file, reading);

  function surroundingsOf(around: JsonObject, path: JsonUnit['path']) {
    const header = headerOf(around, path.slice(0, -2));
    const said = selfOf(around.personal_information) ?? (alone ? otherSide(head, header) : undefined);
    const self = said ?? addressOf(file.settings.account);
    const selfFrom: 'header' | 'setting' = said === undefined ? 'setting' : 'header';
    return { around, path, header, self, selfFrom };
  }

  function messageOf(unit: JsonUnit): ReturnType<JsonReading['units']> {
    const { value: raw, path, around } = unit;
    if (!isObject(raw)) return { units: 1, read: () => [NO_OBJECT] };
    if (surroundings?.around !== around || surroundings.path !== path)
      surroundings = surroundingsOf(around, path);
    const { header, self, selfFrom } = surroundings;
    const chat = chatOf(header, self, typeof (raw.from_id ?? raw.actor_id) === 'number');
    const units = unitsOf(raw);
    if (chat === undefined) return { units, read: () => rejects(units) };
    const place = { unit, raw, chat, self, selfFrom, root, beside, ordinals, keys };
    return { units, read: () => outcomesOf(place) };
  }
}

const NO_OBJECT: Outcome = { type: 'reject', code: 'json-shape', detail: 'not an object' };
const INSIDE =
  /^(?:|contacts|frequent_contacts|sessions|web_sessions|(?:left_)?chats|(?:left_)?chats\/list(?:\/\*)?)$/u;
const LISTS =
  /^(?:messages|(?:left_)?chats\/list\/\*\/messages|profile_pictures|stories|(?:contacts|frequent_contacts|sessions|web_sessions)\/list)$/u;

function* rejects(units: number): Iterable<Outcome> {
  for (let i = 0; i < units; i++)
    yield { type: 'reject', code: 'conversation-unknown', detail: 'neither id nor name', part: String(i) };
}

/** Fields of the chat around a message. */
function headerOf(around: JsonObject, path: readonly string[]): JsonObject {
  const at = path.length === 0 ? '' : `${path.join('/')}/`;
  return { name: around[`${at}name`], type: around[`${at}type`], id: around[`${at}id`] };
}

/** An export of one personal chat does not say whose it is: it is that of the one who is not the peer. */
function otherSide(head: string, header: JsonObject): string | undefined {
  const peer = addressOf(header.id);
  if (peer === undefined || header.type !== 'personal_chat') return undefined;
  for (const match of head.matchAll(/"(?:from|actor)_id"\s*:\s*"(user\d+)"/gu))
    if (match[1] !== peer) return match[1];
  return undefined;
}
