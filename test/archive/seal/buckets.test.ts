import { openReader } from '../../../src/archive/read/open-reader.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import { encodeReceipt, receiptNames } from '../../../src/core/receipt.ts';
import { Node } from '../nodes.ts';
import { BUCKET, carried, messageEvent, openWorkshop, RECEIPT, type Workshop } from '../workshop.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
});
afterEach(() => workshop.dispose());

/** Buckets of the records of m0, in order. */
async function sealed(): Promise<string[]> {
  await workshop.sealAll();
  const reader = await openReader(workshop.vault);
  const buckets: string[] = [];
  for await (const { record } of reader.scan('m0', 0, (await reader.head('m0')).size))
    buckets.push(`${record.class} ${record.quarter}`);
  return buckets;
}

test('an entry that claims an older quarter than its receipt is sealed in that of the receipt', async () => {
  await workshop.stream.append('m0', [carried(messageEvent(1), { class: BUCKET.class, quarter: '1970Q1' })]);
  expect(await sealed()).toEqual([`${BUCKET.class} 2026Q1`]);
});

test('an entry of a receipt that is not there counts as received when it is sealed', async () => {
  const provenance = { ...messageEvent(1).provenance, receipt: sha256Hex('no such receipt') };
  const clock = { now: () => Date.parse('2026-08-01T00:00:00.000Z') };
  await workshop.stream.append('m0', [carried(messageEvent(1, { provenance }))]);
  await workshop.sealAll({ clock });
  expect(await sealed()).toEqual([`${BUCKET.class} 2026Q3`]);
});

test('a bucket that is kept longer than asked for stays', async () => {
  for (const bucket of [
    { class: 'mifid-16-7-extended', quarter: '2026Q1' },
    { class: 'of-a-later-version', quarter: '2026Q1' },
  ])
    await workshop.stream.append('m0', [carried(messageEvent(bucket.class), bucket)]);
  expect(await sealed()).toEqual(['mifid-16-7-extended 2026Q1', 'of-a-later-version 2026Q1']);
});

test('an act is of the class of acts, whatever it says', async () => {
  const act = {
    id: '0'.repeat(32),
    action: 'x',
    actor: 'os:a@b',
    at: '2026-01-02T03:04:05.678Z',
    details: {},
  };
  await workshop.stream.append('m0', [JSON.stringify({ type: 'act', act, ...BUCKET })]);
  expect(await sealed()).toEqual(['acts 2026Q1']);
});

describe('under rules', () => {
  beforeEach(async () => {
    const { archiver } = workshop.archiver();
    const consumption = await workshop.stream.consume(archiver);
    const node = await Node.open(workshop);
    await node.appoint();
    const change = {
      what: 'rule',
      rule: 'folder',
      network: null,
      connector: 'folder',
      group: null,
      conversation: null,
      class: 'mifid-16-7-extended',
    };
    await node.write('ada', 'retention.propose', { proposal: 'p', change, reason: 'policy' });
    await node.write('carl', 'retention.approve', { proposal: 'p', expects: 1 });
    await consumption.stop();
  });

  test('an entry that was carried under older ones gets the longer class', async () => {
    await workshop.stream.append('m0', [carried(messageEvent(1))]);
    expect(await sealed()).toEqual(['mifid-16-7-extended 2026Q1']);
  });

  test('of another connector does not', async () => {
    const other = encodeReceipt({
      files: [],
      connector: 'other',
      format: 'slack',
      settings: { format: 'auto' },
    });
    const receivedAt = '2026-01-02T03:04:05.678Z';
    await workshop.vault.put([
      { name: receiptNames.receipt(other.sha256), bytes: Buffer.from(other.text) },
      { name: receiptNames.received(other.sha256), bytes: Buffer.from(JSON.stringify({ receivedAt })) },
    ]);
    const provenance = { ...messageEvent(1).provenance, receipt: other.sha256 };
    await workshop.stream.append('m0', [carried(messageEvent(1, { provenance }))]);
    expect(await sealed()).toEqual([`${BUCKET.class} 2026Q1`]);
  });

  test('its files go with it', async () => {
    const bytes = Buffer.from('terms of the merger');
    const sha256 = sha256Hex(bytes);
    const name = (bucket: string): string => `attachments/${bucket}/2026Q1/${sha256}`;
    await workshop.vault.put([{ name: name(BUCKET.class), bytes }]);
    const attachments = [{ state: 'held' as const, sha256, size: bytes.length }];
    await workshop.stream.append('m0', [carried(messageEvent(1, { attachments }))]);
    expect(await sealed()).toEqual(['mifid-16-7-extended 2026Q1']);
    expect(await workshop.vault.get(name('mifid-16-7-extended'))).toEqual(new Uint8Array(bytes));
  });
});

test('what a receipt says of its time that is no instant is as if it were not there', async () => {
  const receipt = sha256Hex('damaged');
  await workshop.vault.put([
    { name: receiptNames.received(receipt), bytes: Buffer.from('{"receivedAt":7}') },
  ]);
  const provenance = { ...messageEvent(1).provenance, receipt };
  await workshop.stream.append('m0', [
    carried(messageEvent(1, { provenance }), { class: BUCKET.class, quarter: '2020Q1' }),
    carried(messageEvent(2, { provenance: { ...provenance, receipt: RECEIPT } })),
  ]);
  const clock = { now: () => Date.parse('2026-08-01T00:00:00.000Z') };
  await workshop.sealAll({ clock });
  expect((await sealed()).sort()).toEqual([`${BUCKET.class} 2026Q1`, `${BUCKET.class} 2026Q3`]);
});
