/**
 * Tar archives from a hostile source: ustar, pax and GNU long names. Members are stretches of the archive itself.
 * Sources: POSIX.1-2024 `pax`, and the GNU tar manual, "Basic Tar Format".
 */
import type { RejectCode } from '../core/rejects.ts';
import { type Container, isSafeName, type Member, printableName, readPart, slice } from './container.ts';
import { CachedBytes, type RandomBytes } from './random-bytes.ts';

export interface TarMember extends Member {
  /** Where its bytes start in the archive. */
  readonly start: number;
}

const BLOCK = 512;
/** Most bytes of a long name or of pax records that are read. */
const MAX_RECORDS = 1024 * 1024;

/** Reads all headers. Where one is damaged, goes on at the next block that is one. */
export async function openTar(archive: RandomBytes, limit: number): Promise<Container<TarMember>> {
  const bytes = new CachedBytes(archive);
  const members: TarMember[] = [];
  let problem: Container<TarMember>['problem'];
  let extended: Extended = {};
  let everywhere: Extended = {};
  for (let at = 0; at + BLOCK <= bytes.size; ) {
    const header = parseHeader(await readPart(bytes, at, at + BLOCK));
    if (header === 'end') {
      at += BLOCK;
      continue;
    }
    if (header === undefined) {
      problem ??= { code: 'zip-damaged', detail: `no header at byte ${at}` };
      at += BLOCK;
      continue;
    }
    const start = at + BLOCK;
    const stated = { ...everywhere, ...extended };
    const size = isRecord(header.type) ? header.size : (stated.size ?? header.size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (isRecord(header.type)) {
      if (size > MAX_RECORDS) problem ??= { code: 'zip-damaged', detail: `a header of ${size} bytes` };
      else {
        const records = await readPart(bytes, start, start + size);
        if (header.type === 'g') everywhere = { ...everywhere, ...paxRecords(records) };
        else if (header.type === 'L') extended = { ...extended, path: textOf(records) };
        else if (header.type !== 'K') extended = { ...extended, ...paxRecords(records) };
      }
      continue;
    }
    const name = (stated.path ?? header.name).replace(/^(?:\.\/)+/u, '');
    extended = {};
    if (header.type === '5' || header.type === 'D' || header.type === 'V' || name.endsWith('/')) continue;
    if (members.length >= limit)
      return container(archive, members, { code: 'too-many-files', detail: `more than ${limit} members` });
    const found = problemOf(header.type, name);
    members.push({
      name: found === 'unsafe-path' ? printableName(name) : name,
      size,
      start,
      ...(found !== undefined && { problem: found }),
    });
  }
  return container(archive, members, problem);
}

function container(
  archive: RandomBytes,
  members: readonly TarMember[],
  problem: Container<TarMember>['problem'],
): Container<TarMember> {
  return {
    members,
    ...(problem !== undefined && { problem }),
    async *read(member, damaged) {
      let offset = 0;
      const end = Math.min(member.start + member.size, archive.size);
      if (member.start < end)
        for await (const chunk of archive.read(member.start, end)) {
          offset += chunk.length;
          yield chunk;
        }
      if (offset < member.size) damaged({ code: 'zip-damaged', offset, detail: 'the archive ends early' });
    },
    random: (member) =>
      slice(archive, member.start, Math.max(0, Math.min(member.size, archive.size - member.start))),
  };
}

/** Whether the first bytes are the header of a member: its checksum holds. */
export const startsAsTar = (head: Buffer): boolean => {
  const header = head.length < BLOCK ? undefined : parseHeader(head.subarray(0, BLOCK));
  return header !== undefined && header !== 'end' && header.name !== '';
};

interface Header {
  readonly name: string;
  readonly size: number;
  /** `0` for files. */
  readonly type: string;
}

/** Names and sizes that do not fit a header. */
interface Extended {
  readonly path?: string;
  readonly size?: number;
}

const isRecord = (type: string): boolean => 'xgLKX'.includes(type);

/** `end`: a block of zeros, as they stand at the end. */
function parseHeader(block: Buffer): Header | 'end' | undefined {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  if (sum === 256 && block[0] === 0) return 'end';
  if (number(block.subarray(148, 156)) !== sum) return undefined;
  const size = number(block.subarray(124, 136));
  if (size === undefined) return undefined;
  // Only POSIX has a prefix; GNU keeps times there.
  const posix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = posix ? textOf(block.subarray(345, 500)) : '';
  const name = textOf(block.subarray(0, 100));
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    // Links and devices have no bytes, whatever they state.
    size: '12346'.includes(type) ? 0 : size,
    type: type === '\0' || type === '7' ? '0' : type,
  };
}

/** Octal digits, or binary where the first bit is set. Undefined: no size of anything. */
function number(field: Buffer): number | undefined {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = (field[0] ?? 0) & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = field.toString('latin1').replaceAll('\0', ' ').trim();
  return /^[0-7]*$/u.test(digits) ? Number.parseInt(digits === '' ? '0' : digits, 8) : undefined;
}

/** Up to the first NUL; UTF-8 where it is, else one character a byte. */
function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  const bytes = end === -1 ? field : field.subarray(0, end);
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}

/** Records `LENGTH KEY=VALUE\n`; what is none ends them. */
function paxRecords(bytes: Buffer): Extended {
  let path: string | undefined;
  let size: number | undefined;
  for (let at = 0; at < bytes.length; ) {
    const [match, digits = ''] = /^(\d{1,7}) /u.exec(bytes.toString('latin1', at, at + 9)) ?? [];
    const length = Number(digits);
    if (match === undefined || length <= match.length || at + length > bytes.length) break;
    const record = textOf(bytes.subarray(at + match.length, at + length - 1));
    if (record.startsWith('path=')) path = record.slice(5);
    else if (/^size=\d{1,15}$/u.test(record)) size = Number(record.slice(5));
    at += length;
  }
  return { ...(path !== undefined && { path }), ...(size !== undefined && { size }) };
}

function problemOf(type: string, name: string): RejectCode | undefined {
  if (!isSafeName(name)) return 'unsafe-path';
  return type === '0' ? undefined : 'no-plain-file';
}
