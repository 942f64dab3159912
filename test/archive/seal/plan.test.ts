import { readLine } from '../../../src/archive/read/segment.ts';
import type { Known } from '../../../src/archive/seal/dedup-table.ts';
import { planBatch } from '../../../src/archive/seal/plan.ts';
import { DedupKeyer, type DedupKeys, NO_DEDUP_KEY } from '../../../src/core/dedup.ts';
import { sealLeaf } from '../../../src/core/ledger/leaf.ts';
import type { SealedRecord } from '../../../src/core/record.ts';
import fc from '../../property.ts';
import { carried, carriedReceipt, DEDUP_SECRET, messageEvent, RECEIPT } from '../workshop.ts';

const keyer = new DedupKeyer(DEDUP_SECRET);

/** Plans messages cut into batches at `cuts`, with a plain table of what was sealed. */
function seal(
  messages: readonly string[],
  cuts: readonly number[],
): { records: SealedRecord[]; duplicates: number } {
  const contents = new Map<string, { name: string; perspective: string }>();
  const perspectives = new Set<string>();
  const records: SealedRecord[] = [];
  let salts = 0;
  let duplicates = 0;
  const known = (keys: DedupKeys): Known => {
    const found = contents.get(keys.content);
    if (found === undefined) return { state: 'new' };
    if (
      keys.perspective === NO_DEDUP_KEY ||
      found.perspective === keys.perspective ||
      perspectives.has(keys.perspective)
    )
      return { state: 'duplicate' };
    return { state: 'seen-elsewhere', record: found.name };
  };
  const ends = [...new Set([...cuts.map((cut) => cut % (messages.length + 1)), messages.length])].sort(
    (a, b) => a - b,
  );
  let from = 0;
  for (const to of ends) {
    const size = records.length;
    const plan = finished(
      planBatch({
        log: 'm0',
        size,
        from,
        messages: messages.slice(from, to),
        sealedAt: '2026-02-01T00:00:00.000Z',
        keyer,
        known,
        salt: () => (salts++).toString(16).padStart(32, '0'),
        fallback: { class: 'fallback', quarter: '2026Q1' },
      }),
    );
    const lines = plan.segments.flatMap(({ lines: bytes }) =>
      Buffer.from(bytes).toString().split('\n').slice(0, -1),
    );
    expect(lines).toHaveLength(plan.leaves.length / 32);
    lines.forEach((line, i) => {
      const read = readLine(line, size + i, plan.leaves.subarray(i * 32, i * 32 + 32));
      if (!read.ok) throw new Error(read.why);
      records.push(read.value);
      const [content, perspective] = [0, 16].map((at) =>
        Buffer.from(plan.dedup.subarray(i * 32 + at, i * 32 + at + 16)).toString('latin1'),
      );
      if (content === undefined || perspective === undefined) throw new Error('a leaf without keys');
      if (content === NO_DEDUP_KEY) perspectives.add(perspective);
      else contents.set(content, { name: `m0/${size + i}`, perspective });
    });
    duplicates += plan.counts.duplicates;
    from = to;
  }
  return { records, duplicates };
}

/** What a record says, without what numbering gives it. */
const said = ({ type, record }: SealedRecord, all: readonly SealedRecord[]): string => {
  if (type !== 'observation') return JSON.stringify([type, record]);
  const of = all[Number(record.record.split('/')[1])];
  return JSON.stringify([type, { ...record, record: JSON.stringify(of?.record) }]);
};

const message = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        n: fc.nat(12),
        who: fc.constantFrom('ada', 'bob', 'eve'),
        quarter: fc.constantFrom('2025Q4', '2026Q1'),
      })
      .map(({ n, who, quarter }) =>
        carried(messageEvent(n, { provenance: { ...messageEvent(n).provenance, perspective: who } }), {
          class: `c${n % 3}`,
          quarter,
        }),
      ),
  },
  fc.nat(2).map((n) => carriedReceipt(RECEIPT.replace(/^./, String(n)), 0)),
  fc.constantFrom('garbage', '{"type":"event"}', ''),
);

test('however the same messages are cut into batches, the same records are sealed and the same number dropped', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 40 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      (messages, cuts) => {
        const whole = seal(messages, []);
        const cut = seal(messages, cuts);
        const sorted = ({ records }: typeof whole): string[] =>
          records.map((record) => said(record, records)).sort();
        expect(sorted(cut)).toEqual(sorted(whole));
        expect(cut.duplicates).toBe(whole.duplicates);
        expect(whole.records.filter(({ type }) => type !== 'observation').length + whole.duplicates).toBe(
          messages.length,
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('the same input gives the same plan, byte for byte', () => {
  const messages = Array.from({ length: 20 }, (_, i) => carried(messageEvent(i % 15)));
  expect(seal(messages, [])).toEqual(seal(messages, []));
});

test('a record’s leaf covers every field of it', () => {
  const [record] = seal([carried(messageEvent(1))], []).records;
  if (record === undefined) throw new Error('nothing was sealed');
  const { leaf } = sealLeaf('event', record.salt, record.record);
  for (const field of Object.keys(record.record)) {
    const changed = sealLeaf('event', record.salt, { ...record.record, [field]: 'x' }).leaf;
    expect(Buffer.compare(changed, leaf)).not.toBe(0);
  }
});

/** Runs work to its end without a pause. */
function finished<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
