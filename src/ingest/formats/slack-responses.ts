/**
 * Responses of Slack's APIs as tools save them: history of a conversation (Web API or Discovery API) and, of the
 * Discovery API, earlier texts of edited messages. Which calls there are and when edits are asked for: the vendor's
 * public Discovery SDK; fields of messages are those of the export.
 */
import type { Format, Source, SourceFile } from '../format.ts';
import { directoryFile } from '../reading/frames.ts';
import { isObject, type JsonObject } from '../reading/json.ts';
import { type JsonUnit, jsonFrames } from '../reading/json-units.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { nameOf } from '../source-name.ts';
import { SlackDirectory, text } from './slack/directory.ts';
import { outcomesOf, unitsOf } from './slack/message.ts';

const LISTS: ReadonlySet<string> = new Set(['messages', 'edits']);
/** Lists of conversations and of people: they say nothing themselves. */
const NAMES: ReadonlySet<string> = new Set(['channels', 'conversations', 'members', 'users']);
/** Responses that were saved under the names of their calls: `discovery.conversations.history-2.json`. */
const NAMED =
  /(?:^|\/)(?:discovery\.)?(?:(?:conversations?\.(?:history|edits|replies|recent))|((?:conversations?|users?|channels?)\.(?:info|list)))\b[^/]*\.json$/u;

export const slackResponses: Format = {
  name: 'slack-responses',
  title: 'Slack API responses (history and edits)',
  networks: ['slack'],
  systems: [
    {
      name: 'Slack Discovery API',
      proven: 'synthetic only',
      note: 'Drafts, renames and lists of members are not read.',
    },
  ],
  unit: 'A message or a version of one, and each person of each of its reactions.',
  limits: [
    'A response does not always name its conversation: then it is taken from the name of the file or folder (C…, D…, G…), else from the one conversation that a response of conversations.info or conversations.list beside it names.',
    'A version without an “edited” mark is the message as it was first.',
  ],
  detect({ text: head }) {
    const shape = /"ok"\s*:\s*true/u.test(head) && /"(?:messages|edits)"\s*:\s*\[/u.test(head);
    return shape && /"ts"\s*:\s*"\d{9,12}\.\d{1,6}"/u.test(head)
      ? { confidence: 0.8, reason: 'a response of Slack’s API (“ok”, “messages” with “ts”)' }
      : undefined;
  },
  folder: {
    marks: (name) => NAMED.test(name),
    groups(names) {
      const folders = new Map<string, string[]>();
      for (const name of names) {
        if (!NAMED.test(name)) continue;
        const folder = name.slice(0, name.lastIndexOf('/') + 1);
        const group = folders.get(folder) ?? [];
        folders.set(folder, group);
        group.push(name);
      }
      // Each on its own, unless some say what others mean.
      return [...folders.values()].filter(
        (group) => group.length > 1 && group.some((name) => NAMED.exec(name)?.[1] !== undefined),
      );
    },
  },
  async *frames(source) {
    const directory = new SlackDirectory();
    const surveys = new Map<SourceFile, Survey>();
    for (const file of source.files) surveys.set(file, await surveyOf(source, file, directory));
    const named = new Set([...surveys.values()].flatMap(({ conversations }) => conversations));
    const [only] = named;
    const beside = named.size === 1 ? only : undefined;
    for (const file of source.files) {
      const survey = surveys.get(file);
      if (survey?.names === true) yield [directoryFile(file)];
      else yield* responseFrames(source, file, directory, survey?.later, beside);
    }
  },
};

interface Survey {
  /** The conversation that the response names, before or behind its messages. */
  readonly later: string | undefined;
  /** Conversations that it lists. */
  readonly conversations: readonly string[];
  /** It lists conversations or people, and nothing that was said. */
  readonly names: boolean;
}

/** Looks through a response for what its messages need. */
async function surveyOf(source: Source, file: SourceFile, directory: SlackDirectory): Promise<Survey> {
  const head = decodeHead(await readHead(file, 65_536));
  const first = head.search(/"(?:messages|edits)"\s*:\s*\[/u);
  // Most name it first.
  const stated = first === -1 ? -1 : head.slice(0, first).search(/"channel(?:_id)?"\s*:/u);
  if (stated !== -1) return { later: undefined, conversations: [], names: false };
  const conversations: string[] = [];
  let later: string | undefined;
  let said = false;
  const learn = (value: unknown, list: string): void => {
    if (list === 'members' || list === 'users') directory.addUser(value);
    else {
      const found = directory.addConversation(listOf(value), value);
      if (found !== undefined && conversations.length < 2) conversations.push(found.id);
    }
  };
  for await (const _frames of jsonFrames(source, file, {
    walk: (path, list) =>
      path.length === 0
        ? 'inside'
        : list && (LISTS.has(path.join('/')) || NAMES.has(path.join('/')))
          ? 'units'
          : 'whole',
    units: ({ path, value }) => {
      const list = path[0] ?? '';
      if (NAMES.has(list)) learn(value, list);
      else said = true;
      return { units: 1, read: () => [] };
    },
    ended(top) {
      const { channel, conversation, user } = top;
      for (const each of [channel, conversation]) if (isObject(each)) learn(each, 'channels');
      if (isObject(user)) learn(user, 'users');
      later = channelOf(top);
    },
  }));
  return { later, conversations, names: !said && (conversations.length > 0 || first === -1) };
}

function listOf(value: unknown): 'channels' | 'dms' | 'mpims' {
  if (!isObject(value)) return 'channels';
  return value.is_im === true ? 'dms' : value.is_mpim === true ? 'mpims' : 'channels';
}

const responseFrames = (
  source: Source,
  file: SourceFile,
  directory: SlackDirectory,
  later: string | undefined,
  beside: string | undefined,
): ReturnType<typeof jsonFrames> =>
  jsonFrames(source, file, {
    walk: (path, list) =>
      path.length === 0 ? 'inside' : list && LISTS.has(path.join('/')) ? 'units' : 'whole',
    units: (unit) => {
      const found = conversationOf(unit, later, beside);
      const units = unitsOf(unit.value);
      if (found === undefined)
        return {
          units,
          read: () =>
            Array.from({ length: units }, (_, i) => ({
              type: 'reject' as const,
              code: 'conversation-unknown' as const,
              ...(i > 0 && { part: String(i) }),
            })),
        };
      const { conversation, known } = directory.conversation(found.id);
      const { name: _, ...unnamed } = conversation;
      return {
        units,
        read: () =>
          outcomesOf(unit.value, {
            place: unit.place,
            directory,
            conversation: known ? conversation : unnamed,
            facts: { conversation: found.from },
            source: unit.text,
            repairs: unit.repairs,
          }),
      };
    },
  });

/** The conversation: what the message says, what the response says, what the path shows, what lies beside it. */
function conversationOf(
  { value, around, place }: JsonUnit,
  later: string | undefined,
  beside: string | undefined,
): { id: string; from: 'record' | 'header' | 'path' } | undefined {
  const own = isObject(value) ? channelOf(value) : undefined;
  if (own !== undefined) return { id: own, from: 'record' };
  const stated = channelOf(around) ?? later;
  if (stated !== undefined) return { id: stated, from: 'header' };
  const shown = /(?<![A-Za-z0-9])[CDG][A-Z0-9]{7,}(?![A-Za-z0-9])/u.exec(
    nameOf(place.file).split('/').slice(-2).join('/'),
  );
  if (shown !== null) return { id: shown[0], from: 'path' };
  return beside === undefined ? undefined : { id: beside, from: 'header' };
}

const channelOf = (value: JsonObject): string | undefined =>
  text(value.channel) ??
  text(value.channel_id) ??
  (isObject(value.channel) ? text(value.channel.id) : undefined);
