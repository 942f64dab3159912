import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VECTORS_BY_PATH } from '../../../scripts/record-format-vectors.ts';
import { type RedactedRecord, verifyRedacted } from '../../../src/core/ledger/leaf.ts';

const ROOT = join(import.meta.dirname, '../../..');

test.each(Object.keys(VECTORS_BY_PATH))(
  '%s is what the code computes: sealed formats never change',
  (path) => {
    const made: unknown = JSON.parse(VECTORS_BY_PATH[path] ?? '');
    expect(made).toEqual(JSON.parse(readFileSync(join(ROOT, path), 'utf8')));
  },
);

test('the redacted record of the vectors leads to the leaf of the whole one', () => {
  const { leaves, redacted } = JSON.parse(readFileSync(join(ROOT, 'test/vectors/leaves.json'), 'utf8')) as {
    leaves: { name: string; leaf: string }[];
    redacted: RedactedRecord & { of: string };
  };
  const whole = leaves.find(({ name }) => name === redacted.of);
  expect(Buffer.from(verifyRedacted(redacted) ?? []).toString('hex')).toBe(whole?.leaf);
});

test('docs/record-format.md shows the values of the vectors', () => {
  const document = readFileSync(join(ROOT, 'docs/record-format.md'), 'utf8');
  const shown = [...document.matchAll(/`([0-9a-f]{64})`/g)].map((match) => match[1] as string);
  const vectors = Object.keys(VECTORS_BY_PATH)
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n');
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.filter((value) => !vectors.includes(value))).toEqual([]);
});
