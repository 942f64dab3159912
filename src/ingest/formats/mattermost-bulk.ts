/**
 * Mattermost's bulk export: a JSON object a line, of versions, teams, channels, users, posts and direct posts. Fields: the
 * vendor's documentation of the bulk loading data format, version 1. Files lie in `data/` beside it.
 */
import type { Format, Outcome } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { isObject } from '../reading/json.ts';
import { jsonLineFrames, type ReadLine } from '../reading/json-lines.ts';
import type { JsonUnit } from '../reading/json-units.ts';
import { nameOf } from '../source-name.ts';
import { MattermostPeople } from './mattermost/people.ts';
import { outcomesOf, unitsOf } from './mattermost/post.ts';

const IMPORT = /^(?:.*\/)?(?:import|export|mattermost_import|mattermost_export)\.jsonl$/u;

export const mattermostBulk: Format = {
  name: 'mattermost-bulk',
  title: 'Mattermost (bulk export, JSON lines)',
  networks: ['mattermost'],
  systems: [{ name: 'Mattermost (bulk export)', proven: 'real sample' }],
  unit: 'A line; of a post each reaction and each reply with its reactions; each file beside it.',
  limits: [
    'Posts have no ids in it: they are told apart by channel, author and time, and are not recognised as those of a compliance export.',
    'It holds the last text of an edited post only: it becomes one edit without the message before.',
    'Who joined and left stands in the texts of system posts, which older servers do not mark as such.',
  ],
  detect({ text }) {
    const first = text.split('\n', 3).find((line) => line.trim() !== '') ?? '';
    if (/^\{"type":\s*"version",\s*"version":\s*\d/u.test(first))
      return {
        confidence: 0.9,
        reason: 'JSON lines that begin with the version of a Mattermost bulk export',
      };
    return /^\{"type":\s*"(?:post|direct_post)",\s*"(?:post|direct_post)":\s*\{/u.test(first)
      ? { confidence: 0.8, reason: 'JSON lines of Mattermost posts' }
      : undefined;
  },
  folder: {
    marks: (name) => IMPORT.test(name),
    groups: (names) =>
      names
        .filter((name) => IMPORT.test(name))
        .map((found) => {
          const root = found.slice(0, found.lastIndexOf('/') + 1);
          return names.filter((name) => name === found || name.startsWith(`${root}data/`));
        })
        .filter((group) => group.length > 1),
  },
  async *frames(source) {
    const exports = source.files.filter(
      (file) => source.files.length === 1 || nameOf(file).endsWith('.jsonl'),
    );
    const beside = new FilesBeside(source.files.filter((file) => !exports.includes(file)));
    for (const file of exports) {
      const people = new MattermostPeople(file, beside);
      yield* jsonLineFrames(source, file, (unit) => lineUnits(unit, people));
    }
    yield [...beside.rest()];
  },
};

/** Posts are read; every other line lists something. */
function lineUnits(unit: JsonUnit, people: MattermostPeople): ReturnType<ReadLine> {
  const { value } = unit;
  const only = (outcome: Outcome): ReturnType<ReadLine> => ({ units: 1, read: () => [outcome] });
  if (!isObject(value) || typeof value.type !== 'string') return only({ type: 'reject', code: 'json-shape' });
  const inner = value[value.type];
  const { type } = value;
  if (type !== 'post' && type !== 'direct_post')
    // At its turn: lines after it know it, lines before it do not, however the file comes in chunks.
    return {
      units: 1,
      read: () => {
        people.add(type, inner);
        return [{ type: 'excluded', reason: 'directory-entry' }];
      },
    };
  if (!isObject(inner)) return only({ type: 'reject', code: 'json-shape' });
  const { place, repairs, text } = unit;
  return { units: unitsOf(inner), read: () => outcomesOf(inner, { place, people, repairs, text }) };
}
