/** Reads a bundle's manifest. It may come from anybody: everything is checked, nothing is assumed. */
import { bad, good, type Read } from '../ledger/read.ts';
import type { Manifest, ManifestFile, ManifestProduction } from './layout.ts';

const HEX = /^[0-9a-f]{64}$/;
const PATH = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,12}$/;
/** An archive's id: a prefix of key names and origins. */
const ARCHIVE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

export function parseManifest(bytes: Uint8Array): Read<Manifest> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return bad('it is no JSON');
  }
  if (!isObject(value) || (value.v !== 1 && value.v !== 2)) return bad('it is no manifest of version 1 or 2');
  const production = value.v === 2 ? productionIn(value.production) : undefined;
  if (value.v === 2 && production === undefined) return bad('it states no production');
  const { archive, created, records, proofs, files } = value;
  if (typeof archive !== 'string' || !ARCHIVE.test(archive)) return bad('it names no archive');
  if (typeof created !== 'string' || Number.isNaN(Date.parse(created))) return bad('it states no time');
  if (!isObject(records) || !isCount(records.total) || !isCount(records.context)) {
    return bad('it states no number of records');
  }
  if (proofs !== 'single' && proofs !== 'tiles') return bad('it does not say how records are proved');
  if (!Array.isArray(files)) return bad('it lists no files');
  const listed: ManifestFile[] = [];
  const paths = new Set<string>();
  for (const file of files as readonly unknown[]) {
    if (!isObject(file)) return bad('it lists a file that is none');
    const { path, sha256, size } = file;
    if (typeof path !== 'string' || !PATH.test(path) || path.includes('..') || paths.has(path)) {
      return bad('it lists a path that is none, or twice');
    }
    if (typeof sha256 !== 'string' || !HEX.test(sha256) || !isCount(size))
      return bad('it lists a file without digest');
    paths.add(path);
    listed.push({ path, sha256, size });
  }
  return good({
    v: value.v,
    ...(production === undefined ? {} : { production }),
    archive,
    created,
    records: { total: records.total, context: records.context },
    proofs,
    files: listed,
  });
}

function productionIn(value: unknown): ManifestProduction | undefined {
  if (!isObject(value)) return undefined;
  const { volume, first, last, withheld, redacted } = value;
  if (typeof volume !== 'string' || typeof first !== 'string' || typeof last !== 'string') return undefined;
  return isCount(withheld) && isCount(redacted) ? { volume, first, last, withheld, redacted } : undefined;
}

type Members = { readonly [key: string]: unknown };
export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
