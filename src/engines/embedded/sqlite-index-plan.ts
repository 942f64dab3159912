/**
 * A plan as SQL over one bucket. Whatever FTS5 can say goes into one MATCH expression; the rest becomes conditions on the
 * narrow `records` row (`r`), or a question to {@link Checks}, which SQL asks through functions.
 */
import type { IndexDocument } from '../../core/search/document.ts';
import { key } from '../../core/search/fields.ts';
import { holds } from '../../core/search/holds.ts';
import type { Interval, KeyPattern, Pattern, Phrase, Plan } from '../../core/search/plan.ts';
import { type AddressView, addressCondition } from './sqlite-index-addresses.ts';
import { familyTerm, MARK, MARKS, markTerm, quoted } from './sqlite-index-terms.ts';

export type Value = string | number | null;

/** `fts`: a MATCH expression; `unless`: all but what it finds; `sql`: a condition on `r`; `both`: a MATCH and a condition. */
export type Condition =
  | { readonly is: 'fts'; readonly match: string }
  | { readonly is: 'unless'; readonly match: string }
  | { readonly is: 'sql'; readonly sql: string; readonly values: readonly Value[] }
  | { readonly is: 'both'; readonly match: string; readonly sql: string; readonly values: readonly Value[] };

export interface BucketView extends AddressView {
  readonly class: string;
  readonly checks: Checks;
  /** Row of the bucket's table of conversations; undefined for one that never occurs here. */
  conversationRow(key: string): number | undefined;
}

/** Questions that a running statement asks back, by number. */
export class Checks {
  #asked: ((first: unknown, second: unknown) => boolean)[] = [];

  clear(): void {
    this.#asked = [];
  }

  add(check: (first: unknown, second: unknown) => boolean): number {
    return this.#asked.push(check) - 1;
  }

  answer(number: number, first: unknown, second: unknown): 0 | 1 {
    return this.#asked[number]?.(first, second) ? 1 : 0;
  }
}

/** Terms in one MATCH expression; longer lists are joined as a table. */
const MOST_IN_MATCH = 200;

const FEW_CONVERSATIONS = 32;

const ALL: Condition = { is: 'sql', sql: '1', values: [] };
const NONE: Condition = { is: 'sql', sql: '0', values: [] };

export function conditionOf(plan: Plan, view: BucketView): Condition {
  switch (plan.op) {
    case 'all':
      return ALL;
    case 'none':
      return NONE;
    case 'and':
      return conjunction(plan.parts.map((part) => conditionOf(part, view)));
    case 'or':
      return disjunction(plan.parts.map((part) => conditionOf(part, view)));
    case 'not':
      return negation(conditionOf(plan.part, view));
    case 'phrase':
      return phraseCondition(plan.phrase, view);
    case 'near':
      return nearCondition(plan, view);
    case 'word':
      return patternCondition(plan.pattern, MARK.word, view);
    case 'party':
      return disjunction(MARKS[plan.role].map((mark) => keyCondition(plan.pattern, mark, view)));
    case 'address':
      return addressCondition(plan, view) ?? NONE;
    case 'conversation-name':
      return keyCondition(plan.pattern, MARK.conversationName, view);
    case 'file':
      return keyCondition(plan.pattern, MARK.file, view);
    case 'network':
      return keyCondition(plan.pattern, MARK.network, view);
    case 'families':
      return anyTerm([...new Set(plan.ids.map(familyTerm))]);
    case 'conversations':
      return conversationsCondition(plan.keys, view);
    case 'present':
      return presentCondition(plan.intervals, view);
    case 'kind':
      return anyTerm(plan.kinds.map((kind) => markTerm(MARK.kind, kind)));
    case 'has':
      return anyTerm([markTerm(MARK.has, plan.feature)]);
    case 'class':
      return key(view.class) === plan.class ? ALL : NONE;
    case 'time':
      return timeCondition(plan);
  }
}

function conjunction(parts: readonly Condition[]): Condition {
  const finds = parts.flatMap((part) => (part.is === 'fts' || part.is === 'both' ? [part.match] : []));
  const unless = parts.flatMap((part) => (part.is === 'unless' ? [part.match] : []));
  const rest = parts.filter((part) => (part.is === 'sql' || part.is === 'both') && part !== ALL);
  if (rest.includes(NONE)) return NONE;
  let head: Condition | undefined;
  if (finds.length > 0) {
    const positive = finds.length === 1 ? (finds[0] ?? '') : `(${finds.join(' AND ')})`;
    head = {
      is: 'fts',
      match: unless.length === 0 ? positive : `(${positive} NOT (${unless.join(' OR ')}))`,
    };
  } else if (unless.length > 0) head = { is: 'unless', match: `(${unless.join(' OR ')})` };
  if (rest.length === 0) return head ?? ALL;
  const narrow = rest.flatMap((part) => (part.is === 'sql' || part.is === 'both' ? [part] : []));
  const sql = balanced(
    narrow.map((part) => part.sql),
    ' AND ',
  );
  const values = narrow.flatMap((part) => part.values);
  if (head?.is === 'fts') return { is: 'both', match: head.match, sql: `(${sql})`, values };
  if (head === undefined) return { is: 'sql', sql: `(${sql})`, values };
  const without = sqlOf(head);
  return { is: 'sql', sql: `(${without.sql} AND ${sql})`, values: [...without.values, ...values] };
}

function disjunction(parts: readonly Condition[]): Condition {
  const finds = parts.flatMap((part) => (part.is === 'fts' ? [part.match] : []));
  const rest = parts.filter((part) => part.is !== 'fts' && part !== NONE);
  const [first] = rest;
  if (rest.includes(ALL)) return ALL;
  if (finds.length === 0)
    return first === undefined ? NONE : rest.length === 1 ? first : joinedSql(rest, ' OR ');
  const head: Condition = {
    is: 'fts',
    match: finds.length === 1 ? (finds[0] ?? '') : `(${finds.join(' OR ')})`,
  };
  return rest.length === 0 ? head : joinedSql([head, ...rest], ' OR ');
}

function negation(part: Condition): Condition {
  if (part.is === 'fts') return { is: 'unless', match: part.match };
  if (part.is === 'unless') return { is: 'fts', match: part.match };
  if (part === ALL) return NONE;
  if (part === NONE) return ALL;
  const { sql, values } = sqlOf(part);
  return { is: 'sql', sql: `NOT ${sql}`, values };
}

/** Any condition as SQL over `r`. */
export function sqlOf(condition: Condition): { sql: string; values: readonly Value[] } {
  if (condition.is === 'sql') return condition;
  const found = `r.id ${condition.is === 'unless' ? 'NOT ' : ''}IN (SELECT rowid FROM fts WHERE fts MATCH ?)`;
  if (condition.is !== 'both') return { sql: found, values: [condition.match] };
  return { sql: `(${found} AND ${condition.sql})`, values: [condition.match, ...condition.values] };
}

function joinedSql(parts: readonly Condition[], by: string): Condition {
  const all = parts.map(sqlOf);
  const sql = balanced(
    all.map((part) => part.sql),
    by,
  );
  return { is: 'sql', sql: `(${sql})`, values: all.flatMap(({ values }) => values) };
}

/** SQLite reads `a AND b AND c` as a tree as deep as it is long, and stops at 1,000. */
function balanced(parts: readonly string[], by: string): string {
  if (parts.length <= 8) return parts.join(by);
  const half = Math.ceil(parts.length / 2);
  return `(${balanced(parts.slice(0, half), by)})${by}(${balanced(parts.slice(half), by)})`;
}

function anyTerm(terms: readonly string[]): Condition {
  if (terms.length === 0) return NONE;
  if (terms.length <= MOST_IN_MATCH) {
    const all = terms.map(quoted);
    return { is: 'fts', match: all.length === 1 ? (all[0] ?? '') : `(${all.join(' OR ')})` };
  }
  return {
    is: 'sql',
    sql: 'r.id IN (SELECT x.rowid FROM json_each(?) j CROSS JOIN fts x WHERE x.fts MATCH j.value)',
    values: [JSON.stringify(terms.map(quoted))],
  };
}

function keyCondition(pattern: KeyPattern, mark: string, view: BucketView): Condition {
  return pattern.is === 'keys'
    ? anyTerm(pattern.keys.map((one) => markTerm(mark, one)))
    : anyTerm(view.vocabulary.wildcard(mark, pattern.pattern.replaceAll(' ', '\u00a0')));
}

function patternCondition(pattern: Pattern, mark: string, view: BucketView): Condition {
  switch (pattern.is) {
    case 'term':
      return { is: 'fts', match: quoted(markTerm(mark, pattern.term)) };
    case 'prefix':
      return { is: 'fts', match: `${quoted(markTerm(mark, pattern.prefix))}*` };
    case 'wildcard':
      return anyTerm(view.vocabulary.wildcard(mark, pattern.pattern));
    case 'fuzzy':
      return anyTerm(view.vocabulary.fuzzy(pattern.term, pattern.edits));
  }
}

/** A phrase that FTS5 can say: whole terms, of which the last may be a prefix. */
function simplePhrase(phrase: Phrase): string | undefined {
  const terms: string[] = [];
  let star = '';
  for (const [i, pattern] of phrase.entries()) {
    if (pattern.is === 'term') terms.push(pattern.term);
    else if (pattern.is === 'prefix' && i === phrase.length - 1) {
      terms.push(pattern.prefix);
      star = '*';
    } else return undefined;
  }
  return quoted(terms.join(' ')) + star;
}

function phraseCondition(phrase: Phrase, view: BucketView): Condition {
  const simple = simplePhrase(phrase);
  if (simple !== undefined) return { is: 'fts', match: simple };
  const [only] = phrase;
  if (only !== undefined && phrase.length === 1) return patternCondition(only, '', view);
  const each = conjunction(phrase.map((pattern) => patternCondition(pattern, '', view)));
  return conjunction([each, checked({ op: 'phrase', phrase }, view)]);
}

function nearCondition(plan: Plan & { op: 'near' }, view: BucketView): Condition {
  const left = simplePhrase(plan.left);
  const right = simplePhrase(plan.right);
  const [a, b] = [plan.left[0], plan.right[0]];
  const isPlain = plan.left.length === 1 && plan.right.length === 1 && a?.is === 'term' && b?.is === 'term';
  // FTS5 takes a word as near itself and lets phrases overlap: only two different words are left to it alone.
  if (isPlain && a.term !== b.term) return { is: 'fts', match: `NEAR(${left} ${right}, ${plan.distance})` };
  const candidates = [phraseCondition(plan.left, view), phraseCondition(plan.right, view)];
  return conjunction([...candidates, checked(plan, view)]);
}

/** Looks at the document itself. */
function checked(plan: Plan, view: BucketView): Condition {
  const number = view.checks.add((text) => holds(plan, JSON.parse(String(text)) as IndexDocument));
  return {
    is: 'sql',
    sql: 'checked(?, (SELECT document FROM documents d WHERE d.id = r.id), NULL)',
    values: [number],
  };
}

/** Few conversations are looked up by their terms, many are compared row by row. */
function conversationsCondition(keys: readonly string[], view: BucketView): Condition {
  const here = keys.flatMap((one) => {
    const row = view.conversationRow(one);
    return row === undefined ? [] : [{ one, row }];
  });
  if (here.length <= FEW_CONVERSATIONS)
    return anyTerm(here.map(({ one }) => markTerm(MARK.conversation, one)));
  return {
    is: 'sql',
    sql: 'r.conversation IN (SELECT value FROM json_each(?))',
    values: [JSON.stringify(here.map(({ row }) => row))],
  };
}

function presentCondition(intervals: readonly Interval[], view: BucketView): Condition {
  const here = new Map<number, Interval[]>();
  for (const interval of intervals) {
    const row = view.conversationRow(interval.conversation);
    if (row === undefined) continue;
    const known = here.get(row);
    if (known) known.push(interval);
    else here.set(row, [interval]);
  }
  if (here.size === 0) return NONE;
  const number = view.checks.add(
    (row, at) =>
      here
        .get(Number(row))
        ?.some(
          ({ from, to }) => (from === null || Number(at) >= from) && (to === null || Number(at) <= to),
        ) ?? false,
  );
  return { is: 'sql', sql: 'checked(?, r.conversation, r.at)', values: [number] };
}

function timeCondition({ from, to, certain }: Plan & { op: 'time' }): Condition {
  const parts: string[] = [];
  const values: number[] = [];
  if (from !== null) {
    parts.push(certain ? 'r.at - r.before >= ?' : 'r.at + r.after >= ?');
    values.push(from);
  }
  if (to !== null) {
    parts.push(certain ? 'r.at + r.after < ?' : 'r.at - r.before < ?');
    values.push(to);
  }
  return parts.length === 0 ? ALL : { is: 'sql', sql: `(${parts.join(' AND ')})`, values };
}
