/**
 * The forms of control acts, as sealed under `details`. A form never changes once acts of it are sealed: something new
 * is a new action. Every act names under `expects` the version of the thing that it changes, as its writer saw it; 0
 * for a thing that it makes. So of two writers one loses, and an act that is replayed comes to nothing.
 */
import { z } from 'zod';
import { ROLE_NAMES, type Role } from './roles.ts';

/** Longest text that a person writes into an act, in UTF-16 units. */
const LONGEST_TEXT = 4_000;
const LONGEST_SCOPE = 65_536;

const text = z
  .string()
  .max(LONGEST_TEXT)
  .refine((written) => written.isWellFormed());
const words = text.refine((written) => written.trim() !== '');
const scope = z
  .string()
  .min(1)
  .max(LONGEST_SCOPE)
  .refine((written) => written.isWellFormed());
const account = z.string().regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/);
const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);
const version = z.int().min(0);
const made = z.literal(0);
const role = z.enum(ROLE_NAMES as readonly [Role, ...Role[]]);
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .refine((written) => !Number.isNaN(Date.parse(written)));
const day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .refine((written) => new Date(`${written}T00:00:00Z`).toJSON()?.startsWith(written) === true);
const years = z.int().min(0).max(200);
/** `via`: the local user through whom an account acts at the command line (`os:<user>@<host>`). */
const via = { via: text.exactOptional() };

const classForm = z.strictObject({
  what: z.literal('class'),
  class: name,
  /** Kept so many years; null: without end. */
  years: years.nullable(),
  accessibleYears: years,
  clock: z.enum(['captured', 'sent', 'event']),
  source: words,
  text,
});
const ruleForm = z.strictObject({
  what: z.literal('rule'),
  rule: name,
  /** What an event must have, compared whole; null: anything. */
  network: words.nullable(),
  connector: words.nullable(),
  group: words.nullable(),
  conversation: words.nullable(),
  class: name,
});

export const FORMS = {
  /** `person`: the HR id of the custodian who has the account. `roles`: those that no second person must approve. */
  'account.create': z.strictObject({
    account,
    expects: made,
    displayName: words,
    kind: z.enum(['person', 'service']),
    person: words.nullable(),
    roles: z.array(role).max(ROLE_NAMES.length),
    ...via,
  }),
  'account.change': z.strictObject({
    account,
    expects: version,
    displayName: words,
    person: words.nullable(),
    ...via,
  }),
  'account.disable': z.strictObject({ account, expects: version, reason: words, ...via }),
  'account.enable': z.strictObject({ account, expects: version, reason: words, ...via }),
  'account.request-role': z.strictObject({ account, expects: version, role, reason: words, ...via }),
  'account.approve-role': z.strictObject({ account, expects: version, role, ...via }),
  'account.reject-role': z.strictObject({ account, expects: version, role, reason: words, ...via }),
  /** `directory`: the version that the approver has seen; whom it says the account supervises. */
  'account.approve-people': z.strictObject({ account, expects: version, directory: version, ...via }),
  'account.remove-role': z.strictObject({ account, expects: version, role, reason: words, ...via }),
  'account.request-reset': z.strictObject({ account, expects: version, reason: words, ...via }),
  'account.approve-reset': z.strictObject({ account, expects: version, ...via }),
  'account.reject-reset': z.strictObject({ account, expects: version, reason: words, ...via }),
  'account.revoke-sessions': z.strictObject({ account, expects: version, ...via }),
  /** That a secret changed, never the secret. `reference`: which one, where an account has several. */
  'account.credential': z.strictObject({
    account,
    expects: version,
    credential: z.enum(['password', 'totp', 'api-key']),
    change: z.enum(['set', 'removed']),
    reference: words.nullable(),
    ...via,
  }),
  'grant.add': z.strictObject({
    grant: name,
    expects: made,
    account,
    scope,
    language: version,
    /** When the grant is good; null: from now, or until it is revoked. */
    from: instant.nullable(),
    to: instant.nullable(),
    mayDownload: z.boolean(),
    /** Productions that it shows beside its scope. */
    productions: z.array(name).max(1_000),
    reason: words,
    ...via,
  }),
  'grant.revoke': z.strictObject({ grant: name, expects: version, reason: words, ...via }),
  /** `zone`: in which its days are counted; fixed, because slices and so holds depend on it. */
  'matter.open': z.strictObject({
    matter: name,
    expects: made,
    reference: words,
    zone: words,
    members: z.array(account).max(1_000),
    ...via,
  }),
  'matter.change': z.strictObject({
    matter: name,
    expects: version,
    reference: words,
    members: z.array(account).max(1_000),
    ...via,
  }),
  'hold.place': z.strictObject({
    hold: name,
    expects: made,
    matter: name,
    scope,
    language: version,
    authority: words,
    reason: words,
    /** The day of the event that gave rise to it, where there is one. */
    trigger: day.nullable(),
    ...via,
  }),
  /** Adds a scope beside those that the hold has: it can only widen. */
  'hold.widen': z.strictObject({
    hold: name,
    expects: version,
    scope,
    language: version,
    reason: words,
    ...via,
  }),
  /** Asks to replace all scopes by this one: takes the same approval as a release. */
  'hold.request-narrowing': z.strictObject({
    hold: name,
    expects: version,
    scope,
    language: version,
    reason: words,
    ...via,
  }),
  'hold.request-release': z.strictObject({ hold: name, expects: version, reason: words, ...via }),
  'hold.approve-release': z.strictObject({ hold: name, expects: version, ...via }),
  'hold.reject-release': z.strictObject({ hold: name, expects: version, reason: words, ...via }),
  'retention.propose': z.strictObject({
    proposal: name,
    expects: made,
    change: z.discriminatedUnion('what', [classForm, ruleForm]),
    reason: words,
    ...via,
  }),
  'retention.approve': z.strictObject({ proposal: name, expects: version, ...via }),
  'retention.reject': z.strictObject({ proposal: name, expects: version, reason: words, ...via }),
  /** Fixes an export: the numbers from `first` to `last` of `prefix` are its own for ever. */
  'production.create': z.strictObject({
    production: name,
    expects: made,
    matter: name,
    prefix: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/),
    width: z.int().min(1).max(12),
    first: z.int().min(1),
    last: z.int().min(1),
    /** Everything else that rendering needs; see the export. */
    spec: z.record(z.string(), z.json()),
    ...via,
  }),
} as const;
