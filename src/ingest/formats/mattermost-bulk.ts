/**
 * Mattermost's bulk export: a JSON object a line, of versions, teams, channels, users, posts and direct posts. Fields: the
 * vendor's documentation of the bulk loading data format, version 1. Files lie in `data/` beside it.
 */
import type { Repair } from '../../core/event.ts';
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { isObject, parseJson, tooMuch } from '../reading/json.ts';
import { type Line, lines } from '../reading/lines.ts';
import { decode, openText } from '../reading/text.ts';
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
      const stream = await openText(file);
      for await (const batch of lines(stream))
        yield batch.map((line) =>
          lineFrame(source, file, line, people, (bytes, repairs) => decode(stream, bytes, repairs)),
        );
    }
    yield [...beside.rest()];
  },
};

function lineFrame(
  source: Source,
  file: SourceFile,
  { offset, length, bytes }: Line,
  people: MattermostPeople,
  textOf: (bytes: Buffer, repairs: Repair[]) => string,
): Frame {
  const place = { source, file, offset, length };
  const reject = (
    code: 'line-too-long' | 'json-malformed' | 'json-shape' | 'too-deep' | 'too-many-values',
  ): Frame => ({
    ...place,
    units: 1,
    read: () => [{ type: 'reject', code }],
  });
  if (bytes === undefined) return reject('line-too-long');
  const repairs: Repair[] = [];
  const text = textOf(bytes, repairs);
  if (text.trim() === '')
    return { ...place, units: 1, read: () => [{ type: 'excluded', reason: 'empty-line' }] };
  const excess = tooMuch(text);
  if (excess !== undefined) return reject(excess);
  let value: unknown;
  try {
    value = parseJson(text, repairs);
  } catch {
    return reject('json-malformed');
  }
  if (!isObject(value) || typeof value.type !== 'string') return reject('json-shape');
  const inner = value[value.type];
  const post = value.type === 'post' || value.type === 'direct_post';
  if (!post) {
    people.add(value.type, inner);
    return { ...place, units: 1, read: () => [{ type: 'excluded', reason: 'directory-entry' }] };
  }
  if (!isObject(inner)) return reject('json-shape');
  return {
    ...place,
    units: unitsOf(inner),
    read: () => outcomesOf(inner, { place, people, repairs, text }),
  };
}
