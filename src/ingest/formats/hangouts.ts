/**
 * Google Hangouts as Takeout gave it: `Hangouts.json`, in the shape until 2017 (`conversation_state`) and in the later one
 * (`conversations`).
 */
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { isObject, type JsonObject } from '../reading/json.ts';
import { jsonFrames } from '../reading/json-units.ts';
import { nameOf } from '../source-name.ts';
import { NETWORK, outcomesOf, unitsOf } from './hangouts/event.ts';

const EXPORT = /(?:^|\/)Hangouts\.json$/u;
const INSIDE = /^(?:|conversations(?:\/\*)?|conversation_state(?:\/\*(?:\/conversation_state)?)?)$/u;
const UNITS = /^(?:conversations\/\*\/events|conversation_state\/\*\/conversation_state\/event)$/u;

export const hangouts: Format = {
  name: 'hangouts',
  title: 'Google Hangouts (Takeout)',
  networks: [NETWORK],
  systems: [{ name: 'Google Hangouts', proven: 'synthetic only', note: 'No real Takeout was at hand.' }],
  unit: 'An event (or each person who came or went), and each other file of the export.',
  limits: [
    'Names are those that the export has for participants; where it has none, people have their ids only.',
    'Read marks of conversations name no message and are not taken as events.',
  ],
  detect({ text }) {
    const shape =
      /"(?:conversation_state|conversations)"\s*:\s*\[/u.test(text) &&
      /"(?:gaia_id|chat_id)"\s*:/u.test(text);
    return shape
      ? { confidence: 0.9, reason: 'a JSON export of Hangouts (“conversations” with “gaia_id”)' }
      : undefined;
  },
  folder: {
    marks: (name) => name === 'Hangouts.json',
    groups: (names) =>
      names
        .filter((name) => EXPORT.test(name))
        .map((name) => {
          const root = name.slice(0, -'Hangouts.json'.length);
          return names.filter(
            (each) =>
              each.startsWith(root) &&
              !each.slice(root.length).includes('/') &&
              (each === name || !each.endsWith('.json')),
          );
        })
        .filter((group) => group.length > 1),
  },
  async *frames(source) {
    const isExport = (file: SourceFile): boolean =>
      source.files.length === 1 || /\.json$/iu.test(nameOf(file));
    const beside = new FilesBeside(source.files.filter((file) => !isExport(file)));
    for (const file of source.files) if (isExport(file)) yield* exportFrames(source, file, beside);
    yield [...beside.rest()];
  },
};

async function* exportFrames(
  source: Source,
  file: SourceFile,
  beside: FilesBeside,
): AsyncIterable<readonly Frame[]> {
  const root = nameOf(file).replace(/[^/]*$/u, '');
  yield* jsonFrames(source, file, {
    walk(path, list) {
      const place = path.join('/');
      if (UNITS.test(place)) return list ? 'units' : 'whole';
      return INSIDE.test(place) && (place !== '' || !list) ? 'inside' : 'whole';
    },
    units(unit) {
      const { value: raw } = unit;
      if (!isObject(raw)) return { units: 1, read: () => [NO_OBJECT] };
      const header = headerOf(unit.around);
      return { units: unitsOf(raw), read: () => outcomesOf({ unit, raw, header, root, beside }) };
    },
  });
}

const NO_OBJECT: Outcome = { type: 'reject', code: 'json-shape', detail: 'not an object' };

/** The later shape wraps the conversation in an object of the same name. */
function headerOf(around: JsonObject): JsonObject {
  const later = around['conversations/*/conversation'];
  if (isObject(later)) return isObject(later.conversation) ? later.conversation : later;
  const earlier = around['conversation_state/*/conversation_state/conversation'];
  return isObject(earlier) ? earlier : {};
}
