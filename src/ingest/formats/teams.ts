/**
 * Microsoft Teams as Graph gives it: `chatMessage` objects, alone, in lists, in lines, or in pages (`value`). Field meanings:
 * Microsoft Graph REST reference, resource types chatMessage and eventMessageDetail. Dumps of the .NET SDK and of
 * PowerShell write the same names with a capital first letter.
 */
import type { Format, Outcome } from '../format.ts';
import { isObject } from '../reading/json.ts';
import { isJsonLines, jsonLineFrames, type ReadLine } from '../reading/json-lines.ts';
import { type JsonUnit, jsonFrames } from '../reading/json-units.ts';
import { outcomesOf, unitsOf } from './teams/message.ts';
import { lowerNames } from './teams/names.ts';

const LISTS: ReadonlySet<string> = new Set(['', 'value', 'Value', 'messages', 'replies', 'Messages']);

export const teams: Format = {
  name: 'teams',
  title: 'Microsoft Teams (Graph chatMessage JSON)',
  networks: ['teams'],
  systems: [{ name: 'Microsoft Teams', proven: 'documented schema' }],
  unit: 'A chatMessage, each reply that stands in it, each of its reactions, and each person beyond the first whom a system message adds or removes.',
  limits: [
    'Graph holds the last text of an edited message only: it becomes one edit without the message before.',
    'The subject of a post in a channel stands above its text.',
    'Pictures inside a text and files are references; their bytes stand elsewhere.',
    'A message that names neither chat nor channel, nor stands in a page that does, is a reject.',
  ],
  detect({ text }) {
    const shape =
      /"(?:created|Created)DateTime"\s*:/u.test(text) &&
      /"(?:messageType|MessageType)"\s*:/u.test(text) &&
      /"(?:chatId|ChatId|channelIdentity|ChannelIdentity)"\s*:/u.test(text);
    return shape
      ? {
          confidence: 0.85,
          reason: 'JSON of chatMessage objects (“createdDateTime”, “messageType”, “chatId”)',
        }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files)
      yield* (await isJsonLines(file))
        ? jsonLineFrames(source, file, readMessage)
        : jsonFrames(source, file, {
            alone: true,
            walk: (path, list) =>
              list ? (LISTS.has(path.join('/')) ? 'units' : 'whole') : path.length === 0 ? 'inside' : 'whole',
            units: readMessage,
          });
  },
};

/** A message, and the replies that were asked for with it (`$expand=replies`). */
function readMessage(unit: JsonUnit): ReturnType<ReadLine> {
  const value = isObject(unit.value) ? lowerNames(unit.value) : unit.value;
  const { own, replies } = partedOf(value);
  const units = [own, ...replies].reduce<number>((sum, each) => sum + unitsOf(each), 0);
  return {
    units,
    *read() {
      yield* outcomesOf(own, unit);
      for (const [i, reply] of replies.entries())
        for (const outcome of outcomesOf(reply, unit)) yield within(outcome, `replies/${i}`);
    },
  };
}

function partedOf(value: unknown): { readonly own: unknown; readonly replies: readonly unknown[] } {
  if (!isObject(value) || !Array.isArray(value.replies)) return { own: value, replies: [] };
  const { replies, ...own } = value;
  // A reply that names no place is where the message is that it answers.
  const where = Object.fromEntries(
    Object.entries(own).flatMap(([name, each]) =>
      name === 'id'
        ? [['replyToId', each]]
        : name === 'channelIdentity' || name === 'chatId'
          ? [[name, each]]
          : [],
    ),
  );
  return {
    own,
    replies: (replies as unknown[]).map((reply) => (isObject(reply) ? { ...where, ...reply } : reply)),
  };
}

/** An outcome of a part of a message: its place says which. */
function within(outcome: Outcome, part: string): Outcome {
  const inner = (own: string | undefined): string => (own === undefined ? part : `${part}/${own}`);
  if (outcome.type === 'reject') return { ...outcome, part: inner(outcome.part) };
  if (outcome.type !== 'event') return outcome;
  const { provenance } = outcome.event;
  const position = { ...provenance.position, part: inner(provenance.position.part) };
  return { ...outcome, event: { ...outcome.event, provenance: { ...provenance, position } } };
}
