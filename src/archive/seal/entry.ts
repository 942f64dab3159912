import { EVENT_KINDS } from '../../core/event.ts';
import { isClassName, isQuarter } from '../../core/ledger/commit.ts';
import type { Bucket, Entry, Quarter } from '../../core/record.ts';
import { quarterOf } from '../../core/retention.ts';

const DAY = 86_400_000;
const HEX_DIGEST = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ACT_ID = /^[0-9a-f]{32}$/;
const KINDS: ReadonlySet<unknown> = new Set(EVENT_KINDS);
/** Stamped at sealing: an entry that brings its own would lose them silently. */
const STAMPED = ['class', 'quarter', 'sealedAt'] as const;

/** Formats refuse more than 64 levels; an entry adds a few of its own. */
const DEEPEST = 200;

type Members = { readonly [name: string]: unknown };

/** The last quarter that has begun at an instant, give or take a day between clocks. */
export function latestQuarter(instant: string): Quarter {
  return quarterOf(new Date(Date.parse(instant) + DAY).toISOString());
}

/**
 * Reads a message of the stream, which anyone who reaches the broker may have written. Checks what sealing, dedup and
 * the readers of records rely on; undefined where it is no entry. `latest` is the last quarter that may be
 * stamped (see {@link latestQuarter}).
 */
export function readEntry(message: string, latest: Quarter): Entry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isPlausibleBucket(value, latest) || !isWellFormed(message, value))
    return undefined;
  // A short message cannot nest so deep that a reader of the record would run out of stack.
  if (message.length > 4 * DEEPEST && !isNestedWithin(value, DEEPEST)) return undefined;
  return isEntry(value) ? value : undefined;
}

function isEntry(value: Members): value is Members & Entry {
  switch (value.type) {
    case 'event':
      return isEvent(value.event);
    case 'reject':
      return isReject(value.reject);
    case 'receipt':
      return isReceipt(value.receipt);
    case 'act':
      return isAct(value.act);
    default:
      return false;
  }
}

/** A bucket is where disposal will look: its quarter has begun. */
function isPlausibleBucket(value: Members, latest: Quarter): value is Members & Bucket {
  return (
    isText(value.class) &&
    isClassName(value.class) &&
    isText(value.quarter) &&
    isQuarter(value.quarter) &&
    value.quarter >= '1970Q1' &&
    value.quarter <= latest
  );
}

function isEvent(event: unknown): boolean {
  return (
    isObject(event) &&
    matches(event.id, HEX_DIGEST) &&
    KINDS.has(event.kind) &&
    isText(event.network) &&
    isObject(event.conversation) &&
    isText(event.conversation.id) &&
    isObject(event.at) &&
    matches(event.at.instant, INSTANT) &&
    isOptional(event.sender, isParty) &&
    isOptional(event.actor, isParty) &&
    isOptional(event.recipients, isParties) &&
    isOptional(event.text, isText) &&
    isOptional(event.target, isText) &&
    isOptional(event.attachments, isObjects) &&
    isOptional(event.payload, isObject) &&
    (event.kind !== 'invite' || (isObject(event.payload) && isParties(event.payload.invited))) &&
    (event.kind !== 'roster' || (isObject(event.payload) && isParties(event.payload.members))) &&
    isProvenance(event.provenance) &&
    isUnstamped(event)
  );
}

const isProvenance = (value: unknown): boolean =>
  isObject(value) &&
  matches(value.receipt, HEX_DIGEST) &&
  matches(value.capture, HEX_DIGEST) &&
  isText(value.path) &&
  isObject(value.position) &&
  isOptional(value.perspective, isText);

const isReject = (value: unknown): boolean =>
  isObject(value) &&
  matches(value.receipt, HEX_DIGEST) &&
  matches(value.capture, HEX_DIGEST) &&
  isText(value.path) &&
  isObject(value.position) &&
  isText(value.code) &&
  isUnstamped(value);

const isReceipt = (value: unknown): boolean =>
  isObject(value) &&
  matches(value.receipt, HEX_DIGEST) &&
  matches(value.receivedAt, INSTANT) &&
  isObject(value.account) &&
  isObject(value.account.logs) &&
  isUnstamped(value);

const isAct = (value: unknown): boolean =>
  isObject(value) &&
  matches(value.id, ACT_ID) &&
  isText(value.action) &&
  isText(value.actor) &&
  matches(value.at, INSTANT) &&
  isObject(value.details) &&
  isUnstamped(value);

/** JCS has no form for half a surrogate pair. An escape is the only way by which one gets through a stream of UTF-8. */
function isWellFormed(message: string, value: unknown): boolean {
  if (!/\\u[dD][89a-fA-F]/.test(message)) return true;
  // JSON.stringify escapes lone halves and nothing else above U+001F; an even run of backslashes before is text.
  return !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
}

function isNestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isNestedWithin(member, levels - 1));
}

const isUnstamped = (value: Members): boolean => STAMPED.every((name) => !Object.hasOwn(value, name));
const isParty = (value: unknown): boolean => isObject(value) && isText(value.address);
const isParties = (value: unknown): boolean => Array.isArray(value) && value.every(isParty);
const isObjects = (value: unknown): boolean => Array.isArray(value) && value.every(isObject);
const isText = (value: unknown): value is string => typeof value === 'string';
const matches = (value: unknown, pattern: RegExp): boolean => isText(value) && pattern.test(value);
const isOptional = (value: unknown, is: (value: unknown) => boolean): boolean =>
  value === undefined || is(value);
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
