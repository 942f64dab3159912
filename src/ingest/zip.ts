/** Zip archives from a hostile source: names are judged here, sizes hold, checksums are checked. */
import { crc32 } from 'node:zlib';
import { isHoldfastError } from '../core/errors.ts';
import type { RejectCode } from '../core/rejects.ts';
import { readPart } from './container.ts';
import type { Damage } from './format.ts';
import { inflated, inflatedAtOnce } from './inflate.ts';
import { CachedBytes, type RandomBytes } from './random-bytes.ts';
import { directory } from './zip-directory.ts';
import { DEFLATED, localHeader, type ZipMember } from './zip-header.ts';
import { salvage } from './zip-salvage.ts';

export type { ZipMember } from './zip-header.ts';

/** Members up to this size, packed and unpacked, are read at once: most are, and a stream for each is slow. */
const SMALL = 1024 * 1024;

/**
 * The members of an archive, as its directory names them; where that is damaged, also those that are found without it.
 * What cannot be read is said, what can be is returned.
 */
export async function openZip(
  bytes: RandomBytes,
  limit: number,
): Promise<{ members: ZipMember[]; problem?: { code: RejectCode; detail: string } }> {
  const cached = new CachedBytes(bytes);
  const members: ZipMember[] = [];
  try {
    for await (const member of directory(cached)) {
      if (members.length >= limit) return { members, problem: tooMany(limit) };
      members.push(member);
    }
    return { members };
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    const known = new Set(members.map(({ start }) => start));
    for await (const member of salvage(cached)) {
      if (known.has(member.start)) continue;
      if (members.length >= limit) return { members, problem: tooMany(limit) };
      members.push(member);
    }
    return { members, problem: { code: 'zip-damaged', detail: `its directory: ${reason(error)}` } };
  }
}

const tooMany = (limit: number): { code: RejectCode; detail: string } => ({
  code: 'too-many-files',
  detail: `more than ${limit} members`,
});

/** Unpacks a member. Ends early where it is damaged, and tells `damaged`; rejects only when the storage fails. */
export async function* readMember(
  member: ZipMember,
  damaged: (damage: Damage) => void,
): AsyncIterable<Uint8Array> {
  let offset = 0;
  let sum = 0;
  const damage = (detail: string): void => damaged({ code: 'zip-damaged', offset, detail });
  try {
    for await (const chunk of unpacked(member)) {
      const room = member.size - offset;
      const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
      offset += part.length;
      sum = crc32(part, sum);
      if (part.length > 0) yield part;
      if (chunk.length > room) return damage('longer than the archive states');
    }
    if (member.isCut === true) damage('the archive is cut off in it');
    else if (offset < member.size) damage('shorter than the archive states');
    else if (sum !== member.crc32) damage('the checksum differs');
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    damage(reason(error));
  }
}

async function* unpacked({
  bytes,
  start,
  method,
  size,
  compressedSize,
}: ZipMember): AsyncIterable<Uint8Array> {
  const header = await localHeader(bytes, start);
  if (header === undefined) throw new Error('its header is not where the directory says');
  const end = Math.min(header.data + compressedSize, bytes.size);
  if (method !== DEFLATED) return yield* bytes.read(header.data, end);
  if (size <= SMALL && compressedSize <= SMALL) {
    const whole = inflatedAtOnce(await readPart(bytes, header.data, end), size);
    if (whole !== undefined) return yield whole;
  }
  // What is damaged is unpacked as far as it goes.
  yield* inflated(bytes.read(header.data, end));
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : 'unreadable').replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 120);
