import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('./memory-process.ts', import.meta.url));
const ARCHIVE = fileURLToPath(new URL('./memory-archive.ts', import.meta.url));
/** Megabytes of hostile input; the 1 GB with `HOLDFAST_TEST_HUGE=1024`. */
const SIZE = process.env.HOLDFAST_TEST_HUGE ?? '192';
const LIMIT = 256;
/** As bin/holdfast starts Node. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=8'];

async function run(name: string, megabytes = SIZE) {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, PROGRAM, name, megabytes]);
  return JSON.parse(stdout) as {
    events: number;
    rejects: { [code: string]: number };
    texts: string[];
    grown: number;
  };
}

describe(`${SIZE} MB in one unit is a reject with the rest kept, within ${LIMIT} MiB over the base`, () => {
  test.each([
    ['one line of NDJSON', 'line-too-long', ['first', 'last']],
    ['one message of Slack', 'unit-too-long', ['first', 'last']],
    ['brackets without end', 'unit-too-long', ['first']],
    ['one element of XML', 'unit-too-long', ['first', 'last']],
    ['a tag without end', 'unit-too-long', []],
    ['one entry of Pidgin', 'line-too-long', ['first', 'last']],
    ['lines that go on', 'unit-too-long', ['last']],
  ])('%s', async (name, code, texts) => {
    const result = await run(name);
    expect(result.rejects).toMatchObject({ [code]: 1 });
    expect(result.texts).toEqual(texts);
    expect(result.grown).toBeLessThan(LIMIT);
  });
});

test.each(['a million reactions', 'a million elements', 'a million objects'])(
  '%s in a unit that is just not too long are read in bounded memory',
  async (name) => {
    const result = await run(name, '7');
    expect(result.texts).toContain(name === 'a million reactions' ? 'first' : 'last');
    expect(result.grown).toBeLessThan(LIMIT);
  },
);

test.each(['a day of Slack', 'a night of Bloomberg'])(
  '%s of any length is never held whole',
  async (name) => {
    const result = await run(name, process.env.HOLDFAST_TEST_HUGE ?? '96');
    expect(result.events).toBeGreaterThan(100_000);
    expect(result.rejects).toEqual({});
    expect(result.grown).toBeLessThan(LIMIT);
  },
);

test('hundreds of thousands of messages that are all alike take neither memory nor time out of proportion', async () => {
  const result = await run('messages alike', '48');
  expect(result.events).toBeGreaterThan(500_000);
  expect(result.grown).toBeLessThan(LIMIT);
});

test('sixty thousand members of an archive are read in bounded memory', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, ARCHIVE, '60000']);
  const { events, grown } = JSON.parse(stdout) as { events: number; grown: number };
  expect(events).toBe(60_000);
  expect(grown).toBeLessThan(LIMIT);
});
