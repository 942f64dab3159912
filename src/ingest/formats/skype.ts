/**
 * Skype’s own export: `messages.json`, alone or in the tar in which it comes, with the files of `media`. Fields:
 * siwen-r/skype-export-parser (`SkypeExport.d.ts`).
 */
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { isObject } from '../reading/json.ts';
import { jsonFrames, textOf } from '../reading/json-units.ts';
import { nameOf } from '../source-name.ts';
import { NETWORK, skypeName } from './skype/content.ts';
import { Media } from './skype/media.ts';
import { outcomesOf, unitsOf } from './skype/message.ts';

const MESSAGES = /(?:^|\/)messages\.json$/u;

export const skype: Format = {
  name: 'skype',
  title: 'Skype export (messages.json)',
  networks: [NETWORK],
  systems: [{ name: 'Skype (export)', proven: 'synthetic only', note: 'No real export was at hand.' }],
  unit: 'An object of a MessageList (or each person it adds or removes), each reaction, and each other file of the export.',
  limits: [
    'An export holds the last text of an edited message only: it becomes one edit without the message before; of a deleted one it holds nothing but when.',
    'Members of conversations are listed without a time and are not taken as events.',
  ],
  detect({ text }) {
    const shape =
      /^\s*\{\s*"(?:userId|exportDate)"\s*:/u.test(text) &&
      /"(?:conversations|MessageList)"\s*:\s*\[/u.test(text);
    return shape
      ? { confidence: 0.9, reason: 'a JSON export of Skype (“userId”, “conversations”, “MessageList”)' }
      : undefined;
  },
  folder: {
    marks: (name) => name === 'messages.json',
    groups: (names) =>
      names
        .filter((name) => MESSAGES.test(name))
        .map((name) => {
          const root = name.slice(0, -'messages.json'.length);
          return [
            name,
            ...names.filter((each) => each.startsWith(`${root}media/`) || each === `${root}endpoints.json`),
          ];
        })
        .filter((group) => group.length > 1),
  },
  async *frames(source) {
    const isExport = (file: SourceFile): boolean => source.files.length === 1 || MESSAGES.test(nameOf(file));
    const media = new Media(source.files.filter((file) => !isExport(file)));
    for (const file of source.files) if (isExport(file)) yield* exportFrames(source, file, media);
    yield [...media.beside.rest()];
  },
};

async function* exportFrames(
  source: Source,
  file: SourceFile,
  media: Media,
): AsyncIterable<readonly Frame[]> {
  yield* jsonFrames(source, file, {
    walk(path, list) {
      const place = path.join('/');
      if (place === 'conversations/*/MessageList') return list ? 'units' : 'whole';
      return /^(?:|conversations(?:\/\*)?)$/u.test(place) && (place !== '' || !list) ? 'inside' : 'whole';
    },
    units(unit) {
      const { value: raw, around } = unit;
      if (!isObject(raw)) return { units: 1, read: () => [NO_OBJECT] };
      const header = { id: around['conversations/*/id'], displayName: around['conversations/*/displayName'] };
      const said = textOf(around.userId);
      const id = said ?? file.settings.account;
      const self = id === undefined ? undefined : normaliseAddress(NETWORK, skypeName(id));
      const selfFrom = said === undefined ? 'setting' : 'header';
      return { units: unitsOf(raw), read: () => outcomesOf({ unit, raw, header, self, selfFrom, media }) };
    },
  });
}

const NO_OBJECT: Outcome = { type: 'reject', code: 'json-shape', detail: 'not an object' };
