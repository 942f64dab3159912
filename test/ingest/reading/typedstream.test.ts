import {
  arrayOf,
  dateOf,
  dictionaryOf,
  runsOf,
  stringOf,
} from '../../../src/ingest/reading/typed-objects.ts';
import { isTypedstream, readTypedstream, TypedstreamFault } from '../../../src/ingest/reading/typedstream.ts';

const HEAD = '040b73747265616d747970656481e803';
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/gu, ''), 'hex');
const text = (value: string): string => Buffer.from(value, 'utf8').toString('hex');
const short = (value: string): string => Buffer.byteLength(value).toString(16).padStart(2, '0') + text(value);

/** `@`, then a string object of two classes. */
const string = (value: string): string =>
  `84 01 40 84 84 84 ${short('NSString')} 01 84 84 ${short('NSObject')} 00 85 84 01 2b ${short(value)} 86`;

/** How a message with one run of attributes is written by Messages. */
const attributed = `84 01 40 84 84 84 ${short('NSAttributedString')} 00 84 84 ${short('NSObject')} 00 85
  92 84 84 84 ${short('NSString')} 01 94 84 01 2b ${short('Café')} 86
  84 02 69 49 01 04 92 84 84 84 ${short('NSDictionary')} 00 94 84 01 69 01
  92 84 96 96 ${short('colour')} 86 92 84 96 96 ${short('blue')} 86 86 86`;

describe('a typedstream', () => {
  test('gives its strings, with references to classes and types that stood before', () => {
    expect(readTypedstream(bytes(HEAD + string('hello'))).map(stringOf)).toEqual(['hello']);
    const [value] = readTypedstream(bytes(HEAD + attributed));
    expect(stringOf(value)).toBe('Café');
    expect(runsOf(value).map(({ length, attributes }) => [length, [...attributes.keys()]])).toEqual([
      [4, ['colour']],
    ]);
  });

  test('is read in either byte order', () => {
    const big = '040b7479706564737472656d81 03e8'.replace('7479706564737472656d', text('typedstream'));
    const long = 'x'.repeat(300);
    const of = (length: string): string =>
      `84 01 40 84 84 84 ${short('NSString')} 01 85 84 01 2b 81 ${length} ${text(long)} 86`;
    expect(readTypedstream(bytes(`${big}${of('012c')}`)).map(stringOf)).toEqual([long]);
    expect(readTypedstream(bytes(`${HEAD}${of('2c01')}`)).map(stringOf)).toEqual([long]);
  });

  test('gives dates, lists and dictionaries of Foundation', () => {
    const date = Buffer.alloc(8);
    date.writeDoubleLE(135_522_144.5);
    const source = `84 01 40 84 84 84 ${short('NSMutableArray')} 00 84 84 ${short('NSArray')} 00 84 84 ${short('NSObject')} 00 85
      84 01 69 01 92 84 84 84 ${short('NSDate')} 00 95 84 01 64 83 ${date.toString('hex')} 86 86`;
    const [list] = readTypedstream(bytes(HEAD + source));
    expect(arrayOf(list).map(dateOf)).toEqual([135_522_144.5]);
    expect(dictionaryOf(list).size).toBe(0);
  });

  test('may refer to itself, and only whoever follows that goes round', () => {
    const [value] = readTypedstream(bytes(`${HEAD} 84 01 40 84 84 84 ${short('A')} 00 85 92 92 86`));
    if (typeof value !== 'object' || value === null || !('groups' in value)) throw new Error('no object');
    expect(value.groups[0]?.[0]).toBe(value);
  });

  test.each([
    ['no stream at all', '00010203'],
    ['a length beyond the end', `${HEAD} 84 01 2b 82 ffffff7f`],
    ['a length below zero', `${HEAD} 84 05 5b 2d 31 63 5d`],
    ['an array larger than the stream', `${HEAD} 84 0c ${text('[999999999i]')}`],
    ['a reference to nothing', `${HEAD} 93`],
    ['a type that is never closed', `${HEAD} 84 02 ${text('{a')}`],
    ['an object without end', `${HEAD} 84 01 40 84 84 84 ${short('A')} 00 85`],
    ['nesting without end', `${HEAD} 84 01 40 84 84 84 ${short('A')} 00 85 ${'92 84 93 '.repeat(100)}`],
    ['a tag in place of a number', `${HEAD} 84 01 69 86`],
  ])('is a fault where it holds %s', (_, hex) => {
    expect(() => readTypedstream(bytes(hex))).toThrow(TypedstreamFault);
  });

  test('is a fault where it holds more values than are read', () => {
    const many = Buffer.concat([bytes(`${HEAD} 84 01 69 00`), bytes('9200'.repeat(1_000_001))]);
    expect(() => readTypedstream(many)).toThrow('values');
  });

  test('is known by its first bytes', () => {
    expect(isTypedstream(bytes(HEAD))).toBe(true);
    expect(isTypedstream(Buffer.from('bplist00'))).toBe(false);
  });
});
