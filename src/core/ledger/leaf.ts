/**
 * Leaves: how a record becomes 32 bytes that give nothing away and can be opened field by field. The byte format is
 * fixed (`docs/record-format.md`); this is also the hot path of sealing, so each field is serialised once.
 */
import { hash } from 'node:crypto';
import type { Json } from '../event.ts';
import { sha256 } from '../hash.ts';
import { canonical } from '../json.ts';
import type { RecordType, SealedRecord } from '../record.ts';

/** Fields of each record type in the order in which their digests are joined. Never changes within a version. */
export const LEAF_FIELDS = {
  event: [
    'id',
    'kind',
    'network',
    'conversation',
    'sender',
    'recipients',
    'actor',
    'target',
    'at',
    'text',
    'markup',
    'attachments',
    'payload',
    'provenance',
    'extra',
    'class',
    'quarter',
    'sealedAt',
  ],
  reject: ['receipt', 'capture', 'path', 'position', 'code', 'detail', 'class', 'quarter', 'sealedAt'],
  receipt: ['receipt', 'connector', 'format', 'receivedAt', 'account', 'class', 'quarter', 'sealedAt'],
  observation: ['record', 'event', 'provenance', 'class', 'quarter', 'sealedAt'],
  act: ['id', 'action', 'actor', 'at', 'details', 'node', 'signature', 'class', 'quarter', 'sealedAt'],
} as const satisfies Record<RecordType, readonly string[]>;

/** The record of any type, as its fields. */
export type RecordFields = SealedRecord['record'];

interface Plan {
  readonly domain: string;
  readonly width: number;
  /** In canonical order of the names: what JCS writes; `digest` is the place among the digests. */
  readonly fields: readonly { readonly name: string; readonly open: string; readonly digest: number }[];
}

const plan = (type: RecordType): Plan => ({
  domain: `holdfast/${type}/1\n`,
  width: LEAF_FIELDS[type].length,
  fields: LEAF_FIELDS[type]
    .map((name, digest) => ({ name, open: `${JSON.stringify(name)}:`, digest }))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
});

const PLANS: Record<RecordType, Plan> = {
  event: plan('event'),
  reject: plan('reject'),
  receipt: plan('receipt'),
  observation: plan('observation'),
  act: plan('act'),
};

const SALT = 'holdfast/salt/1\n';

/** Salt of one field: hex SHA-256("holdfast/salt/1\n" + hex record salt + "\n" + field name). */
export function fieldSalt(recordSalt: string, field: string): string {
  return hash('sha256', `${SALT}${recordSalt}\n${field}`, 'hex');
}

/** Digest of one field: hex SHA-256(field salt + "\n" + JCS of the value). */
export function fieldDigest(salt: string, value: Json): string {
  return hash('sha256', `${salt}\n${canonical(value)}`, 'hex');
}

function joinDigests(type: RecordType, digests: readonly string[]): Uint8Array {
  return sha256(PLANS[type].domain + digests.join('\n'));
}

/** A record's leaf value and its canonical JSON, made in one pass. */
export interface SealedLeaf {
  /** 32 bytes: the entry in the tree. */
  readonly leaf: Uint8Array;
  /** JCS of the record: what its segment line holds under `record`. */
  readonly json: string;
}

/**
 * Leaf value and canonical JSON of a record. `recordSalt` is 32 lower-case hex digits. Throws a TypeError for a member
 * that the type does not have (it would not be sealed) and for what JCS cannot hold.
 */
export function sealLeaf(type: RecordType, recordSalt: string, record: object): SealedLeaf {
  const { domain, width, fields } = PLANS[type];
  const members = record as Readonly<Record<string, unknown>>;
  const prefix = `${SALT}${recordSalt}\n`;
  const digests = new Array<string>(width).fill('');
  let json = '';
  let present = 0;
  for (const field of fields) {
    const value = members[field.name];
    if (value === undefined) continue;
    const text = canonical(value);
    json += `${json === '' ? '' : ','}${field.open}${text}`;
    const salt = hash('sha256', prefix + field.name, 'hex');
    digests[field.digest] = hash('sha256', `${salt}\n${text}`, 'hex');
    present++;
  }
  for (const name in members) if (members[name] !== undefined) present--;
  if (present !== 0)
    throw new TypeError(`a record of type ${type} has a member that its leaf would not cover`);
  return { leaf: sha256(domain + digests.join('\n')), json: `{${json}}` };
}

/** A segment line without its newline: JCS of {leaf, record, salt, type}. `json` is the record's JCS. */
export function segmentLine(leaf: number, recordSalt: string, type: RecordType, json: string): string {
  return `{"leaf":${leaf},"record":${json},"salt":"${recordSalt}","type":"${type}"}`;
}

/** A field that is shown: its value and its own salt, which gives away no other field. */
export interface RevealedField {
  readonly salt: string;
  readonly value: Json;
}

/** A record of which only some fields are shown. It still leads to its leaf. */
export interface RedactedRecord {
  readonly type: RecordType;
  readonly revealed: { readonly [field: string]: RevealedField };
  /** Digests of the fields that are present and not shown, hex. Fields in neither part are absent. */
  readonly hidden: { readonly [field: string]: string };
}

/** Shows only `reveal` of a record; the record salt, which would open every field, stays behind. */
export function redact(
  type: RecordType,
  recordSalt: string,
  record: object,
  reveal: readonly string[],
): RedactedRecord {
  const members = record as Readonly<Record<string, Json | undefined>>;
  const revealed: Record<string, RevealedField> = {};
  const hidden: Record<string, string> = {};
  for (const field of LEAF_FIELDS[type]) {
    const value = members[field];
    if (value === undefined) continue;
    const salt = fieldSalt(recordSalt, field);
    if (reveal.includes(field)) revealed[field] = { salt, value };
    else hidden[field] = fieldDigest(salt, value);
  }
  return { type, revealed, hidden };
}

const HEX_DIGEST = /^[0-9a-f]{64}$/;

/**
 * The leaf value that a redacted record leads to; undefined where it is not of its form (a field that the type does
 * not have, one both shown and hidden, a digest or salt that is none). Compare it with the proved leaf.
 */
export function verifyRedacted(redacted: RedactedRecord): Uint8Array | undefined {
  const fields: readonly string[] | undefined = Object.hasOwn(LEAF_FIELDS, redacted.type)
    ? LEAF_FIELDS[redacted.type]
    : undefined;
  if (fields === undefined) return undefined;
  const names = [...Object.keys(redacted.revealed), ...Object.keys(redacted.hidden)];
  if (new Set(names).size !== names.length || names.some((name) => !fields.includes(name))) return undefined;
  const digests: string[] = [];
  for (const field of fields) {
    const shown = Object.hasOwn(redacted.revealed, field) ? redacted.revealed[field] : undefined;
    const digest = Object.hasOwn(redacted.hidden, field) ? redacted.hidden[field] : undefined;
    if (shown !== undefined && !HEX_DIGEST.test(shown.salt)) return undefined;
    if (digest !== undefined && !HEX_DIGEST.test(digest)) return undefined;
    digests.push(shown === undefined ? (digest ?? '') : fieldDigest(shown.salt, shown.value));
  }
  return joinDigests(redacted.type, digests);
}
