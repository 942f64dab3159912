/**
 * Names of a daily set. Bloomberg delivers, per account and day, `<account>.ib.<yymmdd>.xml` (or `ib19`), `.msg.`,
 * `.dscl.`, and archives `[.msg|.ib19].att.<yymmdd>.tar.gz`; above 1 GB `.xml1`, `.0.tar.gz`. Source: Veritas article
 * 100059153, and the converters of dominiquemb/ironhold-front-end.
 */

/** A name of a set: what stands before the account, the account, the kind of file, and the day. */
const MEMBER =
  /(?:^|\/)([^/]+?)\.((?:ib\d*|msg|dscl|att)(?:\.att)?)\.(\d{6})(?:\.\d{1,4})?\.(?:xml\d{0,4}|tar|tar\.gz|tgz)(?:$|!\/)/iu;
/** The folder in an archive of attachments, also where somebody unpacked it. */
const ATTACHMENT = /(?:^|\/)bloomberg_attachments_(\d{6})\//iu;

interface Named {
  readonly folder: string;
  readonly account: string;
  readonly day: string;
  readonly kind: 'dump' | 'disclaimers' | 'attachments';
}

function named(name: string): Named | undefined {
  const match = MEMBER.exec(name);
  if (match === null) return undefined;
  const [all, account = '', kind = '', day = ''] = match;
  const folder = name.slice(0, match.index + (all.startsWith('/') ? 1 : 0));
  return {
    folder,
    account,
    day,
    kind: /att$/iu.test(kind) ? 'attachments' : /^dscl$/iu.test(kind) ? 'disclaimers' : 'dump',
  };
}

/** Whether a folder with this entry may hold a set. */
export const isOfSet = (name: string): boolean => named(name) !== undefined;

/** Names of one account and day belong together, with the attachments of that day. */
export function dailySets(names: readonly string[]): readonly (readonly string[])[] {
  const sets = new Map<string, string[]>();
  const dumps = new Map<string, Set<string>>();
  const loose: { readonly name: string; readonly place: string }[] = [];
  for (const name of names) {
    const found = named(name);
    if (found === undefined) {
      const match = ATTACHMENT.exec(name);
      if (match !== null)
        loose.push({
          name,
          place: `${name.slice(0, match.index + (match[0].startsWith('/') ? 1 : 0))}\n${match[1]}`,
        });
      continue;
    }
    const key = `${found.folder}\n${found.account}\n${found.day}`;
    const set = sets.get(key) ?? [];
    sets.set(key, set);
    set.push(name);
    if (found.kind !== 'dump') continue;
    const place = `${found.folder}\n${found.day}`;
    const keys = dumps.get(place) ?? new Set();
    dumps.set(place, keys);
    keys.add(key);
  }
  // An unpacked archive does not say whose it is: it is taken where one account alone has files of that day.
  for (const { name, place } of loose) {
    const [key, ...others] = dumps.get(place) ?? [];
    if (key !== undefined && others.length === 0) sets.get(key)?.push(name);
  }
  const known = new Set([...dumps.values()].flatMap((keys) => [...keys]));
  return [...sets].flatMap(([key, set]) => (known.has(key) && set.length > 1 ? [set] : []));
}

/** In which order the files of a set are read: what others refer to comes first. */
export const rankOf = (name: string): number => (named(name)?.kind === 'disclaimers' ? 0 : 1);

/** Whether a file is an attachment's bytes, and its FileID; undefined for all else. */
export function fileIdOf(name: string): string | undefined {
  const isMember = ATTACHMENT.test(name) || (named(name)?.kind === 'attachments' && name.includes('!/'));
  return isMember ? (name.split(/\/|!\//u).at(-1) ?? '') : undefined;
}

/** The archive of attachments itself, where it could not be unpacked. */
export const isArchive = (name: string): boolean => named(name)?.kind === 'attachments';
