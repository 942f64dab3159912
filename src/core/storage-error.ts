/** What a disk's refusal is called. */
import { HoldfastError } from './errors.ts';

/**
 * Node's error code (`ENOENT`, …), or undefined for what is no system error. Not by `instanceof`: errors of Node's own
 * come from another realm where tests run in one.
 */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('syscall' in error) || !('code' in error))
    return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Turns a system error into `storage-full` or `storage-failed`; a HoldfastError stays what it is. */
export function storageError(error: unknown, doing: string): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const errno = errnoOf(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new HoldfastError('storage-full', `No room is left while ${doing}.`, {
      hint: 'Free space on the disk of the archive, then run the command again; nothing acknowledged is lost.',
      cause: error,
    });
  }
  return new HoldfastError('storage-failed', `The disk refused ${doing} (${errno ?? 'unknown error'}).`, {
    hint: 'Check the disk and the rights on the folder of the archive, then run the command again.',
    cause: error,
  });
}
