/** Ways to damage a file, drawn by a seeded generator. */

/** Whole numbers from 0 to 2^32 − 1; mulberry32, by Tommy Ettinger. */
export function numbersFrom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

type Draw = () => number;
type Mutation = (bytes: Buffer, other: Buffer, next: Draw) => Buffer;

const JUNK = [
  '<',
  '>',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  '\0',
  '\n',
  '\r\n',
  '&#xD800;',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '</Conversation>',
  '<Message>',
  '<![CDATA[',
  ']]>',
  '\\ud800',
  'null',
  '-1',
  '1e999',
  '99999999999999999999',
  '0000-00-00T00:00:00Z',
  '2007-02-30',
  '31/31/2031',
  '(12:00:00) x: y\n',
  '\xff\xfe',
  '\xef\xbb\xbf',
  '\xc0\x80',
  '../../../etc/passwd',
  '__proto__',
  'constructor',
];

const cut = (bytes: Buffer, next: Draw): number => (bytes.length === 0 ? 0 : next() % bytes.length);
const splice = (bytes: Buffer, at: number, remove: number, insert: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);

const MUTATIONS: readonly Mutation[] = [
  // Cut off.
  (bytes, _, next) => bytes.subarray(0, cut(bytes, next)),
  // Without its start.
  (bytes, _, next) => bytes.subarray(cut(bytes, next)),
  // Some bytes changed.
  (bytes, _, next) => {
    const copy = Buffer.from(bytes);
    for (let n = 1 + (next() % 8); n > 0; n--) if (copy.length > 0) copy[cut(copy, next)] = next() & 255;
    return copy;
  },
  // Some bits changed.
  (bytes, _, next) => {
    const copy = Buffer.from(bytes);
    const at = cut(copy, next);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << (next() & 7));
    return copy;
  },
  // Numbers of a binary structure: the greatest, nothing, less than nothing.
  (bytes, _, next) => {
    const copy = Buffer.from(bytes);
    const size = [1, 2, 4, 8][next() & 3] ?? 4;
    const at = cut(copy, next);
    copy.fill([0xff, 0, 0x7f, 0x80][next() & 3] ?? 0xff, at, Math.min(copy.length, at + size));
    return copy;
  },
  // Something put in.
  (bytes, _, next) =>
    splice(bytes, cut(bytes, next), 0, Buffer.from(JUNK[next() % JUNK.length] ?? '', 'latin1')),
  // Something put in place of something else.
  (bytes, _, next) =>
    splice(bytes, cut(bytes, next), next() % 12, Buffer.from(JUNK[next() % JUNK.length] ?? '', 'latin1')),
  // A stretch taken out.
  (bytes, _, next) => splice(bytes, cut(bytes, next), next() % 400, Buffer.alloc(0)),
  // A stretch twice.
  (bytes, _, next) => {
    const at = cut(bytes, next);
    return splice(bytes, at, 0, bytes.subarray(at, at + (next() % 2000)));
  },
  // A stretch many times.
  (bytes, _, next) => {
    const at = cut(bytes, next);
    const piece = bytes.subarray(at, at + 1 + (next() % 40));
    return splice(bytes, at, 0, Buffer.concat(Array.from({ length: 1 + (next() % 300) }, () => piece)));
  },
  // A stretch of another file.
  (bytes, other, next) => {
    const from = cut(other, next);
    return splice(bytes, cut(bytes, next), next() % 200, other.subarray(from, from + (next() % 600)));
  },
  // Lines in another order.
  (bytes, _, next) => {
    const lines = bytes.toString('latin1').split('\n');
    const at = next() % lines.length;
    const [line = ''] = lines.splice(at, 1);
    lines.splice(next() % (lines.length + 1), 0, line);
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  // Other line ends.
  (bytes, _, next) =>
    Buffer.from(
      bytes.toString('latin1').replaceAll(/\r?\n/gu, ['\r\n', '\n', '\r'][next() % 3] ?? '\n'),
      'latin1',
    ),
  // In other encodings.
  (bytes) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString('utf8'), 'utf16le')]),
  (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1'),
  (bytes) => Buffer.from(bytes.toString('latin1'), 'utf8'),
];

/** The bytes with one to three kinds of damage. */
export function mutated(bytes: Buffer, other: Buffer, next: Draw): Buffer {
  let result = bytes;
  for (let n = 1 + (next() % 3); n > 0; n--)
    result = MUTATIONS[next() % MUTATIONS.length]?.(result, other, next) ?? result;
  return result;
}
