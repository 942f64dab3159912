import { HoldfastError } from '../../core/errors.ts';

/** A segment starts with no dot: `.` and `..` cannot climb, and dot folders stay free for the vault's own use. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
const LONGEST_SEGMENT = 255;

/** Whether `name` may name an object. Names reach the vault from archives of others, so this is a boundary. */
export function isVaultName(name: string): boolean {
  return NAME.test(name) && name.split('/').every((segment) => segment.length <= LONGEST_SEGMENT);
}

/** Throws `bad-usage` for a name that no object can have. The name itself may be hostile and is not repeated. */
export function checkVaultName(name: string): void {
  if (isVaultName(name)) return;
  throw new HoldfastError('bad-usage', 'This is no name that a vault object can have.', {
    hint: 'Names are segments of A–Z a–z 0–9 . _ - joined by /, none starting with a dot.',
  });
}
