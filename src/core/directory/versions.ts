/** The directory as one of its versions stated it: what an answer that names a version is given again from. */
import type { Custodian, Directory } from './fold.ts';

/** Versions of one directory that are remembered: each is made once for all pages that ask for it. */
const MOST = 8;
const made = new WeakMap<Directory, Map<number, Directory>>();

/** Undefined where there is no such version, or not yet. Whoever was not in it is not in the answer. */
export function directoryAt(directory: Directory, version: number): Directory | undefined {
  if (version === directory.version) return directory;
  if (!Number.isSafeInteger(version) || version < 0 || version > directory.version) return undefined;
  const known = made.get(directory) ?? new Map<number, Directory>();
  const then = known.get(version) ?? asOf(directory, version);
  if (known.size >= MOST) known.clear();
  made.set(directory, known.set(version, then));
  return then;
}

function asOf(directory: Directory, version: number): Directory {
  const custodians = new Map<string, Custodian>();
  for (const custodian of directory.custodians.values()) {
    const then = custodianAt(custodian, version);
    if (then !== undefined) custodians.set(then.id, then);
  }
  const former = directory.formerDomains.find(({ until }) => version < until);
  return {
    version,
    changed: null,
    custodians,
    domains: former?.domains ?? directory.domains,
    formerDomains: [],
    pending: null,
  };
}

function custodianAt(custodian: Custodian, version: number): Custodian | undefined {
  const { id, removed, former } = custodian;
  const isNow = removed === null && custodian.since <= version;
  const facts = isNow ? custodian : former.find(({ since, until }) => since <= version && version < until);
  if (facts === undefined) return undefined;
  const { names, entity, desk, supervisor, counsel, employedFrom, employedTo, groups, since } = facts;
  const addresses = custodian.addresses
    .filter((one) => one.since <= version && (one.until === null || version < one.until))
    .map((one) => ({ ...one, until: null }));
  const stated = { names, entity, desk, supervisor, counsel, employedFrom, employedTo, groups };
  return { id, ...stated, addresses, since, removed: null, former: [] };
}
