import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS } from '../../src/ingest/formats/index.ts';
import { sourceSystems } from '../../src/ingest/sources.ts';
import { ROOT } from '../architecture/sources.ts';
import { holdfast } from '../cli/command-line.ts';
import { fixturesOf } from './fixtures.ts';

const systems = sourceSystems();
test('every product has a family, and is listed once a format', () => {
  expect(systems.filter(({ family }) => family === 'Other').map(({ format }) => format.name)).toEqual([
    'ndjson',
  ]);
  const keys = systems.map(({ system, format }) => `${format.name} ${system.name}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a format that claims more than synthetic files has fixtures, and every format says what it reads', () => {
  for (const format of FORMATS) {
    expect([format.name, format.systems.length > 0]).toEqual([format.name, true]);
    expect([format.name, fixturesOf(format.name).length > 0]).toEqual([format.name, true]);
  }
});

test('docs/sources.md and holdfast formats list every product with how far it was proven', async () => {
  const document = readFileSync(join(ROOT, 'docs/sources.md'), 'utf8');
  const { out } = await holdfast(['formats']);
  const { out: json } = await holdfast(['formats', '--json']);
  for (const { system, format } of systems) {
    expect(document).toContain(`| ${system.name} | [\`${format.name}\`]`);
    expect(out.join('\n')).toContain(`${system.name}: ${format.name} (${system.proven})`);
  }
  expect(json).toHaveLength(FORMATS.length);
});
