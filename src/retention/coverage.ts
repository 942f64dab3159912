/** What a hold covers now, by people: before it is placed, and while it is in force. */
import type { ArchiveReader } from '../archive/reader.ts';
import type { Register } from '../core/control/register.ts';
import { peopleOf } from '../core/directory/people.ts';
import { IdSet } from '../core/holds/id-set.ts';
import type { JudgedHold } from '../core/holds/judge.ts';
import { parseScope, readScope } from '../core/holds/read-scope.ts';
import { indexDocument } from '../core/search/document.ts';
import { searchFields } from '../core/search/fields.ts';
import { keyFits } from '../core/search/fits.ts';
import { LANGUAGES } from '../core/search/language.ts';
import type { KeyPattern } from '../core/search/plan.ts';
import { partsOf, type Query } from '../core/search/query.ts';
import { FamilyCount, type NamedFamilies } from './family-count.ts';
import { type JudgementOptions, judgeHolds } from './judgement.ts';

export interface HoldCoverage {
  readonly records: number;
  readonly families: number;
  /** Other copies of these records. */
  readonly copies: number;
  /** Parts that could not be read, and are held because of what they may say. */
  readonly unreadable: number;
  /** Records with files that nobody has read. */
  readonly unreadFiles: number;
  /** First and last instant (UTC) of what is covered; null: nothing is. */
  readonly first: string | null;
  readonly last: string | null;
  /** Families by custodian, by network, and by the addresses that the directory knows nobody of. */
  readonly custodians: readonly NamedFamilies[];
  readonly networks: readonly NamedFamilies[];
  readonly unresolved: readonly NamedFamilies[];
  /** True where there are more addresses than are listed. */
  readonly cut: boolean;
  /** Names in the scope that no record has: misspelt, or not captured. */
  readonly namesNobody: readonly string[];
  /** True where the scope cannot be read any more, so that everything is covered. */
  readonly everything: boolean;
  /** Log → records that were judged. */
  readonly heads: { readonly [log: string]: number };
}

/** A hold that is not placed. Throws `bad-query` where the scope may not be one. */
export function wouldHold(text: string, zone: string, register: Register): JudgedHold {
  parseScope(text, register.directory);
  const scope = { text, language: LANGUAGES.current, directory: register.directory.version };
  return { hold: text, zone, scopes: [readScope(scope, LANGUAGES)], directory: register.directory };
}

/** Judges a hold on every record of the vault and counts what it covers. */
export async function coverageOf(
  reader: ArchiveReader,
  hold: JudgedHold,
  { directory }: Pick<Register, 'directory'>,
  options: JudgementOptions = {},
): Promise<HoldCoverage> {
  const judgement = await judgeHolds(reader, [hold], options);
  const families = new IdSet();
  const custodians = new FamilyCount();
  const networks = new FamilyCount();
  const unresolved = new FamilyCount();
  const names = namesIn(hold);
  const missing = new Set(names.keys());
  const counts = { records: 0, copies: 0, unreadable: 0, unreadFiles: 0 };
  let first: string | null = null;
  let last: string | null = null;
  for await (const { log, sealed, holds } of judgement.records()) {
    const document = indexDocument(log, sealed);
    if (document !== undefined && missing.size > 0)
      for (const name of missing) if (isNamed(names.get(name), document)) missing.delete(name);
    if (holds.length === 0) continue;
    if (sealed.type === 'reject') counts.unreadable++;
    if (sealed.type === 'observation') counts.copies++;
    if (document === undefined) continue;
    counts.records++;
    families.add(document.family);
    if ((document.attachments?.length ?? 0) > 0) counts.unreadFiles++;
    const { instant } = document.at;
    if (first === null || instant < first) first = instant;
    if (last === null || instant > last) last = instant;
    networks.add(document.network, document.family);
    const people = peopleOf(directory, document);
    for (const custodian of people.custodians) custodians.add(custodian, document.family);
    for (const address of people.unknown) unresolved.add(address, document.family);
  }
  return {
    ...counts,
    families: families.size,
    first,
    last,
    custodians: custodians.list(),
    networks: networks.list(),
    unresolved: unresolved.list(),
    cut: unresolved.isCut,
    namesNobody: [...missing],
    everything: hold.scopes.some(({ readings }) => readings.length === 0),
    heads: Object.fromEntries(judgement.heads),
  };
}

type Named = Query & { readonly type: 'field'; readonly pattern: KeyPattern };

/** Parts of the scopes that name somebody, by their text. */
function namesIn({ scopes }: JudgedHold): Map<string, Named> {
  const named = new Map<string, Named>();
  for (const { readings } of scopes)
    for (const { query } of readings)
      for (const part of partsOf(query))
        if (part.type === 'field' && PEOPLE.has(part.field) && 'pattern' in part)
          named.set(`${part.field}:${textOf(part.pattern)}`, part);
  return named;
}

const PEOPLE: ReadonlySet<string> = new Set(['from', 'to', 'participant', 'member']);
const textOf = (pattern: KeyPattern): string =>
  pattern.is === 'keys' ? (pattern.keys[0] ?? '') : pattern.pattern;

function isNamed(part: Named | undefined, document: Parameters<typeof searchFields>[0]): boolean {
  return part !== undefined && keyFits(searchFields(document).involved, part.pattern);
}
