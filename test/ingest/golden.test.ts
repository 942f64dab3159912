import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { FORMATS } from '../../src/ingest/formats/index.ts';
import type { PlacedOutcome } from '../../src/ingest/parse.ts';
import { type Fixture, fixturesOf, readPath, temporaryVault } from './fixtures.ts';

/** One line an outcome; paths relative to the fixture, and without digests that only repeat the input. */
function show(fixture: Fixture, placed: PlacedOutcome): string {
  const relative = (path: string): string => path.replace(`${fixture.folder}/`, '');
  const { outcome } = placed;
  if (outcome.type !== 'event')
    return JSON.stringify({ path: relative(placed.path), position: placed.position, ...outcome });
  const { receipt: _receipt, capture: _capture, ...provenance } = outcome.event.provenance;
  const event = { ...outcome.event, provenance: { ...provenance, path: relative(provenance.path) } };
  return JSON.stringify({ type: 'event', event });
}

describe.each(FORMATS.map((format) => format.name))('%s reads its fixtures as written down', (name) => {
  test.each(fixturesOf(name).map((fixture) => [fixture.name, fixture] as const))('%s', async (_, fixture) => {
    const { vault, dispose } = await temporaryVault();
    try {
      const lines = (await readPath(vault, fixture.input)).flatMap(({ outcomes }) =>
        outcomes.map((placed) => show(fixture, placed)),
      );
      const text = `${lines.join('\n')}\n`;
      if (process.env.HOLDFAST_WRITE_FIXTURES === '1' || !existsSync(fixture.expected))
        writeFileSync(fixture.expected, text);
      expect(text.split('\n')).toEqual(readFileSync(fixture.expected, 'utf8').split('\n'));
    } finally {
      await dispose();
    }
  });
});
