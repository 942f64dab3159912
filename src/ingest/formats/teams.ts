/**
 * Microsoft Teams as Graph gives it: `chatMessage` objects, alone, in lists, or in pages (`value`). Field meanings:
 * Microsoft Graph REST reference, resource types chatMessage and eventMessageDetail. Dumps of the .NET SDK and of
 * PowerShell write the same names with a capital first letter.
 */
import type { Format } from '../format.ts';
import { isObject } from '../reading/json.ts';
import { jsonFrames } from '../reading/json-units.ts';
import { outcomesOf, unitsOf } from './teams/message.ts';
import { lowerNames } from './teams/names.ts';

const LISTS: ReadonlySet<string> = new Set(['', 'value', 'Value', 'messages', 'replies', 'Messages']);

export const teams: Format = {
  name: 'teams',
  title: 'Microsoft Teams (Graph chatMessage JSON)',
  networks: ['teams'],
  systems: [{ name: 'Microsoft Teams', proven: 'documented schema' }],
  unit: 'A chatMessage, each of its reactions, and each person beyond the first whom a system message adds or removes.',
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
      yield* jsonFrames(source, file, {
        alone: true,
        walk: (path, list) =>
          list ? (LISTS.has(path.join('/')) ? 'units' : 'whole') : path.length === 0 ? 'inside' : 'whole',
        units: (unit) => {
          const value = isObject(unit.value) ? lowerNames(unit.value) : unit.value;
          return { units: unitsOf(value), read: () => outcomesOf(value, unit) };
        },
      });
  },
};
