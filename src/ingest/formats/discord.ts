/**
 * Discord as DiscordChatExporter writes it in JSON, one channel a file. Fields: the exporter's own writer
 * (`JsonMessageWriter.cs`). Discord's ids mean the same to everybody.
 */
import type { Conversation } from '../../core/event.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { isObject, type JsonObject } from '../reading/json.ts';
import { jsonFrames, textOf } from '../reading/json-units.ts';
import { nameOf } from '../source-name.ts';
import { NETWORK, outcomesOf, unitsOf } from './discord/message.ts';

const FILES = '.json_Files/';

export const discord: Format = {
  name: 'discord',
  title: 'Discord (DiscordChatExporter JSON)',
  networks: [NETWORK],
  systems: [{ name: 'Discord', proven: 'documented schema', note: 'Through DiscordChatExporter only.' }],
  unit: 'An object of messages, each person of each of its reactions, and each other file of the export.',
  limits: [
    'An export holds the last text of an edited message only: it becomes one edit without the message before.',
    'Reactions have no time of their own and stand at the time of their message; older exports only count them.',
    'Deleted messages are not in an export.',
  ],
  detect({ text }) {
    const shape =
      /^\s*\{\s*"guild"\s*:\s*\{/u.test(text) &&
      /"channel"\s*:\s*\{/u.test(text) &&
      /"messages"\s*:\s*\[/u.test(text);
    return shape
      ? { confidence: 0.9, reason: 'a JSON export of a Discord channel (“guild”, “channel”, “messages”)' }
      : undefined;
  },
  folder: {
    marks: (name) => name.endsWith(FILES.slice(0, -1)),
    groups: (names) =>
      names
        .filter((name) => name.endsWith('.json'))
        .map((name) => [name, ...names.filter((each) => each.startsWith(name + FILES.slice(5)))])
        .filter((group) => group.length > 1),
  },
  async *frames(source) {
    const isExport = (file: SourceFile): boolean =>
      source.files.length === 1 || (nameOf(file).endsWith('.json') && !nameOf(file).includes(FILES));
    const beside = new FilesBeside(source.files.filter((file) => !isExport(file)));
    for (const file of source.files) if (isExport(file)) yield* channelFrames(source, file, beside);
    yield [...beside.rest()];
  },
};

async function* channelFrames(
  source: Source,
  file: SourceFile,
  beside: FilesBeside,
): AsyncIterable<readonly Frame[]> {
  const root = nameOf(file).replace(/[^/]*$/u, '');
  let messages = 0;
  yield* jsonFrames(source, file, {
    walk: (path, list) =>
      path.length === 0
        ? list
          ? 'whole'
          : 'inside'
        : list && path.join('/') === 'messages'
          ? 'units'
          : 'whole',
    units(unit) {
      messages++;
      const { value: raw } = unit;
      if (!isObject(raw)) return { units: 1, read: () => [NO_OBJECT] };
      const conversation = channelOf(unit.around);
      const units = unitsOf(raw);
      if (conversation === undefined) return { units, read: () => rejects(units) };
      return { units, read: () => outcomesOf({ unit, raw, conversation, root, beside }) };
    },
    ended({ messageCount: stated }) {
      if (typeof stated === 'number' && Number.isSafeInteger(stated))
        source.state({ what: `messages in ${nameOf(file)}`, stated, found: messages });
    },
  });
}

const NO_OBJECT: Outcome = { type: 'reject', code: 'json-shape', detail: 'not an object' };

function* rejects(units: number): Iterable<Outcome> {
  for (let i = 0; i < units; i++)
    yield { type: 'reject', code: 'conversation-unknown', detail: 'channel.id', part: String(i) };
}

function channelOf({ guild, channel }: JsonObject): Conversation | undefined {
  if (!isObject(channel)) return undefined;
  const id = textOf(channel.id);
  if (id === undefined) return undefined;
  const type = textOf(channel.type) ?? '';
  const server = isObject(guild) && guild.id !== '0' ? textOf(guild.name) : undefined;
  const own = textOf(channel.name)?.toWellFormed();
  const name = [server?.toWellFormed(), own].filter((each) => each !== undefined).join(' / ');
  const kind = type === 'DirectTextChat' ? 'direct' : type === 'DirectGroupTextChat' ? 'group' : 'room';
  return { id, kind, ...(name !== '' && { name }) };
}
