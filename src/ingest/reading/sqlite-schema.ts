/**
 * Where a SQLite file keeps the statements that made its tables: the b-tree whose root is page 1
 * (https://www.sqlite.org/fileformat2.html). Its leaves may lie anywhere in a file that has grown.
 */
import type { SourceFile } from '../format.ts';

const INTERIOR = 0x05;
const HEADER = 100;
/** Leaves that are looked at, and how far into a file. */
const MAX_PAGES = 256;
const MAX_REACH = 64 * 1024 * 1024;

/** The leaves of the schema that lie behind `head`, one after the other; empty where all of it is in the head. */
export async function schemaBehind(file: SourceFile, head: Uint8Array): Promise<Uint8Array> {
  const size = pageSize(head);
  const pages = leavesOf(head, size).filter(
    (page) => page * size > head.length && page * size <= Math.min(file.size, MAX_REACH),
  );
  const last = pages.at(-1);
  if (last === undefined) return new Uint8Array();
  const found = Buffer.alloc(pages.length * size);
  let offset = 0;
  for await (const chunk of file.open()) {
    for (const [i, page] of pages.entries()) {
      const from = (page - 1) * size;
      const start = Math.max(from, offset);
      const end = Math.min(from + size, offset + chunk.length);
      if (start < end) found.set(chunk.subarray(start - offset, end - offset), i * size + start - from);
    }
    offset += chunk.length;
    if (offset >= last * size) break;
  }
  return found;
}

/** Bytes of a page; 0 for a file that ends before it could say. */
function pageSize(head: Uint8Array): number {
  if (head.length <= HEADER) return 0;
  const stated = Buffer.from(head).readUInt16BE(16);
  return stated === 1 ? 65_536 : stated;
}

/** Numbers of the pages below page 1, in their order in the file; none where page 1 is a leaf itself. */
function leavesOf(head: Uint8Array, size: number): number[] {
  const page = Buffer.from(head.subarray(0, size));
  if (size < 512 || page.length < size || page[HEADER] !== INTERIOR) return [];
  const count = Math.min(page.readUInt16BE(HEADER + 3), MAX_PAGES);
  const numbers = new Set<number>([page.readUInt32BE(HEADER + 8)]);
  for (let i = 0; i < count; i++) {
    const pointer = HEADER + 12 + i * 2;
    if (pointer + 2 > page.length) break;
    const cell = page.readUInt16BE(pointer);
    if (cell + 4 <= page.length) numbers.add(page.readUInt32BE(cell));
  }
  return [...numbers].sort((a, b) => a - b);
}
