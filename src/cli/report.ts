import { ERRORS, type ErrorCode, HoldfastError } from '../core/errors.ts';
import { type Io, printable } from './io.ts';

/** Characters of a sentence that are printed: arguments stand in it, and they may be huge. */
const LONGEST = 500;

/** What the system says of a path that cannot be used as it was meant. */
const PATH_ERRORS = new Set([
  'EACCES',
  'EEXIST',
  'EINVAL',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  'ERR_INVALID_ARG_VALUE',
]);

/** Hints for codes whose errors are thrown where nobody knows what the person was about to do. */
const HINTS: { readonly [code in ErrorCode]?: string } = {
  'not-found': "'holdfast search' names records, 'holdfast status' the logs and how far they go.",
  'no-archive': "Make one with 'holdfast init', or name the right folder with --data.",
};

/** Prints an error as a person reads it, and with `--json` also as a document, and gives its exit code. */
export function report(error: unknown, io: Io, json: boolean): number {
  const { code, message, hint = HINTS[code] ?? `docs/errors.md says what ${code} means.` } = known(error);
  const sentence = message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message;
  io.err(`holdfast: ${printable(sentence)} [${code}]`);
  io.err(`  ${printable(hint)}`);
  if (json) io.out(JSON.stringify({ error: { code, message: sentence, hint } }));
  return ERRORS[code].exit;
}

function known(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const errno = said(error, 'code');
  if (errno !== undefined && PATH_ERRORS.has(errno)) {
    const path = said(error, 'path');
    const which = path === undefined ? 'A path' : `The path ${path}`;
    return new HoldfastError('bad-usage', `${which} cannot be used: ${errno}.`, {
      hint: 'Look at the paths that were named: whether they exist, what they are, and who may use them.',
      cause: error,
    });
  }
  return new HoldfastError('internal', said(error, 'message') ?? String(error), {
    hint: 'This is a fault in Holdfast. Nothing that was acknowledged is lost; please report it with this sentence.',
    cause: error,
  });
}

/** A property of what was thrown, whatever that is, where it is text. */
function said(error: unknown, property: 'code' | 'path' | 'message'): string | undefined {
  if (typeof error !== 'object' || error === null || !(property in error)) return undefined;
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' ? value : undefined;
}
