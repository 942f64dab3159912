/**
 * Slack's export: a zip or folder with lists of people and channels, and for each channel a folder with one file a day.
 * Layout and fields: Slack's help page “How to read Slack data exports”, tried on public exports.
 */
import type { Event, Repair } from '../../core/event.ts';
import { changeKey, eventId } from '../../core/ids.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { wholeFile } from '../reading/frames.ts';
import { arrayElements, type Element, isObject, parseJson, tooMuch } from '../reading/json.ts';
import { provenance } from '../reading/provenance.ts';
import { decode, openText, type TextStream } from '../reading/text.ts';
import { instantOf } from '../reading/time.ts';
import { nameOf } from '../source-name.ts';
import { NETWORK, SlackDirectory, text } from './slack/directory.ts';
import { outcomesOf, unitsOf } from './slack/message.ts';

const MARKERS = ['channels.json', 'users.json', 'dms.json', 'groups.json', 'mpims.json'] as const;
const LISTS = ['channels', 'groups', 'dms', 'mpims'] as const;
const DAY = /^(.*?)([^/]+)\/(\d{4}-\d{2}-\d{2})\.json$/u;
/** Files at the top of an export that list, log or configure. */
const OTHER_LISTS =
  /^(?:integration_logs|org_users|canvases|lists|file_conversations|content_flags|huddle_transcripts|team_info|canvases_in_conversations)\.json$/u;

export const slack: Format = {
  name: 'slack',
  title: 'Slack export',
  networks: [NETWORK],
  systems: [{ name: 'Slack export', proven: 'real sample' }],
  unit: 'An object of a day file, each person of each of its reactions, each direct or group conversation of dms.json and mpims.json, and each other file.',
  limits: [
    'An export holds the last text of an edited message only: it becomes one edit without the message before.',
    'Reactions and tombstones have no time of their own and stand at the time of their message.',
    'Files are references; their bytes are not in an export.',
    'Members of channels are listed as of the export, without a time, and are not taken as events.',
  ],
  detect(probe) {
    if (!/^\s*\[/u.test(probe.text)) return undefined;
    const shape =
      /"ts"\s*:\s*"\d{9,12}\.\d{1,6}"/u.test(probe.text) && /"type"\s*:\s*"message"/u.test(probe.text);
    return shape ? { confidence: 0.7, reason: 'a JSON list of Slack messages (“type” and “ts”)' } : undefined;
  },
  folder: {
    marks: (name) => (MARKERS as readonly string[]).includes(name),
    groups: (names) => rootsIn(names).map((root) => names.filter((name) => name.startsWith(root))),
  },
  async *frames(source) {
    const names = source.files.map(nameOf);
    const roots = rootsIn(names);
    const rest = new Set(source.files);
    for (const root of roots) {
      const inside = source.files.filter((file) => nameOf(file).startsWith(root) && rest.delete(file));
      yield* exportFrames(source, inside, root);
    }
    const directory = new SlackDirectory();
    for (const file of rest) yield* dayFrames(source, file, directory);
  },
};

/** Folders that hold a list of people or channels beside folders with day files. */
function rootsIn(names: readonly string[]): string[] {
  const marked = new Set<string>();
  for (const name of names) {
    const slash = name.lastIndexOf('/') + 1;
    if ((MARKERS as readonly string[]).includes(name.slice(slash))) marked.add(name.slice(0, slash));
  }
  if (marked.size === 0) return [];
  const roots = new Set<string>();
  for (const name of names) {
    const parent = DAY.exec(name)?.[1];
    if (parent !== undefined && marked.has(parent)) roots.add(parent);
  }
  return [...roots].sort();
}

async function* exportFrames(
  source: Source,
  files: readonly SourceFile[],
  root: string,
): AsyncIterable<readonly Frame[]> {
  const directory = new SlackDirectory();
  const at = (name: string): SourceFile | undefined => files.find((file) => nameOf(file) === root + name);
  const users = at('users.json');
  if (users !== undefined) yield* nameFrames(users, (entry) => directory.addUser(entry));
  for (const list of LISTS) {
    const file = at(`${list}.json`);
    if (file === undefined) continue;
    if (list === 'dms' || list === 'mpims') yield* rosterFrames(source, file, list, directory);
    else yield* nameFrames(file, (entry) => directory.addConversation(list, entry));
  }
  for (const file of files) {
    const name = nameOf(file).slice(root.length);
    if ((MARKERS as readonly string[]).includes(name)) continue;
    if (DAY.exec(`/${name}`)?.[1] === '/') yield* dayFrames(source, file, directory);
    else
      yield [
        wholeFile(
          file,
          OTHER_LISTS.test(name)
            ? { type: 'excluded', reason: 'directory-file' }
            : { type: 'reject', code: 'not-a-transcript' },
        ),
      ];
  }
}

/** What stands in an element, or why it cannot be read. */
function elementValue(
  stream: TextStream,
  element: Element,
  repairs: Repair[],
): { value: unknown; text: string } | { reject: Outcome } {
  if (element.problem !== undefined || element.bytes === undefined)
    return { reject: { type: 'reject', code: element.problem ?? 'unit-too-long' } };
  const source = decode(stream, element.bytes, repairs);
  const excess = tooMuch(source);
  if (excess !== undefined) return { reject: { type: 'reject', code: excess } };
  try {
    return { value: parseJson(source, repairs), text: source };
  } catch {
    return { reject: { type: 'reject', code: 'json-malformed' } };
  }
}

const single = (file: SourceFile, element: Element, outcome: Outcome): Frame => ({
  file,
  offset: element.offset,
  length: element.length,
  units: 1,
  read: () => [outcome],
});

/** An element that could be read, with what was changed for it. */
interface Entry {
  readonly value: unknown;
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  readonly repairs: readonly Repair[];
}

/** The elements of a file's list: what `take` makes of each, if anything, and a reject for each that cannot be read. */
async function* listFrames(
  file: SourceFile,
  take: (entry: Entry) => Frame | undefined,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  for await (const elements of arrayElements(stream)) {
    const frames: Frame[] = [];
    for (const element of elements) {
      const repairs: Repair[] = [];
      const found = elementValue(stream, element, repairs);
      const { offset, length } = element;
      const frame =
        'reject' in found ? single(file, element, found.reject) : take({ ...found, offset, length, repairs });
      if (frame !== undefined) frames.push(frame);
    }
    yield frames;
  }
}

/** A list that is read for names: one exclusion, and a reject for each entry that cannot be read. */
async function* nameFrames(file: SourceFile, add: (entry: unknown) => void): AsyncIterable<readonly Frame[]> {
  yield* listFrames(file, ({ value }) => {
    add(value);
    return undefined;
  });
  yield [wholeFile(file, { type: 'excluded', reason: 'directory-file' })];
}

/** Direct and group conversations never change their members: each is a roster at the moment it was made. */
function rosterFrames(
  source: Source,
  file: SourceFile,
  list: 'dms' | 'mpims',
  directory: SlackDirectory,
): AsyncIterable<readonly Frame[]> {
  return listFrames(file, ({ value, offset, length, repairs }) => {
    const conversation = directory.addConversation(list, value);
    const outcome = (): Outcome => {
      if (conversation === undefined) return { type: 'reject', code: 'field-missing', detail: 'id' };
      const from = provenance({ source, file, offset, length }, { repairs });
      const event = rosterOf(value, conversation, directory, from);
      return event === undefined ? { type: 'excluded', reason: 'directory-file' } : { type: 'event', event };
    };
    return { file, offset, length, units: 1, read: () => [outcome()] };
  });
}

function rosterOf(
  entry: unknown,
  conversation: Event['conversation'],
  directory: SlackDirectory,
  from: Event['provenance'],
): Event | undefined {
  if (!isObject(entry) || !Array.isArray(entry.members) || typeof entry.created !== 'number')
    return undefined;
  const instant = Number.isSafeInteger(entry.created) ? instantOf(entry.created * 1000) : undefined;
  const ids = [...new Set((entry.members as unknown[]).map(text).filter((id) => id !== undefined))];
  if (instant === undefined || ids.length === 0) return undefined;
  const members = ids.map((id) => directory.person(id));
  const creator = text(entry.creator);
  const listed = members.map((member) => member.address).sort();
  return {
    id: eventId(
      NETWORK,
      conversation.id,
      changeKey('roster', conversation.id, '', listed.join(' '), instant),
    ),
    kind: 'roster',
    network: NETWORK,
    conversation,
    ...(creator !== undefined && { sender: directory.person(creator) }),
    at: { instant, zoneSource: 'stated', precision: 's' },
    payload: { members, basis: 'stated' },
    provenance: from,
  };
}

/** One day of one conversation. */
async function* dayFrames(
  source: Source,
  file: SourceFile,
  directory: SlackDirectory,
): AsyncIterable<readonly Frame[]> {
  const folder = nameOf(file).split('/').at(-2);
  if (folder === undefined || folder === '' || folder.endsWith('!')) {
    yield [
      wholeFile(file, {
        type: 'reject',
        code: 'conversation-unknown',
        detail: 'no folder names the channel',
      }),
    ];
    return;
  }
  const { conversation, known } = directory.conversation(folder);
  const facts = { conversation: known ? 'header' : 'path' } as const;
  yield* listFrames(file, ({ value, text, offset, length, repairs }) => {
    const place = { source, file, offset, length };
    return {
      file,
      offset,
      length,
      units: unitsOf(value),
      read: () => outcomesOf(value, { place, directory, conversation, facts, source: text, repairs }),
    };
  });
}
