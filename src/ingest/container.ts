/** What the readers of containers have in common: members with names that were judged, and bytes on demand. */
import type { RejectCode } from '../core/rejects.ts';
import type { Damage } from './format.ts';
import type { RandomBytes } from './random-bytes.ts';

export interface Member {
  readonly name: string;
  /** Unpacked, as the container states it; reading never gives more. */
  readonly size: number;
  readonly problem?: RejectCode;
}

/** A container whose directory was read. */
export interface Container<M extends Member> {
  readonly members: readonly M[];
  /** What of the container itself could not be read. */
  readonly problem?: { readonly code: RejectCode; readonly detail: string };
  /** Bytes of a member. Ends early where it is damaged, and tells `damaged`; rejects only when the storage fails. */
  read(member: M, damaged: (damage: Damage) => void): AsyncIterable<Uint8Array>;
  /** The same bytes with random access, where the container holds them as they are. */
  random?(member: M): RandomBytes;
  /** What one member takes in the container, where it is packed. */
  packed?(member: M): number;
}

/** A stretch of other bytes. */
export function slice(bytes: RandomBytes, start: number, size: number): RandomBytes {
  return { size, read: (from, to) => bytes.read(start + from, Math.min(start + to, start + size)) };
}

/** Bytes [start, end), or fewer where they end before. */
export async function readPart(bytes: RandomBytes, start: number, end: number): Promise<Buffer> {
  const to = Math.min(end, bytes.size);
  if (start >= to) return Buffer.alloc(0);
  const pieces: Uint8Array[] = [];
  for await (const chunk of bytes.read(start, to)) pieces.push(chunk);
  return Buffer.concat(pieces);
}

/** A relative path below its container, with `/` between its parts. */
export function isSafeName(name: string): boolean {
  return (
    name !== '' &&
    name.length <= 4096 &&
    !name.startsWith('/') &&
    !/^[A-Za-z]:/u.test(name) &&
    !/\p{Cc}/u.test(name) &&
    !name.includes('!/') &&
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

/** An unsafe name as it may be shown: control characters replaced, length bounded. */
export const printableName = (name: string): string => name.replaceAll(/\p{Cc}/gu, '\ufffd').slice(0, 200);
