import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createArchive, nodeOf } from '../../src/archive/acts.ts';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { HoldfastError } from '../../src/core/errors.ts';
import { transcriptLogs } from '../../src/core/logs.ts';
import type { Stream } from '../../src/core/ports/stream.ts';
import type { SealedRecord } from '../../src/core/record.ts';
import { FORMATS } from '../../src/ingest/formats/index.ts';
import { ingestPaths } from '../../src/ingest/ingest.ts';
import type { IngestOptions, IngestResult } from '../../src/ingest/ingest-types.ts';
import { sweep } from '../../src/ingest/sweep.ts';
import { openWorkshop, RECEIPT, type Workshop } from '../archive/workshop.ts';
import { wrapStream } from '../archive/wrapped.ts';
import { fixturesOf } from './fixtures.ts';

const PARTITIONS = 3;
const CLOCK = { now: () => Date.parse('2026-11-21T10:00:00.000Z') };

/** A founded archive, and what ingest needs of it. */
async function open(): Promise<{
  workshop: Workshop;
  options: (stream?: Stream) => Promise<Omit<IngestOptions, 'paths'>>;
}> {
  const workshop = await openWorkshop(PARTITIONS);
  const { vault, stream, identity, clock, random, node } = workshop;
  const writer = { clock, random, node: nodeOf(identity, node) };
  await createArchive({ vault, stream }, identity, 'os:test@host', writer);
  await workshop.sealAll();
  // The workshop's own receipt is sealed first, so that no sweep of a test meets it.
  const reader = await openReader(vault);
  await sweep({ vault, stream, clock: CLOCK, reader, logs: transcriptLogs(PARTITIONS), olderThan: 0 });
  await workshop.sealAll();
  return {
    workshop,
    options: async (stream = workshop.stream) => {
      const reader = await openReader(workshop.vault);
      return {
        vault: workshop.vault,
        stream,
        clock: CLOCK,
        reader,
        logs: transcriptLogs(PARTITIONS),
      };
    },
  };
}

/** Everything sealed in the transcript logs, without what differs from run to run. */
async function sealedRecords(workshop: Workshop): Promise<SealedRecord[]> {
  const reader = await openReader(workshop.vault);
  const all: SealedRecord[] = [];
  for (const log of transcriptLogs(PARTITIONS)) {
    const { size } = await reader.head(log);
    for await (const record of reader.scan(log, 0, size))
      if (!JSON.stringify(record).includes(RECEIPT)) all.push(record);
  }
  return all;
}

/**
 * A record without its moment. Of an event that several files hold, the file that comes first is sealed and the others
 * are observed or counted: which one that is depends on where the stop was, so only what all copies share is compared.
 */
function shown(record: SealedRecord): string {
  if (record.type === 'event') {
    const { id, kind, network, text, at } = record.record;
    return JSON.stringify(['event', network, id, kind, at.instant, text]);
  }
  if (record.type === 'observation') return JSON.stringify(['observation', record.record.event]);
  const { sealedAt: _sealedAt, ...rest } = record.record;
  return JSON.stringify([record.type, rest]);
}

/** Of an event all that makes it another one: the same id with something else in it is a variant, and sealed too. */
function contentOf(record: Extract<SealedRecord, { type: 'event' }>['record']): string {
  const { provenance: _provenance, extra: _extra, markup: _markup, sealedAt: _sealedAt, ...content } = record;
  return JSON.stringify(content);
}

/** A stream that fails for good after so many messages, like a process that is killed there. */
function failingAfter(stream: Stream, messages: number): Stream {
  let left = messages;
  return wrapStream(stream, {
    append: async (log, batch) => {
      if (batch.length > left) {
        const some = batch.slice(0, left);
        left = 0;
        await stream.append(log, some);
        throw new HoldfastError('storage-failed', 'The stream was taken away.');
      }
      left -= batch.length;
      await stream.append(log, batch);
    },
  });
}

const inputsOf = (format: string): string[] => fixturesOf(format).map((fixture) => fixture.input);
const totals = (result: IngestResult) =>
  result.receipts.reduce(
    (sum, { account }) => ({
      units: sum.units + account.units,
      events: sum.events + account.events,
      rejects: sum.rejects + account.rejects,
      excluded: sum.excluded + account.excluded,
    }),
    { units: 0, events: 0, rejects: 0, excluded: 0 },
  );

describe.each(FORMATS.map((format) => format.name))('%s, carried and sealed', (name) => {
  test('accounts add up: every event, reject and receipt is sealed once, and the receipt entry closes every log it names', async () => {
    const { workshop, options } = await open();
    try {
      const result = await ingestPaths({ ...(await options()), paths: inputsOf(name) });
      await workshop.sealAll();
      const sum = totals(result);
      expect(sum.units).toBe(sum.events + sum.rejects + sum.excluded);
      const records = await sealedRecords(workshop);
      const ofType = (type: SealedRecord['type']): number =>
        records.filter((record) => record.type === type).length;
      expect(ofType('reject')).toBe(sum.rejects);
      expect(ofType('receipt')).toBe(
        result.receipts.reduce((logs, { account }) => logs + Object.keys(account.logs).length, 0),
      );
      const ids = records.flatMap((record) => (record.type === 'event' ? [contentOf(record.record)] : []));
      expect(new Set(ids).size).toBe(ids.length);
      for (const { account } of result.receipts) {
        expect(Object.values(account.logs).reduce((a, b) => a + b, 0)).toBe(account.events);
        expect(Object.values(account.exclusions).reduce((a, b) => a + b, 0)).toBe(account.excluded);
      }
    } finally {
      await workshop.dispose();
    }
  });

  test('stopped at any point and swept: the same records as without the stop', async () => {
    const whole = await open();
    await ingestPaths({ ...(await whole.options()), paths: inputsOf(name) });
    await whole.workshop.sealAll();
    const expected = (await sealedRecords(whole.workshop)).map(shown).sort();
    await whole.workshop.dispose();

    for (const stop of [0, 1, 2, Math.floor(expected.length / 2), expected.length - 1]) {
      const { workshop, options } = await open();
      try {
        const broken = failingAfter(workshop.stream, stop);
        await expect(ingestPaths({ ...(await options(broken)), paths: inputsOf(name) })).rejects.toThrow(
          'taken away',
        );
        await workshop.sealAll();
        const swept = await sweep({ ...(await options()), olderThan: 0 });
        expect(swept.carried.length).toBeGreaterThan(0);
        await workshop.sealAll();
        expect((await sealedRecords(workshop)).map(shown).sort()).toEqual(expected);
        expect((await sweep({ ...(await options()), olderThan: 0 })).carried).toEqual([]);
      } finally {
        await workshop.dispose();
      }
    }
  });
});

describe('ingest', () => {
  let workshop: Workshop;
  let options: Awaited<ReturnType<typeof open>>['options'];
  beforeEach(async () => {
    ({ workshop, options } = await open());
  });
  afterEach(() => workshop.dispose());

  const file = (name: string, text: string | Uint8Array): string => {
    const path = join(workshop.folder, 'in', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const line = (text: string): string =>
    `${JSON.stringify({ network: 'irc', conversation: '#desk', from: 'bob', at: '2026-01-05T09:46:00Z', text })}\n`;

  test('the same file twice carries nothing, with the account of the first time', async () => {
    const path = file('a.ndjson', line('one'));
    const first = await ingestPaths({ ...(await options()), paths: [path, path] });
    expect(first.receipts.map(({ state }) => state)).toEqual(['carried']);
    await workshop.sealAll();
    const before = await sealedRecords(workshop);
    const again = await ingestPaths({ ...(await options()), paths: [path] });
    expect(again.receipts.map(({ state }) => state)).toEqual(['already']);
    expect(again.receipts[0]?.account).toEqual(first.receipts[0]?.account);
    await workshop.sealAll();
    expect(await sealedRecords(workshop)).toHaveLength(before.length);
  });

  test('the first moment of receipt wins, whenever it is carried again', async () => {
    const path = file('a.ndjson', line('one'));
    await ingestPaths({ ...(await options()), paths: [path] });
    const later = { ...(await options()), clock: { now: () => Date.parse('2027-05-01T00:00:00.000Z') } };
    const again = await ingestPaths({ ...later, paths: [path] });
    expect(again.receipts[0]?.receivedAt).toBe('2026-11-21T10:00:00.000Z');
    await workshop.sealAll();
    const quarters = (await sealedRecords(workshop)).map(({ record }) => record.quarter);
    expect(new Set(quarters)).toEqual(new Set(['2026Q4']));
  });

  test('a sweep leaves young receipts to those who carry them', async () => {
    await ingestPaths({ ...(await options()), paths: [file('a.ndjson', line('one'))] });
    expect((await sweep({ ...(await options()), olderThan: 600_000 })).carried).toEqual([]);
    const later = { ...(await options()), clock: { now: () => CLOCK.now() + 600_000 } };
    expect((await sweep({ ...later, olderThan: 600_000 })).carried).toHaveLength(1);
  });

  test('what no format recognises is kept, with a receipt and one reject', async () => {
    const bytes = Buffer.from('%PDF-1.7 not a transcript');
    const { receipts } = await ingestPaths({ ...(await options()), paths: [file('report.pdf', bytes)] });
    expect(receipts[0]).toMatchObject({ format: 'unknown', account: { units: 1, events: 0, rejects: 1 } });
    await workshop.sealAll();
    const [reject] = (await sealedRecords(workshop)).filter(({ type }) => type === 'reject');
    expect(reject?.record).toMatchObject({
      code: 'format-unknown',
      position: { offset: 0, length: bytes.length },
    });
    const capture =
      reject?.type === 'reject' ? await workshop.vault.get(`captures/${reject.record.capture}`) : undefined;
    expect(Buffer.from(capture ?? [])).toEqual(bytes);
  });

  test('links are not followed, and what is no plain file is named and passed over', async () => {
    const path = file('a.ndjson', line('one'));
    symlinkSync(path, join(workshop.folder, 'in', 'link.ndjson'));
    symlinkSync('/', join(workshop.folder, 'in', 'root'));
    const { receipts, skipped } = await ingestPaths({
      ...(await options()),
      paths: [join(workshop.folder, 'in')],
    });
    expect(receipts).toHaveLength(1);
    expect(skipped.map(({ reason }) => reason)).toEqual(['symbolic-link', 'symbolic-link']);
  });

  test('a capture that has gone is told by the sweep and keeps no other receipt from being carried', async () => {
    const { receipts } = await ingestPaths({
      ...(await options(failingAfter(workshop.stream, 10))),
      paths: ['one', 'two', 'three'].map((text) => file(`${text}.ndjson`, line(text))),
    });
    const [lost] = receipts.toSorted((a, b) => (a.receipt < b.receipt ? -1 : 1));
    const stored: unknown = JSON.parse(
      Buffer.from((await workshop.vault.get(`receipts/${lost?.receipt}`)) ?? []).toString(),
    );
    const [{ sha256 }] = (stored as { files: [{ sha256: string }] }).files;
    rmSync(join(workshop.vault.root, 'captures', sha256));
    const swept = await sweep({ ...(await options()), olderThan: 0 });
    expect(swept.damaged.map(({ receipt, error }) => [receipt, error.code])).toEqual([
      [lost?.receipt, 'not-found'],
    ]);
    expect(swept.carried).toHaveLength(2);
  });

  test('a file whose name is no text is read all the same', async () => {
    const folder = Buffer.from(join(workshop.folder, 'in'));
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from('/na\xffme.ndjson', 'latin1')]), line('one'));
    const { receipts, skipped } = await ingestPaths({ ...(await options()), paths: [folder.toString()] });
    expect(skipped).toEqual([]);
    expect(receipts.map(({ paths, account }) => [paths, account.events])).toEqual([
      [[`${folder}/na\ufffdme.ndjson`], 1],
    ]);
  });

  test('a device is not read', async () => {
    const { receipts, skipped } = await ingestPaths({ ...(await options()), paths: ['/dev/zero'] });
    expect(receipts).toEqual([]);
    expect(skipped).toEqual([{ path: '/dev/zero', reason: 'not-a-file' }]);
  });

  (process.getuid?.() === 0 ? test.skip : test)(
    'a file that may not be read is named and passed over (skipped for root)',
    async () => {
      const path = file('secret.ndjson', line('one'));
      chmodSync(path, 0);
      const { skipped } = await ingestPaths({ ...(await options()), paths: [path] });
      expect(skipped).toEqual([{ path, reason: 'unreadable', detail: 'EACCES' }]);
    },
  );

  test.each([
    [{ paths: ['/no/such/path'] }, 'not-found'],
    [{ paths: [''] }, 'bad-usage'],
    [{ paths: ['a\0b'] }, 'bad-usage'],
    [{ paths: ['.'], settings: { format: 'telepathy' } }, 'unknown-format'],
    [{ paths: ['.'], settings: { zone: 'Mars/Olympus' } }, 'bad-settings'],
    [{ paths: ['.'], settings: { network: 'A B' } }, 'bad-settings'],
    [{ paths: ['.'], settings: { account: ' ' } }, 'bad-settings'],
  ])('refuses %j before anything is received', async (given, code) => {
    const captures = (): Promise<string[]> => Array.fromAsync(workshop.vault.list('captures'));
    const before = await captures();
    await expect(ingestPaths({ ...(await options()), ...given })).rejects.toMatchObject({ code });
    expect(await captures()).toEqual(before);
  });

  test('what is stated about an input is used where the source is silent, and said so', async () => {
    const path = file(
      'a.ndjson',
      `${JSON.stringify({ conversation: '#desk', from: 'bob', at: '2026-07-05T09:46:00', text: 'x' })}\n`,
    );
    const settings = { network: 'irc', zone: 'America/New_York', account: 'Bob' };
    await ingestPaths({ ...(await options()), paths: [path], settings });
    await workshop.sealAll();
    const [event] = (await sealedRecords(workshop)).filter(({ type }) => type === 'event');
    expect(event?.record).toMatchObject({
      network: 'irc',
      at: { instant: '2026-07-05T13:46:00.000Z', zone: 'America/New_York', zoneSource: 'setting' },
      provenance: {
        perspective: 'bob',
        facts: { network: 'setting', zone: 'setting', perspective: 'setting' },
      },
    });
  });

  test('an event over 4 MiB of JSON is a reject, the next line is kept', async () => {
    const big = JSON.stringify({
      network: 'irc',
      conversation: '#desk',
      from: 'bob',
      at: '2026-01-05T09:46:00Z',
      text: 'x'.repeat(5 * 1024 * 1024),
    });
    const { receipts } = await ingestPaths({
      ...(await options()),
      paths: [file('big.ndjson', `${big}\n${line('small')}`)],
      settings: { format: 'ndjson' },
    });
    expect(receipts[0]?.account).toMatchObject({ units: 2, events: 1, rejects: 1 });
    await workshop.sealAll();
    const codes = (await sealedRecords(workshop)).flatMap((record) =>
      record.type === 'reject' ? [record.record.code] : [],
    );
    expect(codes).toEqual(['event-too-large']);
  });

  test('a folder of thousands of small files is one receipt each, in the order of their names', async () => {
    for (let i = 0; i < 1500; i++) file(`many/${String(i).padStart(5, '0')}.ndjson`, line(`message ${i}`));
    const { receipts } = await ingestPaths({
      ...(await options()),
      paths: [join(workshop.folder, 'in', 'many')],
    });
    expect(receipts).toHaveLength(1500);
    expect(receipts.map(({ paths }) => paths[0])).toEqual(receipts.map(({ paths }) => paths[0]).sort());
    expect(totals({ receipts, skipped: [] })).toEqual({ units: 1500, events: 1500, rejects: 0, excluded: 0 });
  });

  test('an export that is a folder is named by the folder', async () => {
    const input = fixturesOf('slack').find(({ name }) => name === 'desk')?.input ?? '';
    const { receipts } = await ingestPaths({ ...(await options()), paths: [input] });
    expect(receipts.map(({ place }) => place)).toEqual([`${input}/`]);
  });

  test('progress never goes back', async () => {
    const told: number[] = [];
    const text = Array.from({ length: 5000 }, (_, i) => line(`message ${i}`)).join('');
    await ingestPaths({
      ...(await options()),
      paths: [file('a.ndjson', text), file('b.ndjson', line('x'))],
      progress: ({ units }) => told.push(units),
    });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(5001);
  });
});
