import { HoldfastError } from '../../core/errors.ts';
import type { LogName } from '../../core/record.ts';

const HINT =
  'Find out who changed the topic, then open the next generation of this log; what it misses is carried again from the vault.';

/** Entries that no commit has sealed are not there any more. */
export function gap(log: LogName, next: number, low: number): HoldfastError {
  return new HoldfastError(
    'incident-gap',
    `The topic of ${log} begins at ${low}, but only what lies below ${next} is sealed.`,
    { hint: HINT },
  );
}

/** The partition is held, but has no entry at the offset that comes next. */
export function hole(log: LogName, next: number): HoldfastError {
  return new HoldfastError(
    'incident-gap',
    `The topic of ${log} has no entry at ${next}, though it has later ones.`,
    { hint: `Nobody else may write to this topic, least of all in transactions. ${HINT}` },
  );
}

/** What was sealed last does not stand where it stood. */
export function mismatch(log: LogName, offset: number, how: string): HoldfastError {
  return new HoldfastError(
    'incident-mismatch',
    `The topic of ${log} does not hold the message sealed at ${offset}: ${how}.`,
    { hint: `The topic was replaced or set back. ${HINT}` },
  );
}
