/**
 * Members of an archive whose directory is missing or damaged, by the headers that stand before them: one way forward
 * through the bytes, in bounded memory. Hostile: every size is checked against where the archive ends, and every step
 * goes on.
 */
import { crc32 } from 'node:zlib';
import { isHoldfastError } from '../core/errors.ts';
import { readPart } from './container.ts';
import { inflated } from './inflate.ts';
import type { RandomBytes } from './random-bytes.ts';
import { DEFLATED, judge, type LocalHeader, localHeader, type ZipMember } from './zip-header.ts';

const STEP = 65_536;
/** What may stand after a member: checksum and sizes (APPNOTE 4.3.9). */
const DESCRIPTOR = 24;
/** What all members of unknown size may be unpacked to, to find their ends: as containers allow, times the archive. */
const MOST_UNPACKED = 300;
const UNPACKED_FLOOR = 16 * 1024 * 1024;

type Found =
  | { readonly start: number; readonly header: LocalHeader }
  | { readonly start: number; readonly header?: never };

/** Stretches without a member are given as members that cannot be read. */
export async function* salvage(bytes: RandomBytes): AsyncIterable<ZipMember> {
  let room = UNPACKED_FLOOR + MOST_UNPACKED * bytes.size;
  // Up to here everything is accounted for.
  let known = 0;
  for (let at = 0; ; ) {
    const found = await next(bytes, at);
    if (found.start - known > DESCRIPTOR) yield lost(bytes, known, found.start);
    const { start, header } = found;
    if (header === undefined) return;
    const { member, end, unpacked } = await follow(bytes, start, header, room);
    room -= unpacked;
    if (member !== undefined) yield member;
    at = Math.max(end, header.data);
    known = at;
  }
}

const lost = (bytes: RandomBytes, start: number, end: number): ZipMember => ({
  name: `bytes ${start} to ${end}`,
  size: end - start,
  compressedSize: end - start,
  method: 0,
  crc32: 0,
  start,
  bytes,
  problem: 'zip-damaged',
});

/** The next header of a member at or after `from`; the directory, or the end, where none comes before. */
async function next(bytes: RandomBytes, from: number): Promise<Found> {
  for (let at = from; at < bytes.size; ) {
    const part = await readPart(bytes, at, at + STEP);
    for (let i = part.indexOf('PK'); i >= 0 && i + 4 <= part.length; i = part.indexOf('PK', i + 1)) {
      const signature = part.readUInt16LE(i + 2);
      // A member of the directory, its end, and the end of a large one.
      if ([0x0201, 0x0605, 0x0606].includes(signature)) return { start: at + i };
      if (signature !== 0x0403) continue;
      const header = await localHeader(bytes, at + i);
      if (header !== undefined && header.rawName.length > 0) return { start: at + i, header };
    }
    // Three bytes again: a signature may lie across.
    at += Math.max(1, part.length - 3);
  }
  return { start: bytes.size };
}

interface Followed {
  /** Absent: a folder. */
  readonly member?: ZipMember;
  readonly end: number;
  readonly unpacked: number;
}

async function follow(
  bytes: RandomBytes,
  start: number,
  header: LocalHeader,
  room: number,
): Promise<Followed> {
  const { method, data, stated } = header;
  const judged = judge(header);
  if (stated !== undefined) {
    const stop = data + stated.compressedSize;
    const end = Math.min(stop, bytes.size);
    if (judged === undefined) return { end, unpacked: 0 };
    const cut = stop > bytes.size && (end === data ? NOTHING_LEFT : IS_CUT);
    const sizes = { ...stated, compressedSize: end - data };
    return { member: { method, start, bytes, ...sizes, ...cut, ...judged }, end, unpacked: 0 };
  }
  if (judged === undefined) return { end: data, unpacked: 0 };
  if (judged.problem !== undefined || method !== DEFLATED) {
    const end = (await next(bytes, data)).start;
    const size = end - data;
    const sizes = { size, compressedSize: size, crc32: 0 };
    return { member: { method, start, bytes, ...sizes, ...NOTHING_LEFT, ...judged }, end, unpacked: 0 };
  }
  const { isDamaged, ...sizes } = await measure(bytes, data, room);
  const end = data + sizes.compressedSize;
  const cut = (isDamaged || end >= bytes.size) && (sizes.size === 0 ? NOTHING_LEFT : IS_CUT);
  const bomb = sizes.size > room && { problem: 'zip-bomb' as const };
  return {
    member: { method, start, bytes, ...sizes, ...cut, ...bomb, ...judged },
    end,
    unpacked: sizes.size,
  };
}

const IS_CUT = { isCut: true } as const;
const NOTHING_LEFT = { problem: 'zip-damaged' } as const;

/** Unpacks what starts at `data` to see where it ends. */
async function measure(
  bytes: RandomBytes,
  data: number,
  room: number,
): Promise<{ size: number; compressedSize: number; crc32: number; isDamaged: boolean }> {
  let size = 0;
  let sum = 0;
  let compressedSize = 0;
  let isDamaged = false;
  try {
    const chunks = inflated(forward(bytes, data), (packed) => {
      compressedSize = packed;
    });
    for await (const chunk of chunks) {
      size += chunk.length;
      sum = crc32(chunk, sum);
      if (size > room) break;
    }
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    isDamaged = true;
  }
  return { size, compressedSize, crc32: sum, isDamaged };
}

/** Everything from `start`, read as it is asked for. */
async function* forward(bytes: RandomBytes, start: number): AsyncIterable<Uint8Array> {
  for (let at = start; at < bytes.size; at += STEP) yield* bytes.read(at, Math.min(at + STEP, bytes.size));
}
