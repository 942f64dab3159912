import { createHash } from 'node:crypto';
import { canonical } from '../../../src/core/json.ts';
import {
  fieldSalt,
  LEAF_FIELDS,
  type RedactedRecord,
  redact,
  sealLeaf,
  segmentLine,
  verifyRedacted,
} from '../../../src/core/ledger/leaf.ts';
import type { RecordType } from '../../../src/core/record.ts';
import fc from '../../property.ts';

const SALT = '000102030405060708090a0b0c0d0e0f';
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The format as the document states it, step by step. */
function leafByTheBook(type: RecordType, salt: string, record: Record<string, unknown>): string {
  const digests = LEAF_FIELDS[type].map((field) => {
    if (record[field] === undefined) return '';
    return sha(`${sha(`holdfast/salt/1\n${salt}\n${field}`)}\n${canonical(record[field])}`);
  });
  return sha(`holdfast/${type}/1\n${digests.join('\n')}`);
}

const types = Object.keys(LEAF_FIELDS) as RecordType[];
const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 2 }).map((value) => integers(value));
const integers = (value: unknown): unknown => {
  if (typeof value === 'number') return Math.trunc(value) % 2 ** 40 || 0;
  if (Array.isArray(value)) return value.map(integers);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, integers(member)]));
  return value;
};
const sealable = fc.constantFrom(...types).chain((type) =>
  fc.record({
    type: fc.constant(type),
    salt: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    record: fc.record(Object.fromEntries(LEAF_FIELDS[type].map((field) => [field, json])), {
      requiredKeys: [],
    }) as fc.Arbitrary<Record<string, never>>,
  }),
);

test('a leaf is what the document says, and the line is the JCS of leaf, record, salt and type', () => {
  fc.assert(
    fc.property(sealable, fc.nat(), ({ type, salt, record }, leaf) => {
      const sealed = sealLeaf(type, salt, record);
      expect(Buffer.from(sealed.leaf).toString('hex')).toBe(leafByTheBook(type, salt, record));
      expect(sealed.json).toBe(canonical(record));
      expect(segmentLine(leaf, salt, type, sealed.json)).toBe(canonical({ leaf, salt, type, record }));
    }),
  );
});

test('a member that the leaf would not cover is refused, an undefined one is absent', () => {
  expect(() => sealLeaf('act', SALT, { id: '1', secret: 2 })).toThrow(TypeError);
  expect(() => sealLeaf('act', SALT, { id: '1', details: 0.5 })).toThrow(TypeError);
  expect(sealLeaf('act', SALT, { id: '1', node: undefined, extra: undefined })).toEqual(
    sealLeaf('act', SALT, { id: '1' }),
  );
});

test('an absent field and an empty one give different leaves, and so do the same fields under another type', () => {
  const leaf = (type: RecordType, record: object) =>
    Buffer.from(sealLeaf(type, SALT, record).leaf).toString('hex');
  expect(leaf('event', { id: '1' })).not.toBe(leaf('event', { id: '1', text: '' }));
  expect(leaf('event', { provenance: 1 })).not.toBe(leaf('observation', { provenance: 1 }));
});

test('any choice of revealed fields leads to the same leaf, and shows no other value or salt', () => {
  fc.assert(
    fc.property(sealable, fc.array(fc.nat(17)), ({ type, salt, record }, choice) => {
      const reveal = choice.flatMap((i) => LEAF_FIELDS[type][i] ?? []);
      const redacted = redact(type, salt, record, reveal);
      expect(verifyRedacted(redacted)).toEqual(sealLeaf(type, salt, record).leaf);
      expect(Object.keys(redacted.revealed).every((field) => reveal.includes(field as never))).toBe(true);
      expect(canonical(redacted)).not.toContain(salt);
    }),
  );
});

test('a redacted record with a value changed leads elsewhere, a malformed one nowhere', () => {
  const record = { id: 'a', text: 'hello', sealedAt: 'now' };
  const good = redact('event', SALT, record, ['text']);
  const { leaf } = sealLeaf('event', SALT, record);
  const salt = fieldSalt(SALT, 'text');
  expect(verifyRedacted(good)).toEqual(leaf);
  expect(verifyRedacted({ ...good, revealed: { text: { salt, value: 'hullo' } } })).not.toEqual(leaf);
  const hidden = good.hidden;
  const malformed: RedactedRecord[] = [
    { ...good, type: 'toString' as RecordType },
    { ...good, hidden: { ...hidden, text: sha('x') } },
    { ...good, hidden: { ...hidden, nothing: sha('x') } },
    { ...good, hidden: { ...hidden, id: 'AA' } },
    { ...good, hidden: { ...hidden, id: '' } },
    { ...good, revealed: { text: { salt: 'short', value: 'hello' } } },
  ];
  for (const redacted of malformed) expect(verifyRedacted(redacted)).toBeUndefined();
});
