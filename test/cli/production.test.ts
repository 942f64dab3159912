import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everything } from '../export/everything.ts';
import { unsignedBundle } from '../export/unsigned.ts';
import { describeVerifier, findPdftotext } from '../verifiers/tools.ts';
import { type Answer, holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-productions-'));
const data = join(folder, 'archive');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]): Promise<Answer> =>
  holdfast([...argv, '--data', data], { HOLDFAST_FIRM_NAME: 'Brink LLC', HOLDFAST_FIRM_CRD: '12345' });

/** The answer of a command that must succeed, as `--json` gives it: one value, or all lines of a list. */
async function done(...argv: string[]): Promise<Record<string, unknown>[]> {
  const answer = await run(...argv, '--json');
  expect([answer.code, answer.err.filter((line) => line.includes('['))]).toEqual([0, []]);
  return answer.out.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function failed(...argv: string[]): Promise<{ code: string; message: string }> {
  const answer = await run(...argv, '--json');
  expect(answer.code).not.toBe(0);
  return (JSON.parse(answer.out[0] ?? '{}') as { error: { code: string; message: string } }).error;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const message = (n: number, from: string, text: string): string =>
  JSON.stringify({
    id: `k${n}`,
    network: 'slack',
    conversation: { id: 'C1', kind: 'room', name: 'rates' },
    from,
    at: `2025-11-03T10:0${n}:00.000Z`,
    text,
  });

const create = (name: string, ...more: string[]): string[] => [
  'production',
  'create',
  name,
  '--matter=coffee',
  '--query=network:slack',
  '--volume=VOL001',
  '--prefix=BR',
  ...more,
];

const directory = (name: string): string =>
  file(
    'people.csv',
    `id,name,entity,network,address\nE1,${name},Brink LLC,slack,bob\nE2,Carol Example,Brink LLC,slack,carol\n`,
  );

let withheld = '';
let redacted = '';

beforeAll(async () => {
  expect((await run('init')).code).toBe(0);
  const lines = [
    message(1, 'bob', 'the walnut merger closes at nine'),
    message(2, 'carol', 'counsel advises against the cedar clause'),
    message(3, 'bob', 'my daughter is ill, home tomorrow'),
    message(4, 'client@other.example', 'thank you'),
  ];
  await done('ingest', file('chat.ndjson', `${lines.join('\n')}\n`), '--format', 'ndjson');
  await done('custodian', 'import', directory('Bob Example'), '--domain', 'brink.example');
  await done('matter', 'open', 'coffee', '--reference', 'HO-1', '--zone', 'America/New_York');
  await done(
    'hold',
    'place',
    'zebra-hold',
    '--matter=coffee',
    '--scope=pelican',
    '--authority=a',
    '--reason=b',
  );
  await done('search', 'flamingo');
  const named = async (word: string): Promise<string> => {
    const [line] = await done('search', word);
    return `${line?.log}/${line?.leaf}`;
  };
  withheld = await named('cedar');
  redacted = await named('daughter');
});

test('a production takes a number for each of its pages, and the next goes on where it ends', async () => {
  const closings = [`--withhold=${withheld}=Attorney-client privilege`, `--redact=${redacted}=Personal data`];
  const [one] = await done(...create('p1', '--recipient=SEC', '--request=3', '--item=3(b)', ...closings));
  expect(one).toMatchObject({
    production: 'p1',
    matter: 'coffee',
    volume: 'VOL001',
    first: 'BR0000001',
    records: { total: 4, withheld: 1, redacted: 1 },
  });
  const pages = Number(one?.pages);
  const [two] = await done(...create('p2', '--hits-only', '--width=9'));
  expect(two?.first).toBe(`BR${String(pages + 1).padStart(9, '0')}`);
  expect((await done('production', 'list')).map((each) => each.production)).toEqual(['p1', 'p2']);
  expect(await done('production', 'show', 'p1')).toMatchObject([
    {
      matter: 'coffee',
      terms: {
        query: 'network:slack',
        zone: 'America/New_York',
        withheld: [{ record: withheld, reason: 'Attorney-client privilege' }],
        redacted: [{ record: redacted, reason: 'Personal data' }],
        report: { firm: { name: 'Brink LLC', crd: '12345' }, recipient: 'SEC', request: '3', item: '3(b)' },
      },
    },
  ]);
});

test('numbers, and names, are never used twice: who comes second is told what won', async () => {
  const taken = await failed(...create('p3', '--first=2'));
  expect(taken).toMatchObject({ code: 'conflict' });
  expect(taken.message).toMatch(
    /a number of this range was used in the matter before: production\.create by os:test@localhost at .* \(control\/\d+\)/,
  );
  expect(await failed(...create('p1'))).toMatchObject({ code: 'conflict' });
  expect(await failed(...create('p4', '--prefix=BR1'))).toMatchObject({ code: 'bad-usage' });
  expect((await done('production', 'list')).map((each) => each.production)).toEqual(['p1', 'p2']);
});

test('an attempt that is made again makes nothing new', async () => {
  const [one] = await done(...create('again', '--prefix=AG', '--attempt=a1'));
  expect(await done(...create('again', '--prefix=AG', '--attempt=a1'))).toEqual([one]);
  expect(await failed(...create('again', '--prefix=AG', '--attempt=a2'))).toMatchObject({ code: 'conflict' });
});

test('what is to be closed must be selected, and closed in one way', async () => {
  expect(await failed(...create('p5', `--withhold=${withheld}=a`, `--redact=${withheld}=b`))).toMatchObject({
    code: 'bad-usage',
  });
  expect(
    await failed(...create('p5', '--hits-only', '--query=walnut', `--withhold=${withheld}=a`)),
  ).toMatchObject({
    code: 'bad-usage',
    message: expect.stringContaining('is not selected'),
  });
  expect(await failed(...create('p5', '--withhold=control/0=a'))).toMatchObject({ code: 'bad-usage' });
  expect(await failed(...create('p5', '--withhold=m0/0'))).toMatchObject({ code: 'bad-usage' });
  expect(await failed(...create('p5', '--volume=../x'))).toMatchObject({ code: 'bad-usage' });
  expect(await failed(...create('p5', '--matter=tea'))).toMatchObject({ code: 'not-found' });
});

test('rendered again it is the same, whatever has come in and was changed since', async () => {
  const out = (n: number): string => join(folder, `r${n}`);
  const [one] = await done('production', 'render', 'p1', '--out', out(1));
  await done(
    'ingest',
    file('more.ndjson', `${message(5, 'dave', 'another walnut')}\n`),
    '--format',
    'ndjson',
  );
  await done('custodian', 'import', directory('Robert Renamed'));
  await done('matter', 'change', 'coffee', '--reference', 'HO-2');
  const [two] = await done('production', 'render', 'p1', '--out', out(2));
  expect({ ...two, dir: '' }).toEqual({ ...one, dir: '' });
  expect(unsignedBundle(out(2))).toEqual(unsignedBundle(out(1)));
  for (const n of [1, 2]) expect((await run('verify', out(n))).code).toBe(0);
});

test('its manifest states volume and numbers, and what is withheld leads to its leaf and shows nothing', async () => {
  const root = join(folder, 'r1');
  const manifest = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({
    v: 2,
    production: { volume: 'VOL001', first: 'BR0000001', withheld: 1, redacted: 1 },
  });
  const lines = readFileSync(join(root, 'records.ndjson'), 'utf8').trim().split('\n');
  const closed = lines
    .map((line) => JSON.parse(line) as Record<string, object>)
    .filter((line) => 'hidden' in line);
  expect(closed).toMatchObject([
    { withheld: 'Attorney-client privilege', revealed: {} },
    { redacted: 'Personal data', revealed: { sender: { value: { address: 'bob' } } } },
  ]);
  expect(Object.keys(closed[1]?.hidden ?? {}).sort()).toEqual(['id', 'text']);
  for (const line of closed) expect(line).not.toHaveProperty('salt');
});

/** What a bundle must not tell: names of matter, production and hold, searches, and the query where it is not to be printed. */
const INTERNAL = ['coffee', 'zebra-hold', 'pelican', 'flamingo', 'network:slack', 'quagga'];

test('no name of matter, production or hold, and no search, is in any file of it', async () => {
  await done(...create('quagga', '--prefix=Q'));
  const out = join(folder, 'q');
  await done('production', 'render', 'quagga', '--out', out);
  const all = await everything(out);
  expect(all.size).toBeGreaterThan(15);
  for (const [path, text] of all)
    for (const word of INTERNAL)
      expect({ path, word, found: text.toLowerCase().includes(word) }).toEqual({ path, word, found: false });
  // The same search finds the one name that may leave.
  expect([...all.values()].join('')).toContain('walnut merger');
});

await describeVerifier('pdftotext', findPdftotext, (textOf) => {
  test('nor is it printed on a page, where the external reference is', async () => {
    const text = await textOf(join(folder, 'q', 'report.pdf'));
    expect(text).toContain('HO-2');
    for (const word of INTERNAL) expect(text.toLowerCase()).not.toContain(word);
  });
});

test('what is not there, or is to go where something is, is refused', async () => {
  const out = join(folder, 'refused');
  expect(await failed('production', 'render', 'nothing', '--out', out)).toMatchObject({ code: 'not-found' });
  expect(await failed('production', 'show', 'nothing')).toMatchObject({ code: 'not-found' });
  expect(await failed('production', 'render', 'p1', '--out', join(folder, 'r1'))).toMatchObject({
    code: 'bad-usage',
  });
});
