import { ERRORS, type ErrorCode, HoldfastError } from '../core/errors.ts';

/** An error as RFC 9457 writes it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly hint?: string;
}

/** Codes whose status does not follow from the exit code: 2 is 400, everything else 500. */
const STATUS: { readonly [code in ErrorCode]?: number } = {
  'session-ended': 401,
  'sign-in-failed': 401,
  'second-factor-needed': 401,
  'not-permitted': 403,
  'password-change-needed': 403,
  refused: 403,
  'removal-refused': 403,
  'not-found': 404,
  'no-archive': 404,
  conflict: 409,
  'archive-exists': 409,
  'too-large': 413,
  'weak-password': 422,
  'too-many-requests': 429,
  'register-stale': 503,
  'stream-away': 503,
  'index-away': 503,
  'index-incomplete': 503,
  'incident-gap': 503,
  'incident-mismatch': 503,
  'incident-fork': 503,
  interrupted: 503,
  'storage-full': 507,
};

/** Longest sentence that is sent: arguments stand in it. */
const LONGEST = 500;

export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? (ERRORS[code].exit === 2 ? 400 : 500);
}

/** The one place where an error becomes an answer. */
export function problemOf(thrown: unknown): Problem {
  const error = known(thrown);
  const { code, hint } = error;
  const status = statusOf(code);
  // What went wrong inside is for the log: a message of the system may name paths.
  const detail = code === 'internal' ? ERRORS.internal.says : error.message.slice(0, LONGEST);
  return {
    type: `urn:holdfast:error:${code}`,
    title: ERRORS[code].says,
    status,
    code,
    detail,
    ...(hint === undefined || code === 'internal' ? {} : { hint }),
  };
}

function known(thrown: unknown): HoldfastError {
  if (thrown instanceof HoldfastError) return thrown;
  // What express, its body parsers and the validator of the contract throw: a status, and a sentence about the form.
  const status = numberIn(thrown, 'status');
  if (status === 404)
    return new HoldfastError('not-found', 'There is nothing at this path.', {
      hint: 'GET /openapi.json lists all paths.',
    });
  if (status === 413)
    return new HoldfastError('too-large', 'The body is too large.', {
      hint: 'Send it in parts, or as an upload.',
    });
  if (status === 429)
    return new HoldfastError('too-many-requests', 'Too many requests.', { hint: 'Wait a minute.' });
  if (status !== undefined && status >= 400 && status < 500)
    return new HoldfastError('bad-request', formOf(thrown), {
      hint: 'GET /openapi.json says what is asked for.',
    });
  return new HoldfastError('internal', 'A fault in the service.', { cause: thrown });
}

/** Which members are not of their form; never what stands in them. */
function formOf(thrown: unknown): string {
  const errors: unknown =
    typeof thrown === 'object' && thrown !== null && 'errors' in thrown ? thrown.errors : undefined;
  if (!Array.isArray(errors) || errors.length === 0) return 'The request is not of its form.';
  const members = errors.slice(0, 5).map((each: unknown) => {
    const path = textIn(each, 'path') ?? '';
    return `${path.replace(/^\//, '').replaceAll('/', '.')} ${(textIn(each, 'message') ?? 'is not of its form').replace(/\.$/, '')}`;
  });
  return `The request is not of its form: ${members.join('; ')}.`;
}

function numberIn(value: unknown, key: string): number | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'number' ? found : undefined;
}

function textIn(value: unknown, key: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'string' ? found.slice(0, 200) : undefined;
}
