/**
 * Responses of Slack's APIs as tools save them: history of a conversation (Web API or Discovery API) and, of the
 * Discovery API, earlier texts of edited messages. Which calls there are and when edits are asked for: the vendor's
 * public Discovery SDK; fields of messages are those of the export.
 */
import type { Format } from '../format.ts';
import { isObject, type JsonObject } from '../reading/json.ts';
import { type JsonUnit, jsonFrames } from '../reading/json-units.ts';
import { nameOf } from '../source-name.ts';
import { SlackDirectory, text } from './slack/directory.ts';
import { outcomesOf, unitsOf } from './slack/message.ts';

const LISTS: ReadonlySet<string> = new Set(['messages', 'edits']);

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
    'A response does not always name its conversation: then it is taken from the name of the file or folder (C…, D…, G…).',
    'A version without an “edited” mark is the message as it was first.',
  ],
  detect({ text: head }) {
    const shape = /"ok"\s*:\s*true/u.test(head) && /"(?:messages|edits)"\s*:\s*\[/u.test(head);
    return shape && /"ts"\s*:\s*"\d{9,12}\.\d{1,6}"/u.test(head)
      ? { confidence: 0.8, reason: 'a response of Slack’s API (“ok”, “messages” with “ts”)' }
      : undefined;
  },
  async *frames(source) {
    const directory = new SlackDirectory();
    for (const file of source.files)
      yield* jsonFrames(source, file, {
        walk: (path, list) =>
          path.length === 0 ? 'inside' : list && LISTS.has(path.join('/')) ? 'units' : 'whole',
        units: (unit) => {
          const found = conversationOf(unit);
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
          const { conversation } = directory.conversation(found.id);
          const { name: _, ...unnamed } = conversation;
          return {
            units,
            read: () =>
              outcomesOf(unit.value, {
                place: unit.place,
                directory,
                conversation: unnamed,
                facts: { conversation: found.from },
                source: unit.text,
                repairs: unit.repairs,
              }),
          };
        },
      });
  },
};

/** The conversation: what the message says, what the response says, what the path shows. */
function conversationOf({
  value,
  around,
  place,
}: JsonUnit): { id: string; from: 'record' | 'header' | 'path' } | undefined {
  const own = isObject(value) ? channelOf(value) : undefined;
  if (own !== undefined) return { id: own, from: 'record' };
  const stated = channelOf(around);
  if (stated !== undefined) return { id: stated, from: 'header' };
  const shown = /(?<![A-Za-z0-9])[CDG][A-Z0-9]{7,}(?![A-Za-z0-9])/u.exec(
    nameOf(place.file).split('/').slice(-2).join('/'),
  );
  return shown === null ? undefined : { id: shown[0], from: 'path' };
}

const channelOf = (value: JsonObject): string | undefined =>
  text(value.channel) ??
  text(value.channel_id) ??
  (isObject(value.channel) ? text(value.channel.id) : undefined);
