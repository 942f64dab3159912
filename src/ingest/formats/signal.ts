/**
 * Signal's plaintext export of chat history (`main.jsonl`): a JSON object a line, of the account, recipients, chats and
 * chat items. Fields: Signal's published backup schema (Backup.proto), in the JSON form of protocol buffers.
 */
import type { Format, Outcome } from '../format.ts';
import { isObject } from '../reading/json.ts';
import { jsonLineFrames, type ReadLine } from '../reading/json-lines.ts';
import type { JsonUnit } from '../reading/json-units.ts';
import { NETWORK, SignalChats } from './signal/chats.ts';
import { outcomesOf, unitsOf } from './signal/item.ts';

export const signal: Format = {
  name: 'signal',
  title: 'Signal export (JSON lines)',
  networks: [NETWORK],
  systems: [
    {
      name: 'Signal',
      proven: 'synthetic only',
      note: 'Made from the published backup schema; no real export was at hand.',
    },
  ],
  unit: 'A line; of a chat item each earlier text, each reaction, and each person who read it.',
  limits: [
    'The owner’s number is not in the export: state it with --account, else what he sent has no sender.',
    'Files are named by hashes; their bytes are not taken from beside the lines.',
    'A message that was deleted for everybody has lost its text: it becomes a deletion, and the message is not captured.',
  ],
  detect({ text }) {
    const lines = text.split('\n', 40);
    const shape =
      lines.some((line) => /^\{"chatItem":\s*\{/u.test(line)) ||
      lines.some((line) => /^\{"recipient":\s*\{"id"/u.test(line));
    return shape && /"(?:backupTimeMs|account|chat|recipient)"\s*:/u.test(text)
      ? { confidence: 0.9, reason: 'JSON lines of a Signal export (“recipient”, “chat”, “chatItem”)' }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) {
      const chats = new SignalChats(file.settings.account);
      yield* jsonLineFrames(source, file, (unit) => lineUnits(unit, chats));
    }
  },
};

function lineUnits(unit: JsonUnit, chats: SignalChats): ReturnType<ReadLine> {
  const { value } = unit;
  const only = (outcome: Outcome): ReturnType<ReadLine> => ({ units: 1, read: () => [outcome] });
  if (!isObject(value)) return only({ type: 'reject', code: 'json-shape', detail: 'not an object' });
  if (isObject(value.chatItem)) {
    const item = value.chatItem;
    return { units: unitsOf(item), read: () => outcomesOf(item, unit, chats) };
  }
  // At its turn: lines after it know it, lines before it do not, however the file comes in chunks.
  return {
    units: 1,
    read: () => {
      chats.add(value);
      return [{ type: 'excluded', reason: 'directory-entry' }];
    },
  };
}
