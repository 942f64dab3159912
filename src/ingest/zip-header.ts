/** The headers of zip members, wherever they stand: what a member is, and whether it can be read. */
import type { RejectCode } from '../core/rejects.ts';
import { isSafeName, type Member, printableName, readPart } from './container.ts';
import type { RandomBytes } from './random-bytes.ts';

export interface ZipMember extends Member {
  readonly compressedSize: number;
  readonly method: number;
  readonly crc32: number;
  /** Where its header starts in the archive. */
  readonly start: number;
  /** The archive ends, or breaks, before it does. */
  readonly isCut?: true;
  readonly bytes: RandomBytes;
}

const STORED = 0;
export const DEFLATED = 8;
const UTF8_FLAG = 0x800;
const ENCRYPTED_FLAG = 1;

/** What the header of a member, in the directory or before its bytes, says of name and method. */
interface NamedHeader {
  readonly rawName: Buffer;
  readonly flags: number;
  readonly method: number;
}

/** The name as it is used, and the reason why the member cannot be read; undefined for a folder. */
export function judge(header: NamedHeader): { name: string; problem?: RejectCode } | undefined {
  // Some archivers on Windows write `\` between the parts of a name.
  const name = nameOf(header).replaceAll('\\', '/');
  if (name.endsWith('/')) return undefined;
  if (!isSafeName(name)) return { name: printableName(name), problem: 'unsafe-path' };
  if ((header.flags & ENCRYPTED_FLAG) !== 0) return { name, problem: 'zip-encrypted' };
  if (header.method !== STORED && header.method !== DEFLATED) return { name, problem: 'zip-method' };
  return { name };
}

/** UTF-8 where it says so or is so, else one character a byte. */
function nameOf({ rawName, flags }: NamedHeader): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(rawName);
  } catch {
    return rawName.toString((flags & UTF8_FLAG) === 0 ? 'latin1' : 'utf8');
  }
}

/** The header before a member's bytes (APPNOTE 4.3.7). */
export interface LocalHeader extends NamedHeader {
  /** Where the bytes start. */
  readonly data: number;
  /** Undefined where only what follows the bytes says it (flag 3). */
  readonly stated:
    | { readonly size: number; readonly compressedSize: number; readonly crc32: number }
    | undefined;
}

const LOCAL_HEADER = 30;
const SIZES_FOLLOW_FLAG = 8;
const IN_EXTRA = 0xffffffff;

/** Reads the header at `start`; undefined where none is, or the archive ends in it. */
export async function localHeader(bytes: RandomBytes, start: number): Promise<LocalHeader | undefined> {
  const fixed = await readPart(bytes, start, start + LOCAL_HEADER);
  if (fixed.length < LOCAL_HEADER || fixed.readUInt32LE(0) !== 0x04034b50) return undefined;
  const flags = fixed.readUInt16LE(6);
  const nameEnd = start + LOCAL_HEADER + fixed.readUInt16LE(26);
  const data = nameEnd + fixed.readUInt16LE(28);
  if (data > bytes.size) return undefined;
  const rest = await readPart(bytes, start + LOCAL_HEADER, data);
  const rawName = rest.subarray(0, nameEnd - start - LOCAL_HEADER);
  const [compressedSize, size] = [fixed.readUInt32LE(18), fixed.readUInt32LE(22)];
  const sizes =
    compressedSize === IN_EXTRA || size === IN_EXTRA
      ? zip64(rest.subarray(rawName.length))
      : { size, compressedSize };
  const follows = (flags & SIZES_FOLLOW_FLAG) !== 0 && compressedSize === 0;
  const stated = follows || sizes === undefined ? undefined : { ...sizes, crc32: fixed.readUInt32LE(14) };
  return { rawName, flags, method: fixed.readUInt16LE(8), data, stated };
}

/** Sizes past 4 GiB stand in an extra field (APPNOTE 4.5.3). */
function zip64(extra: Buffer): { size: number; compressedSize: number } | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1 || at + 20 > extra.length) continue;
    const [size, compressedSize] = [extra.readBigUInt64LE(at + 4), extra.readBigUInt64LE(at + 12)].map(
      Number,
    );
    if (Number.isSafeInteger(size) && Number.isSafeInteger(compressedSize))
      return { size: size ?? 0, compressedSize: compressedSize ?? 0 };
  }
  return undefined;
}
