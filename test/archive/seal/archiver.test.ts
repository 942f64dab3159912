import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiverEvent } from '../../../src/archive/seal/archiver.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import { peekCheckpoint } from '../../../src/core/ledger/checkpoint.ts';
import type { RecordName } from '../../../src/core/record.ts';
import { commitsOf, recordsOf } from '../records.ts';
import {
  BUCKET,
  carried,
  carriedReceipt,
  messageEvent,
  openWorkshop,
  RECEIPT,
  type Workshop,
} from '../workshop.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.dispose());

const incidents = (events: readonly ArchiverEvent[]): string[] =>
  events.flatMap((event) =>
    event.kind === 'incident'
      ? [`${event.log} ${'code' in event.error ? event.error.code : event.error.message}`]
      : [],
  );

describe('sealing', () => {
  test('what the stream carries is sealed once, in order, numbered without gaps', async () => {
    const events = Array.from({ length: 4_500 }, (_, i) => messageEvent(i));
    await workshop.stream.append(
      'm0',
      events.map((event) => carried(event)),
    );
    await workshop.stream.append('m0', [carriedReceipt(RECEIPT, 4_500)]);
    await workshop.sealAll();
    const records = await recordsOf(workshop.vault, 'm0');
    expect(records.map(({ leaf }) => leaf)).toEqual(Array.from({ length: 4_501 }, (_, i) => i));
    expect(records.slice(0, 4_500).map(({ record }) => ('id' in record ? record.id : ''))).toEqual(
      events.map(({ id }) => id),
    );
    const commits = await commitsOf(workshop.vault, 'm0');
    expect(commits.map(({ from, to }) => to - from)).toEqual([0, 2_000, 2_000, 501]);
    expect(commits.at(-1)?.receipts).toEqual([{ receipt: RECEIPT, records: 500, entry: true }]);
    const checkpoint = await workshop.vault.get('ledger/m0/checkpoint');
    expect(peekCheckpoint(Buffer.from(checkpoint ?? '').toString())).toMatchObject({
      ok: true,
      value: { size: 4_501 },
    });
  });

  test('a log begins with a genesis that seals nothing', async () => {
    await workshop.sealAll();
    for (const log of ['m0', 'control', 'audit']) {
      expect(await commitsOf(workshop.vault, log)).toMatchObject([
        { n: 0, from: 0, to: 0, previous: null, last: null, sizeAfter: 0, segments: [] },
      ]);
    }
  });

  test('one segment a bucket, buckets in order, stream order within', async () => {
    const buckets = [
      { class: 'sec-17a-4-b-4', quarter: '2026Q1' },
      { class: 'acts', quarter: '2026Q1' },
      { class: 'sec-17a-4-b-4', quarter: '2026Q2' },
    ];
    await workshop.stream.append(
      'm0',
      Array.from({ length: 9 }, (_, i) => carried(messageEvent(i), buckets[i % 3])),
    );
    await workshop.sealAll();
    const [, commit] = await commitsOf(workshop.vault, 'm0');
    expect(commit?.segments.map((segment) => `${segment.class} ${segment.quarter} ${segment.count}`)).toEqual(
      ['acts 2026Q1 3', 'sec-17a-4-b-4 2026Q1 3', 'sec-17a-4-b-4 2026Q2 3'],
    );
    const order = (await recordsOf(workshop.vault, 'm0')).map(({ record }) =>
      'id' in record ? record.id : '',
    );
    expect(order).toEqual([1, 4, 7, 0, 3, 6, 2, 5, 8].map((n) => messageEvent(n).id));
  });

  test('sealed time never runs backwards, whatever the clock does', async () => {
    let now = Date.parse('2026-03-01T00:00:00.000Z');
    const clock = { now: () => (now -= 3_600_000) };
    for (let i = 0; i < 3; i++) {
      await workshop.stream.append('m0', [carried(messageEvent(i))]);
      await workshop.sealAll({ clock });
    }
    const times = (await commitsOf(workshop.vault, 'm0')).map(({ sealedAt }) => sealedAt);
    expect(times).toEqual([...times].sort());
  });
});

describe('duplicates', () => {
  const ada = { provenance: { ...messageEvent(1).provenance, perspective: 'ada@example.com' } };
  const bob = { provenance: { ...messageEvent(1).provenance, perspective: 'bob@example.com' } };

  test('the same event again is dropped, and the position moves on all the same', async () => {
    const messages = Array.from({ length: 10 }, (_, i) => carried(messageEvent(i)));
    await workshop.stream.append('m0', [...messages, ...messages]);
    await workshop.sealAll();
    await workshop.stream.append('m0', messages);
    const events = await workshop.sealAll();
    expect(await recordsOf(workshop.vault, 'm0')).toHaveLength(10);
    const commits = await commitsOf(workshop.vault, 'm0');
    expect(commits.at(-1)).toMatchObject({ from: 20, to: 30, sizeAfter: 10, segments: [], receipts: [] });
    expect(events.find((event) => event.kind === 'committed')).toMatchObject({ records: 0, duplicates: 10 });
  });

  test('another copy of the same event is one observation that names the record, in one batch and across batches', async () => {
    const expected = { event: messageEvent(1).id, record: 'm0/1' as RecordName };
    await workshop.stream.append('m0', [
      carried(messageEvent(0)),
      carried(messageEvent(1, ada)),
      carried(messageEvent(1, bob)),
      carried(messageEvent(1, bob)),
      carried(messageEvent(1, ada)),
    ]);
    await workshop.sealAll();
    const carla = { provenance: { ...ada.provenance, perspective: 'carla@example.com' } };
    await workshop.stream.append('m0', [
      carried(messageEvent(1, bob)),
      carried(messageEvent(1, carla)),
      carried(messageEvent(1, carla)),
      carried(messageEvent(1, ada)),
    ]);
    await workshop.sealAll();
    const records = await recordsOf(workshop.vault, 'm0');
    expect(records.map(({ type }) => type)).toEqual(['event', 'event', 'observation', 'observation']);
    expect(records[2]?.record).toMatchObject({ ...expected, provenance: bob.provenance });
    expect(records[3]?.record).toMatchObject({ ...expected, provenance: carla.provenance });
  });

  test('an observation names its record where the bucket of the record puts it, though that comes later in the batch', async () => {
    await workshop.stream.append('m0', [
      carried(messageEvent(1, ada), { class: 'zz', quarter: '2026Q1' }),
      carried(messageEvent(1, bob), { class: 'aa', quarter: '2026Q1' }),
    ]);
    await workshop.sealAll();
    const [observation, event] = await recordsOf(workshop.vault, 'm0');
    expect(event).toMatchObject({ type: 'event', leaf: 1 });
    expect(observation).toMatchObject({
      type: 'observation',
      leaf: 0,
      record: { record: 'm0/1', class: 'aa' },
    });
  });

  test('the same id with another content is sealed as a variant', async () => {
    await workshop.stream.append('m0', [
      carried(messageEvent(1)),
      carried(messageEvent(1, { text: 'another text' })),
    ]);
    await workshop.sealAll();
    const records = await recordsOf(workshop.vault, 'm0');
    expect(records.map(({ type, record }) => [type, 'id' in record ? record.id : ''])).toEqual([
      ['event', messageEvent(1).id],
      ['event', messageEvent(1).id],
    ]);
  });

  test('names, markup and extra do not make another event', async () => {
    const renamed = messageEvent(1, {
      sender: { address: 'u042', name: 'A. Example' },
      extra: { seen: 1 },
      markup: { type: 'html', source: '<b>' },
    });
    await workshop.stream.append('m0', [carried(messageEvent(1)), carried(renamed)]);
    await workshop.sealAll();
    expect(await recordsOf(workshop.vault, 'm0')).toHaveLength(1);
  });

  test('a receipt’s entry is sealed once', async () => {
    await workshop.stream.append('m0', [carriedReceipt(RECEIPT, 0), carriedReceipt(RECEIPT, 0)]);
    await workshop.sealAll();
    await workshop.stream.append('m0', [carriedReceipt(RECEIPT, 0)]);
    await workshop.sealAll();
    expect(await recordsOf(workshop.vault, 'm0')).toHaveLength(1);
  });

  test('the table comes back from commits alone, whatever became of its file', async () => {
    const messages = Array.from({ length: 3_000 }, (_, i) => carried(messageEvent(i)));
    const cache = join(workshop.folder, 'cache');
    await workshop.stream.append('m0', messages);
    await workshop.sealAll({ cache });
    const spoilt = [
      async () => undefined,
      () => writeFile(join(cache, 'dedup-m0.keys'), ''),
      () => writeFile(join(cache, 'dedup-m0.keys'), Buffer.alloc(100_000, 7)),
      () => writeFile(join(cache, 'dedup-m0.keys'), Buffer.alloc(100_000, 7), { flag: 'r+' }),
      () => writeFile(join(cache, 'dedup-m0.keys'), 'x', { flag: 'a' }),
    ];
    for (const spoil of spoilt) {
      await spoil();
      await workshop.stream.append('m0', messages);
      expect(incidents(await workshop.sealAll({ cache }))).toEqual([]);
    }
    expect(await recordsOf(workshop.vault, 'm0')).toHaveLength(3_000);
  });

  test('a table of another archive is not used', async () => {
    const cache = join(workshop.folder, 'cache');
    const other = await openWorkshop();
    try {
      await other.stream.append('m0', [carried(messageEvent(1))]);
      await other.sealAll({ cache });
      await workshop.stream.append('m0', [carried(messageEvent(1))]);
      await workshop.sealAll({ cache });
      expect(await recordsOf(workshop.vault, 'm0')).toHaveLength(1);
    } finally {
      await other.dispose();
    }
  });
});

describe('what is no entry', () => {
  const odd = [
    'no JSON',
    '',
    'null',
    '[]',
    '{}',
    '{"type":"event"}',
    JSON.stringify({ type: 'event', event: {}, ...BUCKET }),
    carried(messageEvent(1), { class: '../up', quarter: '2026Q1' }),
    carried(messageEvent(1), { class: 'a', quarter: '2026Q5' }),
    carried(messageEvent(1), { class: 'a', quarter: '9999Q1' }),
    carried(messageEvent(1)).replace('"kind":"message"', '"kind":"gossip"'),
    carried(messageEvent(1)).replace('"text":"', '"text":"\\ud83d'),
    carried(messageEvent(1)).replace('"kind":', '"sealedAt":"x","kind":'),
    carried(messageEvent(1)).replace('"kind":', '"unknown":1,"kind":'),
    carried(messageEvent(1)).replace('"offset":', '"offset":0.5,"was":'),
    carried(messageEvent(1)).replace('"kind":', `"extra":${'['.repeat(50_000)}${']'.repeat(50_000)},"kind":`),
    carried(messageEvent(1)).replace('"kind":', `"extra":${'['.repeat(1_000)}${']'.repeat(1_000)},"kind":`),
    JSON.stringify({ type: 'act', act: { id: 'x' }, class: 'acts', quarter: '2026Q1' }),
  ];

  test('is sealed as a reject with its bytes kept, and blocks nothing', async () => {
    await workshop.stream.append('m0', [...odd, carried(messageEvent(0))]);
    expect(incidents(await workshop.sealAll())).toEqual([]);
    const records = await recordsOf(workshop.vault, 'm0');
    const rejects = records.filter(({ type }) => type === 'reject');
    expect(rejects.map(({ record }) => ('capture' in record ? record.capture : ''))).toEqual(
      odd.map((message) => sha256Hex(message)),
    );
    for (const { record } of rejects)
      expect(record).toMatchObject({ code: 'entry-unreadable', class: 'sec-17a-4-b-4' });
    expect(records.filter(({ type }) => type === 'event')).toHaveLength(1);
    for (const message of odd) {
      const kept = await workshop.vault.get(`captures/${sha256Hex(message)}`);
      expect(Buffer.from(kept ?? 'none').toString()).toBe(message);
    }
  });

  test('text that only looks like half a surrogate pair is an event', async () => {
    const texts = ['\\ud83d', '\\\\udfff', '😀', '\ufffd'];
    await workshop.stream.append(
      'm0',
      texts.map((text, i) =>
        JSON.stringify({ type: 'event', event: messageEvent(i, { text }), ...BUCKET }).replaceAll(
          '😀',
          '\\ud83d\\ude00',
        ),
      ),
    );
    await workshop.sealAll();
    const records = await recordsOf(workshop.vault, 'm0');
    expect(records.map(({ record }) => ('text' in record ? record.text : ''))).toEqual(texts);
  });
});
