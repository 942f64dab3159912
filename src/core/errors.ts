/**
 * Every error that Holdfast raises on purpose. A code is a promise: programs branch on it, `docs/errors.md` lists it
 * (generated from this table), messages may change. `exit` is the process exit code of the command line.
 */
export const ERRORS = {
  'bad-usage': { exit: 2, says: 'The command or its arguments are not of the form that the command takes.' },
  'bad-settings': {
    exit: 2,
    says: 'A setting (flag, environment or configuration file) is missing or not of its form.',
  },
  'bad-query': { exit: 2, says: 'The query cannot be read; the hint points at the place.' },
  'unknown-field': { exit: 2, says: 'The query names a field that does not exist, or does not exist yet.' },
  'query-too-wide': {
    exit: 2,
    says: 'The query expands past what the index can answer whole; it is refused, never cut.',
  },
  'unknown-format': { exit: 2, says: 'No transcript format has this name.' },
  interrupted: { exit: 1, says: 'The command was stopped before its end; what was acknowledged is kept.' },
  'not-found': { exit: 1, says: 'What was asked for does not exist in this archive.' },
  'no-archive': { exit: 1, says: 'The folder holds no archive.' },
  'archive-exists': { exit: 1, says: 'The folder already holds an archive; nothing was changed.' },
  'archive-held': { exit: 1, says: 'Another process holds the archive and does not answer.' },
  'wrong-passphrase': { exit: 1, says: 'The key file cannot be opened with the passphrase given.' },
  'key-missing': { exit: 1, says: 'A key file that is needed is not in the key folder.' },
  'storage-full': {
    exit: 1,
    says: 'The disk is full: the write was refused and nothing that was acknowledged is lost.',
  },
  'storage-failed': {
    exit: 1,
    says: 'The storage answered with an error; what was not acknowledged may have to be sent again.',
  },
  'stream-away': { exit: 1, says: 'The stream (Kafka) does not answer.' },
  'source-away': {
    exit: 1,
    says: 'The database from which transcripts are read does not answer, or refuses the account.',
  },
  'index-away': { exit: 1, says: 'The index (Elasticsearch) does not answer.' },
  'index-incomplete': {
    exit: 1,
    says: 'The index has not as many documents as events are sealed; nothing was selected by it.',
  },
  'incident-gap': {
    exit: 1,
    says: 'The stream no longer holds entries that no commit has sealed; the log stops until a person decides.',
  },
  'incident-mismatch': {
    exit: 1,
    says: 'The stream shows another entry at the last sealed position; the log stops until a person decides.',
  },
  'incident-fork': {
    exit: 1,
    says: 'A commit exists that does not extend the last commit of this writer; the log stops until a person decides.',
  },
  fenced: {
    exit: 1,
    says: 'Another archiver committed first; this batch was dropped and the new head read.',
  },
  'timestamp-failed': {
    exit: 1,
    says: 'The timestamp authority does not answer, or not with a token for this request.',
  },
  'damaged-archive': {
    exit: 3,
    says: 'A file of the archive is missing or is not what the ledger says it is.',
  },
  'production-differs': {
    exit: 3,
    says: 'A production does not come out as its entry fixed it; nothing of it was written.',
  },
  refused: {
    exit: 1,
    says: 'The act is sealed as void: the actor has no permission for it, or a rule forbids it.',
  },
  'register-stale': {
    exit: 1,
    says: 'This node has not read the newest control entries for more than five seconds.',
  },
  'removal-refused': { exit: 1, says: 'Nothing may be removed: no disposal has been sealed for it.' },
  'fault-found': { exit: 3, says: 'Verification found at least one fault; each is named in the answer.' },
  conflict: {
    exit: 1,
    says: 'Somebody else changed the same thing first; the answer names what won. Look again, then decide.',
  },
  'sign-in-failed': {
    exit: 1,
    says: 'Account, password or code are not right, or the account may not sign in; which of them is not said.',
  },
  'second-factor-needed': { exit: 1, says: 'The account has a second factor: its six digits are missing.' },
  'session-ended': {
    exit: 1,
    says: 'The token is missing, expired, revoked, or not one of this archive: sign in again.',
  },
  'not-permitted': {
    exit: 1,
    says: 'The account has no permission for this, or its grant does not reach it.',
  },
  'password-change-needed': {
    exit: 1,
    says: 'A one-time password only lets its account choose a password of its own.',
  },
  'weak-password': { exit: 2, says: 'The new password is too short or too plain.' },
  'too-many-requests': {
    exit: 1,
    says: 'Too many requests or failed sign-ins: wait as long as the hint says.',
  },
  'too-large': { exit: 2, says: 'The request is larger than the service takes.' },
  'bad-request': { exit: 2, says: 'The request is not of the form that openapi.yaml asks for.' },
  internal: { exit: 1, says: 'A fault in Holdfast itself; nothing that was acknowledged is lost.' },
} as const satisfies Record<string, { exit: 1 | 2 | 3; says: string }>;

/** The closed set of error codes. */
export type ErrorCode = keyof typeof ERRORS;

/** Whether `value` is the code of an error of ours. */
export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(ERRORS, value);

/** The one error class: a code to branch on, a sentence to read, a hint that says what to do. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** Names of what was denied, by what they name, for the entry of the denial: see {@link denialOf}. */
  readonly denies: { readonly [what: string]: string } | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; denies?: { readonly [what: string]: string } } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HoldfastError';
    this.code = code;
    this.hint = options.hint;
    this.denies = options.denies;
  }
}

/** Narrows an unknown caught value to a {@link HoldfastError}, optionally of one code. */
export function isHoldfastError(error: unknown, code?: ErrorCode): error is HoldfastError {
  return error instanceof HoldfastError && (code === undefined || error.code === code);
}

/** Of an account that has said who it is: what it may not do, or does not prove anew. */
const DENIALS: readonly ErrorCode[] = [
  'not-permitted',
  'password-change-needed',
  'sign-in-failed',
  'second-factor-needed',
];

/** Characters of a name that an entry says somebody was denied: he may have asked for anything. */
const LONGEST_DENIED = 100;

/**
 * What the entry says of an error that denies somebody something, which is sealed before it is told; undefined for any
 * other. A thing that he may not know of is denied as `not-found`, and so is one that is not there: neither the answer nor
 * the time that it takes tells them apart.
 */
export function denialOf(error: unknown): { readonly [what: string]: string } | undefined {
  if (!isHoldfastError(error) || (error.denies === undefined && !DENIALS.includes(error.code)))
    return undefined;
  const names = Object.entries(error.denies ?? {});
  return Object.fromEntries(names.map(([what, name]) => [what, name.slice(0, LONGEST_DENIED)]));
}
