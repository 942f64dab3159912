import { canonical } from '../../../src/core/json.ts';
import {
  commitBytes,
  commitName,
  leafCount,
  leafValues,
  packValues,
  parseCommit,
} from '../../../src/core/ledger/commit.ts';
import type { Commit } from '../../../src/core/record.ts';
import fc from '../../property.ts';

const H = 'ab'.repeat(32);
const COMMIT: Commit = {
  v: 1,
  log: 'm0',
  n: 3,
  previous: H,
  from: 10,
  to: 12,
  last: H,
  sizeAfter: 9,
  sealedAt: '2026-01-02T03:04:05.678Z',
  segments: [{ class: 'standard', quarter: '2026Q1', digest: H, count: 2 }],
  leaves: packValues([Buffer.alloc(32, 1), Buffer.alloc(32, 2)]),
  dedup: packValues([Buffer.alloc(32, 3), Buffer.alloc(32, 4)]),
  receipts: [{ receipt: H, records: 2, entry: false }],
  checkpoint: 'note',
};

test('a commit is read back from its bytes, which are canonical JSON', () => {
  const bytes = commitBytes(COMMIT);
  expect(bytes.toString()).toBe(canonical(COMMIT));
  expect(parseCommit(bytes, 'm0', 3)).toEqual({ ok: true, value: COMMIT });
  expect(leafCount(COMMIT)).toBe(2);
  expect(leafValues(COMMIT)).toHaveLength(64);
  expect(commitName('m0.2', 7)).toBe('ledger/m0.2/commits/000000000007');
});

test('a commit with any one byte changed is not read as the same commit', () => {
  const bytes = commitBytes(COMMIT);
  for (let i = 0; i < bytes.length; i++) {
    const spoilt = Uint8Array.from(bytes);
    spoilt[i] = (spoilt[i] as number) ^ 1;
    const read = parseCommit(spoilt, 'm0', 3);
    if (read.ok) expect(read.value).not.toEqual(COMMIT);
  }
});

test('a commit whose members are of another form, place or sum is refused with a reason', () => {
  const variants: Record<string, unknown>[] = [
    { v: 2 },
    { log: 'm1' },
    { n: 4 },
    { previous: null },
    { previous: 'x' },
    { from: 13 },
    { from: -1 },
    { to: 1e300 },
    { last: 'x' },
    { sizeAfter: 1 },
    { sealedAt: 'yesterday' },
    { leaves: '' },
    { leaves: 7 },
    { leaves: `${COMMIT.leaves}\n` },
    { dedup: COMMIT.leaves.slice(4) },
    { segments: [] },
    { segments: {} },
    { segments: [{ ...COMMIT.segments[0], class: '../up' }] },
    { segments: [{ ...COMMIT.segments[0], quarter: '2026Q5' }] },
    { segments: [{ ...COMMIT.segments[0], count: 0 }] },
    { segments: [{ ...COMMIT.segments[0], more: 1 }] },
    { segments: ['2026Q2', '2026Q1'].map((quarter) => ({ ...COMMIT.segments[0], quarter, count: 1 })) },
    { segments: ['2026Q1', '2026Q1'].map((quarter) => ({ ...COMMIT.segments[0], quarter, count: 1 })) },
    { receipts: [{ receipt: H, records: 2 }] },
    { receipts: [null] },
    { checkpoint: null },
    { more: true },
  ];
  for (const variant of variants) {
    const text = JSON.stringify({ ...COMMIT, ...variant }, Object.keys({ ...COMMIT, ...variant }).sort());
    const bytes = Buffer.from(safeCanonical({ ...COMMIT, ...variant }) ?? text);
    expect({ variant, read: parseCommit(bytes, 'm0', 3) }).toMatchObject({ variant, read: { ok: false } });
  }
});

function safeCanonical(value: unknown): string | undefined {
  try {
    return canonical(value);
  } catch {
    return undefined;
  }
}

test('bytes that are no canonical JSON are refused and never thrown at the reader', () => {
  const text = canonical(COMMIT);
  for (const hostile of [
    '',
    '{',
    '[]',
    'null',
    '"x"',
    ` ${text}`,
    text.replace(':3', ':3.0'),
    '{"v":1,"v":1}',
  ])
    expect(parseCommit(Buffer.from(hostile), 'm0', 3).ok).toBe(false);
  expect(parseCommit(Buffer.from('['.repeat(200_000)), 'm0', 3).ok).toBe(false);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (junk) =>
      expect(parseCommit(junk, 'm0', 3).ok).toBe(false),
    ),
  );
});
