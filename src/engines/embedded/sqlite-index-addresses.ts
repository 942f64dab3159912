/**
 * Addresses within their tenures as SQL over one bucket. A firm has thousands of them, each from its own day on; but a
 * bucket spans a short time, in which nearly all of them are somebody's throughout, and one list is left.
 */
import type { Plan, Tenure } from '../../core/search/plan.ts';
import { type Period, tenuresWithin } from '../../core/search/tenures.ts';
import type { Condition } from './sqlite-index-plan.ts';
import { ADDRESS_MARKS, MARK, markTerm, quoted } from './sqlite-index-terms.ts';
import type { Vocabulary } from './sqlite-index-vocabulary.ts';

export interface AddressView {
  readonly vocabulary: Vocabulary;
  /** Instants [from, to) in which the times of all rows surely lie, with all that they may be off; null: open. */
  period(): Period;
}

/** Addresses that one MATCH asks for: many of them share what a question costs. */
const MOST_AT_ONCE = 64;
/** Addresses from which on the vocabulary is read once, rather than asked for each. */
const MANY = 500;

/** Undefined where no row can fit. */
export function addressCondition(
  { role, tenures, certain }: Plan & { op: 'address' },
  { vocabulary, period }: AddressView,
): Condition | undefined {
  const has = lookup(vocabulary, tenures);
  const asked = tenuresWithin(tenures, period()).flatMap(({ keys, networks, from, to }) => {
    const terms = ADDRESS_MARKS[role].flatMap((mark) =>
      keys.flatMap((key) => {
        const term = markTerm(mark, key);
        return has(mark, term) ? [quoted(term)] : [];
      }),
    );
    return chunks(terms).map((some) => [onNetworks(networks, `(${some.join(' OR ')})`), from, to] as const);
  });
  const [first] = asked;
  if (first === undefined) return undefined;
  if (asked.length === 1 && first[1] === null && first[2] === null) return { is: 'fts', match: first[0] };
  return { is: 'sql', sql: joinedSql(certain), values: [JSON.stringify(asked)] };
}

/** The rows of each MATCH, where their times lie in its period. */
function joinedSql(certain: boolean): string {
  const [begins, ends] = certain
    ? ['q.at - q.before', 'q.at + q.after']
    : ['q.at + q.after', 'q.at - q.before'];
  return `r.id IN (WITH a AS MATERIALIZED
      (SELECT value ->> 0 AS found, value ->> 1 AS begins, value ->> 2 AS ends FROM json_each(?))
    SELECT q.id FROM a CROSS JOIN fts x CROSS JOIN records q ON q.id = x.rowid WHERE x.fts MATCH a.found
    AND (a.begins IS NULL OR ${begins} >= a.begins) AND (a.ends IS NULL OR ${ends} < a.ends))`;
}

/** Tells which terms the bucket has. */
function lookup(vocabulary: Vocabulary, tenures: readonly Tenure[]): (mark: string, term: string) => boolean {
  if (tenures.reduce((sum, { keys }) => sum + keys.length, 0) < MANY)
    return (_, term) => vocabulary.has(term);
  const known = new Map<string, ReadonlySet<string>>();
  return (mark, term) => {
    const here = known.get(mark) ?? new Set([...vocabulary.after(mark)].map((rest) => mark + rest));
    known.set(mark, here);
    return here.has(term);
  };
}

function chunks(terms: readonly string[]): (readonly string[])[] {
  const all: (readonly string[])[] = [];
  for (let i = 0; i < terms.length; i += MOST_AT_ONCE) all.push(terms.slice(i, i + MOST_AT_ONCE));
  return all;
}

/** Puts the networks of a tenure to a MATCH. */
function onNetworks({ is, names }: Tenure['networks'], match: string): string {
  if (names.length === 0) return match;
  const any = names.map((name) => quoted(markTerm(MARK.network, name))).join(' OR ');
  return `(${match} ${is === 'among' ? 'AND' : 'NOT'} (${any}))`;
}
