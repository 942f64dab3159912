/**
 * DER (X.690): a writer of just the types that certificates and CMS need, and a reader over asn1js. What is read may
 * come from an attacker: every accessor checks the tag and throws `DerError`, never anything else.
 */
import * as asn1js from 'asn1js';

/** The bytes are not the ASN.1 structure that was expected. */
export class DerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DerError';
  }
}

/** Joins byte strings. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = contents.reduce((total, part) => total + part.length, 0);
  if (length < 0x80) return concat(Uint8Array.of(tag, length), ...contents);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return concat(Uint8Array.of(tag, 0x80 | digits.length, ...digits), ...contents);
}

/** Writers. Each returns one complete DER element. */
export const der = {
  sequence: (...members: readonly Uint8Array[]) => encode(0x30, ...members),
  /** SET OF: members sorted by their encodings, as DER demands. */
  set: (...members: readonly Uint8Array[]) =>
    encode(0x31, ...[...members].sort((a, b) => Buffer.compare(a, b))),
  /** A non-negative INTEGER from a number or big-endian bytes. */
  integer(value: number | Uint8Array): Uint8Array<ArrayBuffer> {
    const bytes = typeof value === 'number' ? bigEndian(value) : value;
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start++;
    const digits = bytes.subarray(start);
    const negative = ((digits[0] ?? 0) & 0x80) !== 0;
    return encode(0x02, negative ? concat(Uint8Array.of(0), digits) : digits);
  },
  oid(dotted: string): Uint8Array<ArrayBuffer> {
    const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
    return encode(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
  },
  octets: (bytes: Uint8Array) => encode(0x04, bytes),
  /** BIT STRING of whole bytes. */
  bits: (bytes: Uint8Array, unused = 0) => encode(0x03, Uint8Array.of(unused), bytes),
  utf8: (text: string) => encode(0x0c, new TextEncoder().encode(text)),
  boolean: (value: boolean) => encode(0x01, Uint8Array.of(value ? 0xff : 0)),
  null: () => encode(0x05),
  /** Time as RFC 5280 wants it: UTCTime through 2049, GeneralizedTime after. `at` is milliseconds, cut to seconds. */
  time(at: number): Uint8Array<ArrayBuffer> {
    const digits = new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '');
    return Number(digits.slice(0, 4)) < 2050
      ? encode(0x17, new TextEncoder().encode(digits.slice(2)))
      : encode(0x18, new TextEncoder().encode(digits));
  },
  /** [n] EXPLICIT or an implicit constructed tag: the members stand inside. */
  context: (n: number, ...members: readonly Uint8Array[]) => encode(0xa0 | n, ...members),
  /** [n] IMPLICIT of a primitive type: raw contents. */
  implicit: (n: number, contents: Uint8Array) => encode(0x80 | n, contents),
};

function bigEndian(value: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.from(digits.length === 0 ? [0] : digits);
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest % 128) | 0x80);
  }
  return digits;
}

/** One element that was read. */
export interface DerNode {
  /** Class and number: `universal 16`, `context 0`. */
  readonly tag: string;
  /** The complete element as it stands in the input. */
  readonly raw: Uint8Array;
  /** Contents of a primitive element. */
  readonly contents: Uint8Array;
  readonly children: readonly DerNode[];
}

const CLASSES = ['none', 'universal', 'application', 'context', 'private'];

/** Reads exactly one element. Trailing bytes are refused unless `padded` (a signature's placeholder ends in zeros). */
export function readDer(bytes: Uint8Array, padded = false): DerNode {
  const read = decode(bytes);
  if (read.offset === -1) throw new DerError('not ASN.1');
  if (!padded && read.offset !== bytes.length) throw new DerError('bytes follow the ASN.1 element');
  return node(read.result);
}

/** Times that are none are thrown by the decoder, not returned as an error. */
function decode(bytes: Uint8Array): asn1js.FromBerResult {
  try {
    return asn1js.fromBER(Uint8Array.from(bytes).buffer);
  } catch {
    throw new DerError('not ASN.1');
  }
}

function node(block: asn1js.BaseBlock): DerNode {
  const value: unknown = 'value' in block.valueBlock ? block.valueBlock.value : undefined;
  const raw = block.valueBeforeDecodeView;
  const header = block.blockLength - block.valueBlock.blockLength;
  return {
    tag: `${CLASSES[block.idBlock.tagClass] ?? 'none'} ${block.idBlock.tagNumber}`,
    raw,
    contents: raw.subarray(header),
    children: Array.isArray(value) && block.idBlock.isConstructed ? value.map((child) => node(child)) : [],
  };
}

/** The child at `index`, which must have `tag` where one is given. */
export function child(parent: DerNode, index: number, tag?: string): DerNode {
  const found = parent.children[index];
  if (found === undefined) throw new DerError(`an element ends before member ${index}`);
  if (tag !== undefined && found.tag !== tag) throw new DerError(`found ${found.tag} in place of ${tag}`);
  return found;
}

/** The dotted form of an OBJECT IDENTIFIER. */
export function oidOf(element: DerNode): string {
  if (element.tag !== 'universal 6') throw new DerError(`found ${element.tag} in place of an identifier`);
  const numbers: number[] = [];
  let value = 0;
  for (const byte of element.contents) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
    }
  }
  const first = numbers.shift() ?? 0;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...numbers].join('.');
}

export const TAG = {
  boolean: 'universal 1',
  integer: 'universal 2',
  bits: 'universal 3',
  octets: 'universal 4',
  oid: 'universal 6',
  sequence: 'universal 16',
  set: 'universal 17',
} as const;

/** Object identifiers used in certificates and signatures, with the standard that assigns them. */
export const OID = {
  /** RFC 5652 */
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  /** RFC 5035 */
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  /** RFC 3161, appendix A */
  signatureTimeStampToken: '1.2.840.113549.1.9.16.2.14',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  /** RFC 5758 */
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  /** RFC 5280 */
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  authorityKeyIdentifier: '2.5.29.35',
} as const;
