import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openReader } from '../../src/archive/read/open-reader.ts';
import type { Head } from '../../src/archive/reader.ts';
import { verifyBundle } from '../../src/core/bundle/verify.ts';
import type { Event } from '../../src/core/event.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import type { ExportRequest } from '../../src/export/bundle/export-bundle.ts';
import { measureExport } from '../../src/export/bundle/export-bundle.ts';
import { folderBundle } from '../../src/export/bundle/folder.ts';
import { everything } from './everything.ts';
import { type Exporting, openExporting, random } from './exported.ts';
import { busyRoom, person, Story } from './story.ts';

/** Words that must not leave, and the file that goes with them. */
const SECRET = ['zanzibar counsel', 'quokka clause', 'secret.docx', '🦘'];
const PRIVATE = ['kumquat diagnosis'];

let exporting: Exporting;
let request: Partial<ExportRequest>;
let good: string;
let heads: Head[];

/** A message with an edit, a reaction, and a file; one that is private; one that answers the first. */
function delicate(): Event[] {
  const story = new Story({ id: 'legal', name: 'legal' }, '2026-03-04T14:00:00.000Z');
  const secret = story.say('maria@example.com', 'zanzibar counsel says no', {
    markup: { type: 'html', source: '<b>zanzibar counsel</b> says no' },
    extra: { draft: 'quokka clause' },
    attachments: [{ name: 'secret.docx', state: 'held', sha256: sha256Hex('x'), size: 1 }],
  });
  story.add({
    kind: 'edit',
    target: secret,
    sender: person('maria@example.com'),
    text: 'the quokka clause is out',
    payload: { earlier: 'captured' },
  });
  story.add({
    kind: 'reaction',
    target: secret,
    sender: person('jun@example.com'),
    payload: { emoji: '🦘', change: 'added' },
  });
  story.say('omar@example.org', 'the kumquat diagnosis came', { extra: { note: 'kumquat diagnosis' } });
  story.say('jun@example.com', 'agreed', { payload: { replyTo: secret } });
  return story.events;
}

beforeAll(async () => {
  const room = busyRoom().map((event) => {
    const { attachments: _, ...rest } = event;
    return rest as Event;
  });
  exporting = await openExporting([...delicate(), ...room]);
  const reader = await openReader(exporting.workshop.vault);
  heads = await Promise.all((await reader.logs()).map((log) => reader.head(log)));
  request = {
    heads,
    closings: [
      { record: 'm0/1', is: 'withheld', reason: 'Attorney-client privilege' },
      { record: 'm0/3', is: 'redacted', reason: 'Personal data' },
    ],
    production: {
      volume: 'VOL001',
      bates: { prefix: 'EX', width: 6, first: 101 },
      last: 112,
      created: Date.parse('2026-11-21T08:00:00.000Z'),
    },
  };
  good = (await exporting.export('good', request)).dir;
});
afterAll(() => exporting.workshop.dispose());

test('a production verifies, and its closed records lead to their leaves', async () => {
  const { faults, checked } = await verifyBundle(folderBundle(good));
  expect(faults).toEqual([]);
  expect(checked).toMatchObject({ records: 17, proofs: 18 });
});

test('nothing of what is withheld or redacted is in any file, its family and files included', async () => {
  const all = await everything(good);
  for (const word of [...SECRET, ...PRIVATE])
    for (const [path, text] of all)
      expect({ path, word, found: text.includes(word) }).toEqual({ path, word, found: false });
  expect(existsSync(join(good, 'attachments'))).toBe(false);
  // The same search finds what is not withheld, in what is attached to the report and inflated as well.
  expect(all.get('report.pdf')).toContain('Call me on my mobile');
  expect(all.get('records.ndjson')).toContain('agreed');
  const whole = await everything((await exporting.export('whole', { heads })).dir);
  for (const word of [...SECRET, ...PRIVATE]) {
    expect(whole.get('records.ndjson')).toContain(word);
    expect(whole.get('report.pdf')).toContain(word);
  }
});

test('a withheld record cannot be opened by a guess: neither its salt nor its id is shown', async () => {
  const lines = (await readFile(join(good, 'records.ndjson'), 'utf8')).trim().split('\n');
  const closed = lines
    .map((line) => JSON.parse(line) as Record<string, object>)
    .filter((line) => 'hidden' in line);
  expect(closed.map((line) => [line.withheld, line.redacted])).toEqual([
    ['Attorney-client privilege', undefined],
    ['Attorney-client privilege', undefined],
    ['Attorney-client privilege', undefined],
    [undefined, 'Personal data'],
  ]);
  for (const line of closed) {
    expect(line).not.toHaveProperty('salt');
    expect(Object.keys(line.revealed ?? {})).not.toEqual(expect.arrayContaining(['id']));
    expect(Object.keys(line.revealed ?? {})).not.toEqual(expect.arrayContaining(['text']));
  }
  const custody = (await readFile(join(good, 'custody.ndjson'), 'utf8')).trim().split('\n');
  expect(JSON.parse(custody[0] ?? '')).toEqual({ record: 'm0/0', withheld: true });
});

test('a line that closes another way than the manifest or the custody trail says is found', async () => {
  const copy = join(exporting.workshop.folder, 'copy');
  await cp(good, copy, { recursive: true });
  const path = join(copy, 'records.ndjson');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"redacted":"Personal data"', '"redacted":"Other reason"'));
  // The reason is not sealed in the ledger: the manifest's signature over the file is what holds it.
  expect((await verifyBundle(folderBundle(copy))).faults.map(({ code }) => code)).toEqual(['file-changed']);
  await writeFile(
    path,
    text.replace(/("sender":\{"salt":"[0-9a-f]{64}","value":\{"address":")omar/, '$1xmar'),
  );
  expect((await verifyBundle(folderBundle(copy))).faults.map(({ code }) => code)).toEqual([
    'file-changed',
    'record-differs',
  ]);
  const [first = '', ...rest] = text.split('\n');
  const line = JSON.parse(first) as Record<string, unknown>;
  const { withheld: _, ...open } = line;
  await writeFile(path, [JSON.stringify({ ...open, redacted: 'x' }), ...rest].join('\n'));
  const { faults } = await verifyBundle(folderBundle(copy));
  expect(new Set(faults.map(({ code }) => code))).toEqual(
    new Set(['file-changed', 'custody-differs', 'record-count']),
  );
});

test('measuring finds the pages that rendering takes, and leaves nothing', async () => {
  const { workshop, seal } = exporting;
  const reader = await openReader(workshop.vault);
  const out = join(workshop.folder, 'measured');
  const measured = await measureExport({
    reader,
    hits: (async function* () {
      for (let leaf = 0; leaf < 17; leaf++) yield { name: `m0/${leaf}`, context: leaf % 3 === 0 };
    })(),
    out,
    seal,
    selection: { criteria: ['Everything in the log m0'] },
    settings: { firm: { name: 'Example Securities LLC', crd: '123456' }, legend: 'Confidential' },
    zone: 'America/New_York',
    clock: workshop.clock,
    random,
    ...request,
  });
  const { pages } = await exporting.export('again', request);
  expect(measured).toMatchObject({ records: 17, withheld: 3, redacted: 1, pages });
  expect((await readdir(workshop.folder)).filter((name) => name.includes('measured'))).toEqual([]);
});

test('what does not come out as it was fixed is refused, and nothing of it is written', async () => {
  const { production } = request;
  if (production === undefined) throw new Error('no production');
  const sha256 = sha256Hex(await readFile(join(good, 'records.ndjson')));
  for (const fixed of [
    { pages: 1, sha256 },
    { pages: 12, sha256: sha256Hex('other') },
  ]) {
    await expect(
      exporting.export('differs', { ...request, production: { ...production, fixed } }),
    ).rejects.toMatchObject({ code: 'production-differs' });
    expect(existsSync(join(exporting.workshop.folder, 'differs'))).toBe(false);
  }
});
