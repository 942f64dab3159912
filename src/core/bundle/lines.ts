/** Reads the lines of records.ndjson, custody.ndjson and heads.json. They may come from anybody. */
import { LEAF_FIELDS } from '../ledger/leaf.ts';
import { parseLogName } from '../logs.ts';
import type { BundleRecord, ClosedRecord, CustodyLine, HeadsFile, RecordLine } from './layout.ts';
import { isObject } from './manifest.ts';

const SALT = /^[0-9a-f]{32}$/;

/** A line of records.ndjson; undefined where it is not of its form. What it holds is whatever the leaf will say of it. */
export function parseRecordLine(text: string): RecordLine | undefined {
  const value = parse(text);
  return isRecordLine(value) || isClosedLine(value) ? value : undefined;
}

export function isClosed(line: RecordLine): line is ClosedRecord {
  return 'hidden' in line;
}

function isRecordLine(value: unknown): value is BundleRecord {
  return (
    isPlaced(value) &&
    typeof value.salt === 'string' &&
    SALT.test(value.salt) &&
    isObject(value.record) &&
    !('hidden' in value)
  );
}

function isClosedLine(value: unknown): value is ClosedRecord {
  if (!isPlaced(value) || 'salt' in value || 'record' in value) return false;
  const { revealed, hidden, withheld, redacted } = value;
  return (
    isObject(hidden) &&
    Object.values(hidden).every((digest) => typeof digest === 'string') &&
    isObject(revealed) &&
    Object.values(revealed).every(
      (field) => isObject(field) && typeof field.salt === 'string' && field.value !== undefined,
    ) &&
    // Nothing of what is withheld is shown.
    (typeof withheld === 'string'
      ? redacted === undefined && Object.keys(revealed).length === 0
      : withheld === undefined && typeof redacted === 'string')
  );
}

function isPlaced(value: unknown): value is { readonly [key: string]: unknown } {
  return (
    isObject(value) &&
    typeof value.log === 'string' &&
    parseLogName(value.log) !== undefined &&
    Number.isSafeInteger(value.leaf) &&
    Number(value.leaf) >= 0 &&
    typeof value.type === 'string' &&
    Object.hasOwn(LEAF_FIELDS, value.type) &&
    (value.context === undefined || typeof value.context === 'boolean')
  );
}

/** A line of custody.ndjson; undefined where it is not of its form. */
export function parseCustodyLine(text: string): CustodyLine | undefined {
  const value = parse(text);
  return isCustodyLine(value) ? value : undefined;
}

function isCustodyLine(value: unknown): value is CustodyLine {
  return (
    isObject(value) &&
    typeof value.record === 'string' &&
    value.record.length <= 100 &&
    (value.withheld === true ? Object.keys(value).length === 2 : isShownCustody(value))
  );
}

function isShownCustody(value: { readonly [key: string]: unknown }): boolean {
  return (
    value.withheld === undefined &&
    isObject(value.captured) &&
    typeof value.captured.capture === 'string' &&
    typeof value.captured.path === 'string' &&
    typeof value.captured.receipt === 'string' &&
    isObject(value.sealed) &&
    typeof value.sealed.at === 'string' &&
    Array.isArray(value.observed)
  );
}

/** heads.json; undefined where it is not of its form. */
export function parseHeadsFile(text: string): HeadsFile | undefined {
  const value = parse(text);
  return isHeadsFile(value) ? value : undefined;
}

function isHeadsFile(value: unknown): value is HeadsFile {
  return (
    isObject(value) &&
    isRecordLine(value.act) &&
    isObject(value.consistency) &&
    Object.values(value.consistency).every(
      (step) =>
        isObject(step) &&
        Number.isSafeInteger(step.from) &&
        Array.isArray(step.path) &&
        step.path.length <= 130 &&
        step.path.every((hash: unknown) => typeof hash === 'string'),
    )
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
