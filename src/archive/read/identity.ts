import { HoldfastError } from '../../core/errors.ts';
import { bad, fromBase64, good, type Read } from '../../core/ledger/read.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { ArchiveIdentity } from '../reader.ts';

/** Vault name of the archive's identity. */
export const IDENTITY_NAME = 'ledger/archive.json';
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** More transcript logs than a name `m0` … `m9999` can number. */
const MOST_PARTITIONS = 10_000;

/** Reads the bytes of `ledger/archive.json`, which may be anything. */
export function parseIdentity(bytes: Uint8Array): Read<ArchiveIdentity> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return bad('it is not JSON');
  }
  return isIdentity(value) ? good(value) : bad('it is no archive identity of version 1');
}

/** True for what has the form of an archive's identity: also what control's first act repeats. */
export function isIdentity(value: unknown): value is ArchiveIdentity {
  if (!isObject(value) || !isObject(value.keys)) return false;
  return (
    value.v === 1 &&
    typeof value.id === 'string' &&
    ID.test(value.id) &&
    Number.isInteger(value.partitions) &&
    (value.partitions as number) >= 1 &&
    (value.partitions as number) <= MOST_PARTITIONS &&
    typeof value.createdAt === 'string' &&
    INSTANT.test(value.createdAt) &&
    isKey(value.keys.ledger) &&
    isKey(value.keys.node)
  );
}

/** The archive's identity. Throws `no-archive` where there is none, `damaged-archive` where it cannot be read. */
export async function readIdentity(vault: Vault): Promise<ArchiveIdentity> {
  const bytes = await vault.get(IDENTITY_NAME);
  if (bytes === undefined) {
    throw new HoldfastError('no-archive', 'The vault holds no archive.', {
      hint: 'Make one with "holdfast init", or name the folder of an archive with --data.',
    });
  }
  const read = parseIdentity(bytes);
  if (!read.ok) throw new HoldfastError('damaged-archive', `${IDENTITY_NAME}: ${read.why}.`);
  return read.value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isKey = (value: unknown): boolean => typeof value === 'string' && fromBase64(value, 32) !== undefined;
