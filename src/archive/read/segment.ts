import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { sha256Hex } from '../../core/hash.ts';
import { sealLeaf, segmentLine } from '../../core/ledger/leaf.ts';
import { bad, good, type Read, sameBytes } from '../../core/ledger/read.ts';
import type { SealedRecord, SegmentName } from '../../core/record.ts';
import { LINE_FEED, SegmentLines } from './segment-lines.ts';

const decompress = promisify(zstdDecompress);

/**
 * No segment is larger when unpacked: a commit closes at 4 MiB of messages, one message may pass that by as much, and
 * sealing adds less than their length again. What unpacks to more is no segment but a bomb.
 */
const MOST_UNPACKED = 64 * 1024 * 1024;
/** Most segments unpack to a few of these; Node's own 16 KiB would be a hundred allocations and waits each. */
const CHUNK = 1024 * 1024;

/** The lines of a segment, from its stored bytes; refused where the bytes are not what the commit names. */
export async function openSegment(bytes: Uint8Array, segment: SegmentName): Promise<Read<SegmentLines>> {
  if (sha256Hex(bytes) !== segment.digest) return bad('its bytes are not those that the commit names');
  let unpacked: Buffer;
  try {
    unpacked = await decompress(bytes, { maxOutputLength: MOST_UNPACKED, chunkSize: CHUNK });
  } catch {
    return bad('it cannot be unpacked');
  }
  if (unpacked.at(-1) !== LINE_FEED) return bad('its last line is not whole');
  const lines = SegmentLines.of(unpacked, segment.count);
  return lines === undefined ? bad('it holds another number of records') : good(lines);
}

/**
 * Reads one line of a segment and checks it: its leaf number, its canonical form, and that it leads to `value`, the leaf
 * value in the commit.
 */
export function readLine(line: string, leaf: number, value: Uint8Array): Read<SealedRecord> {
  let sealed: SealedRecord;
  try {
    // Anything may stand there until the leaf says otherwise; what is not of the form fails in one of the next steps.
    sealed = JSON.parse(line) as SealedRecord;
    if (sealed.leaf !== leaf) return bad('a record has another number than its place');
    const made = sealLeaf(sealed.type, sealed.salt, sealed.record);
    if (!sameBytes(made.leaf, value)) return bad('a record is not what its leaf says');
    if (segmentLine(leaf, sealed.salt, sealed.type, made.json) !== line)
      return bad('a record is not in canonical form');
  } catch {
    return bad('a line is no record');
  }
  return good(sealed);
}
