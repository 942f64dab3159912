/** From a plan to Elasticsearch's query language. Scores are never asked for: everything is a filter. */
import type { estypes } from '@elastic/elasticsearch';
import type { Heads } from '../../core/ports/index.ts';
import type { Interval, KeyPattern, Pattern, Phrase, Plan } from '../../core/search/plan.ts';
import { tooWide } from './elasticsearch-errors.ts';
import type { Window } from './elasticsearch-windows.ts';

export type Query = NonNullable<estypes.QueryDslQueryContainer>;
type Intervals = estypes.QueryDslIntervalsContainer;

/** `index.max_terms_count` of a server that nobody changed. */
const MOST_TERMS = 65_536;

/** A plan over the documents below the heads; `within`: over those alone whose instants lie there. */
export function queryOf(plan: Plan, heads: Heads, within: Window | null = null): Query {
  const around = within === null ? [] : [{ range: { at: { gte: within.from, lt: within.to } } }];
  return all([...around, ...[plan].flatMap(conjuncts).map(planQuery), headsQuery(heads)]);
}

const conjuncts = (plan: Plan): Plan[] => (plan.op === 'and' ? plan.parts.flatMap(conjuncts) : [plan]);

function planQuery(plan: Plan): Query {
  switch (plan.op) {
    case 'all':
      return { match_all: {} };
    case 'none':
      return { match_none: {} };
    case 'and':
      return all(plan.parts.map(planQuery));
    case 'or':
      return any(plan.parts.map(planQuery));
    case 'not':
      return { bool: { must_not: [planQuery(plan.part)] } };
    case 'phrase':
      return phraseQuery(plan.phrase);
    case 'near':
      return nearQuery(plan);
    case 'word':
      return patternQuery('words', plan.pattern);
    case 'party':
      return keyQuery(plan.role, plan.pattern);
    case 'address':
      return addressQuery(plan);
    case 'conversation-name':
      return keyQuery('names', plan.pattern);
    case 'file':
      return keyQuery('files', plan.pattern);
    case 'network':
      return keyQuery('network', plan.pattern);
    case 'families':
      return manyTerms('family', plan.ids);
    case 'conversations':
      return terms('conversation', plan.keys);
    case 'present':
      return presentQuery(plan.intervals);
    case 'kind':
      return terms('kind', plan.kinds);
    case 'has':
      return { term: { has: plan.feature } };
    case 'class':
      return { term: { classKey: plan.class } };
    case 'time':
      return timeQuery(plan);
  }
}

const all = (parts: readonly Query[]): Query =>
  parts.length === 0 ? { match_all: {} } : { bool: { filter: [...parts] } };

const any = (parts: readonly Query[]): Query =>
  parts.length === 0 ? { match_none: {} } : { bool: { should: [...parts], minimum_should_match: 1 } };

function terms(field: string, values: readonly string[]): Query {
  if (values.length === 0) return { match_none: {} };
  if (values.length > MOST_TERMS)
    throw tooWide(`A condition stands for more than ${MOST_TERMS.toLocaleString('en')} names.`);
  return { terms: { [field]: [...values] } };
}

/** Lists that one clause cannot hold are asked in several. */
function manyTerms(field: string, values: readonly string[]): Query {
  const parts: Query[] = [];
  for (let i = 0; i < values.length; i += MOST_TERMS)
    parts.push(terms(field, values.slice(i, i + MOST_TERMS)));
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : any(parts);
}

const ADDRESS_FIELDS = { sender: 'senderAddress', to: 'toAddresses', involved: 'addresses' } as const;

function addressQuery({ role, tenures, certain }: Plan & { op: 'address' }): Query {
  return any(
    tenures.map(({ keys, networks, from, to }) => {
      const on = terms('network', networks.names);
      const where: Query[] = networks.is === 'among' ? [on] : [];
      if (networks.is === 'beyond' && networks.names.length > 0) where.push({ bool: { must_not: [on] } });
      if (from !== null || to !== null) where.push(timeQuery({ from, to, certain }));
      return all([manyTerms(ADDRESS_FIELDS[role], keys), ...where]);
    }),
  );
}

/** `*` and `?` are Elasticsearch's own; its backslash is not. */
const escaped = (pattern: string): string => pattern.replaceAll('\\', '\\\\');

function keyQuery(field: string, pattern: KeyPattern): Query {
  if (pattern.is === 'keys') return terms(field, pattern.keys);
  return { wildcard: { [field]: { value: escaped(pattern.pattern), rewrite: 'constant_score' } } };
}

function patternQuery(field: 'tokens' | 'words', pattern: Pattern): Query {
  switch (pattern.is) {
    case 'term':
      return { term: { [field]: pattern.term } };
    case 'prefix':
      return { prefix: { [field]: { value: pattern.prefix, rewrite: 'constant_score' } } };
    case 'wildcard':
      return { wildcard: { [field]: { value: escaped(pattern.pattern), rewrite: 'constant_score' } } };
    case 'fuzzy':
      return {
        fuzzy: {
          [field]: {
            value: pattern.term,
            fuzziness: pattern.edits,
            prefix_length: 0,
            transpositions: true,
            rewrite: 'constant_score',
          },
        },
      };
  }
}

function phraseQuery(phrase: Phrase): Query {
  const [only] = phrase;
  if (only === undefined) return { match_all: {} };
  if (phrase.length === 1) return patternQuery('tokens', only);
  return { intervals: { tokens: phraseIntervals(phrase) } };
}

function phraseIntervals(phrase: Phrase): Intervals {
  const [only] = phrase;
  if (only !== undefined && phrase.length === 1) return place(only);
  return { all_of: { intervals: phrase.map(place), ordered: true, max_gaps: 0 } };
}

function place(pattern: Pattern): Intervals {
  switch (pattern.is) {
    case 'term':
      return { match: { query: pattern.term, analyzer: 'whitespace' } };
    case 'prefix':
      return { prefix: { prefix: pattern.prefix, analyzer: 'whitespace' } };
    case 'wildcard':
      return { wildcard: { pattern: escaped(pattern.pattern), analyzer: 'whitespace' } };
    case 'fuzzy':
      return {
        fuzzy: { term: pattern.term, fuzziness: pattern.edits, prefix_length: 0, analyzer: 'whitespace' },
      };
  }
}

/** In order the two cannot overlap: asked both ways round. */
function nearQuery({ left, right, distance }: Plan & { op: 'near' }): Query {
  const [a, b] = [phraseIntervals(left), phraseIntervals(right)];
  const inOrder = (intervals: Intervals[]): Intervals => ({
    all_of: { intervals, ordered: true, max_gaps: distance },
  });
  return { intervals: { tokens: { any_of: { intervals: [inOrder([a, b]), inOrder([b, a])] } } } };
}

/** Conversations with the same interval share a clause; the server says where there are too many. */
function presentQuery(intervals: readonly Interval[]): Query {
  const groups = Map.groupBy(intervals, ({ from, to }) => `${from} ${to}`);
  return any(
    [...groups.values()].map((group) => {
      const conversations = terms('conversation', [...new Set(group.map((one) => one.conversation))]);
      const { from = null, to = null } = group[0] ?? {};
      if (from === null && to === null) return conversations;
      const at = { ...(from !== null && { gte: from }), ...(to !== null && { lte: to }) };
      return all([conversations, { range: { at } }]);
    }),
  );
}

/** A record's time is a range: it touches the period, or lies within it. */
function timeQuery({ from, to, certain }: Pick<Plan & { op: 'time' }, 'from' | 'to' | 'certain'>): Query {
  const [begins, ends] = certain ? ['earliest', 'latest'] : ['latest', 'earliest'];
  const parts: Query[] = [];
  if (from !== null) parts.push({ range: { [begins as string]: { gte: from } } });
  if (to !== null) parts.push({ range: { [ends as string]: { lt: to } } });
  return all(parts);
}

function headsQuery(heads: Heads): Query {
  return any(
    Object.entries(heads).map(([log, size]) => all([{ term: { log } }, { range: { leaf: { lt: size } } }])),
  );
}
