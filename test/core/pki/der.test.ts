import { child, DerError, der, oidOf, readDer } from '../../../src/core/pki/der.ts';
import fc from '../../property.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('integers, identifiers and times are written as X.690 says', () => {
  expect(hex(der.integer(0))).toBe('020100');
  expect(hex(der.integer(127))).toBe('02017f');
  expect(hex(der.integer(128))).toBe('02020080');
  expect(hex(der.integer(Uint8Array.of(0, 0, 0xff)))).toBe('020200ff');
  expect(hex(der.oid('1.2.840.113549.1.7.2'))).toBe('06092a864886f70d010702');
  expect(hex(der.oid('2.16.840.1.101.3.4.2.1'))).toBe('0609608648016503040201');
  expect(Buffer.from(der.time(Date.UTC(2049, 11, 31, 23, 59, 59, 999))).toString('latin1')).toContain(
    '491231235959Z',
  );
  expect(Buffer.from(der.time(Date.UTC(2050, 0, 1))).toString('latin1')).toContain('20500101000000Z');
  expect(hex(der.set(der.integer(2), der.integer(1)))).toBe('3106020101020102');
  expect(hex(der.octets(new Uint8Array(200))).slice(0, 6)).toBe('0481c8');
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(), (bytes, number) => {
      const read = readDer(der.sequence(der.octets(bytes), der.context(0, der.integer(number))));
      expect(hex(child(read, 0, 'universal 4').contents)).toBe(hex(bytes));
      expect(Number(`0x${hex(child(child(read, 1, 'context 0'), 0, 'universal 2').contents)}`)).toBe(number);
    }),
  );
  fc.assert(
    fc.property(
      fc.nat(2),
      fc.nat(39),
      fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
      (first, second, rest) => {
        const dotted = [first, second, ...rest].join('.');
        expect(oidOf(readDer(der.oid(dotted)))).toBe(dotted);
      },
    ),
  );
});

test('hostile bytes give a DerError or an element, nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        readDer(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(DerError);
      }
    }),
    { numRuns: 2000 },
  );
  expect(() => readDer(Uint8Array.of(2, 1, 5, 0))).toThrow(DerError);
  expect(() => readDer(Uint8Array.of(24, 0))).toThrow(DerError);
  expect(readDer(Uint8Array.of(2, 1, 5, 0), true).tag).toBe('universal 2');
  // Nesting deep enough to end a recursive reader's stack.
  const nested = Uint8Array.from({ length: 200_000 }, (_, index) => (index % 2 === 0 ? 0x30 : 0x80));
  expect(() => readDer(nested)).toThrow(DerError);
});
