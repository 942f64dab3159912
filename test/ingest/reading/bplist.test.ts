import { isArray, isDictionary, Plist, PlistFault } from '../../../src/ingest/reading/bplist.ts';
import fc from '../../property.ts';

/** A property list of these objects, the last one at the top. */
function plist(...objects: (number[] | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from('bplist00')];
  const offsets: number[] = [];
  let at = 8;
  for (const object of objects) {
    offsets.push(at);
    parts.push(Buffer.from(object));
    at += object.length;
  }
  const trailer = Buffer.alloc(32);
  trailer[6] = 2;
  trailer[7] = 1;
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(objects.length - 1), 16);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  const table = Buffer.alloc(offsets.length * 2);
  for (const [i, offset] of offsets.entries()) table.writeUInt16BE(offset, i * 2);
  return Buffer.concat([...parts, table, trailer]);
}

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([0x5f, 0x10, value.length]), Buffer.from(value, 'latin1')]);

const topOf = (bytes: Buffer): unknown => {
  const list = new Plist(bytes);
  return list.value(list.top);
};

describe('a binary property list', () => {
  test('gives every kind of object', () => {
    expect(topOf(plist([0x09]))).toBe(true);
    expect(topOf(plist([0x00]))).toBe(null);
    expect(topOf(plist([0x11, 1, 0]))).toBe(256);
    expect(topOf(plist([0x13, 255, 255, 255, 255, 255, 255, 255, 254]))).toBe(-2);
    expect(topOf(plist([0x13, 127, 255, 255, 255, 255, 255, 255, 255]))).toBe(2n ** 63n - 1n);
    expect(topOf(plist([0x23, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]))).toBe(1.5);
    expect(topOf(plist([0x33, 0x40, 0, 0, 0, 0, 0, 0, 0]))).toEqual({ date: 2 });
    expect(topOf(plist(text('a name that is longer than fifteen')))).toBe(
      'a name that is longer than fifteen',
    );
    expect(topOf(plist([0x61, 0x20, 0xac]))).toBe('€');
    expect(topOf(plist([0x80, 7]))).toEqual({ uid: 7 });
    expect(topOf(plist([0x42, 1, 2]))).toEqual(Buffer.from([1, 2]));
  });

  test('finds what a dictionary holds under a key', () => {
    const list = new Plist(plist(text('key'), [0x10, 42], [0xd1, 0, 1]));
    const top = list.value(list.top);
    expect(isDictionary(top)).toBe(true);
    expect(list.get(top, 'key')).toBe(42);
    expect(list.get(top, 'other')).toBeUndefined();
  });

  test('may hold itself: nothing is followed until somebody asks', () => {
    const list = new Plist(plist([0xa2, 0, 0]));
    const top = list.value(list.top);
    expect(isArray(top) && list.value(top.items[0] ?? -1)).toEqual(top);
  });

  test.each([
    ['a count beyond its end', plist([0xaf, 0x12, 0x7f, 0xff, 0xff, 0xff])],
    ['a text beyond its end', plist([0x5f, 0x11, 0xff, 0xff])],
    ['a kind that is not known', plist([0x70])],
    ['a number of a size that is not known', plist([0x20, 0])],
  ])('is a fault where it holds %s', (_, bytes) => {
    expect(() => topOf(bytes)).toThrow(PlistFault);
  });

  test('whatever its bytes are, reading every object ends in a value or a fault', () => {
    const sound = plist(text('key'), [0x10, 42], [0xd1, 0, 1]);
    fc.assert(
      fc.property(fc.nat({ max: sound.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const bytes = Buffer.from(sound);
        bytes[at] = byte;
        try {
          const list = new Plist(bytes);
          for (let i = 0; i < 3; i++) list.value(i);
        } catch (error) {
          if (!(error instanceof PlistFault)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
