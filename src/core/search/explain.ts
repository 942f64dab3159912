/** How a query was read, part by part, in words: what an answer says about itself. */
import type { KeyPattern, Pattern, Phrase } from './plan.ts';
import { type Direction, partsOf, type Query } from './query.ts';
import { periodOf } from './read-date.ts';
import { boundsOf } from './resolve.ts';

export interface ExplainedPart {
  /** [start, end) in UTF-16 units of the query. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What it asks for, as a sentence without a full stop. */
  readonly reads: string;
  /** Of a date: the period as written, and the zone it was read in. Instants are UTC with milliseconds. */
  readonly period?: { readonly from: string; readonly to: string; readonly zone: string };
}

/**
 * Words, phrases, fields; brackets and operators are explained by their parts' places. `zone`: of dates that name none.
 * `people`: whom a custodian's name stands for; absent where that is not to be told.
 */
export function explainQuery(query: Query, text: string, zone: string, people?: People): ExplainedPart[] {
  const parts: ExplainedPart[] = [];
  for (const part of partsOf(query)) {
    const reads = readingOf(part, zone, people);
    if (reads === undefined) continue;
    const { start, end } = part;
    parts.push({
      start,
      end,
      text: text.slice(start, end),
      reads,
      ...(isDate(part) && { period: written(periodOf(part.date, zone)) }),
    });
  }
  return parts;
}

type People = (name: string) => readonly string[];

type DatePart = Query & {
  readonly type: 'field';
  readonly field: 'since' | 'until' | 'after' | 'before' | 'on';
};

const isDate = (part: Query): part is DatePart => part.type === 'field' && 'date' in part;

const written = ({ from, to, zone }: { from: number; to: number; zone: string }) => ({
  from: instant(from),
  to: instant(to),
  zone,
});

const instant = (ms: number): string => new Date(ms).toISOString();

function readingOf(part: Query, zone: string, people: People | undefined): string | undefined {
  switch (part.type) {
    case 'everything':
      return 'every event';
    case 'and':
      return undefined;
    case 'or':
      return 'any of its parts';
    case 'not':
      return 'all but what follows; times that are not sure do not exclude';
    case 'near':
      return `${phraseText(part.left.phrase)} and ${phraseText(part.right.phrase)} in either order with at most ${part.distance} words between them`;
    case 'text': {
      const words = part.words.map((pattern) => `the word ${patternText(pattern)} with its symbols`);
      return [...(part.phrase.length === 0 ? [] : [phraseText(part.phrase)]), ...words].join(', and ');
    }
    case 'field':
      return fieldText(part, zone, people);
  }
}

function fieldText(
  part: Query & { readonly type: 'field' },
  zone: string,
  people: People | undefined,
): string {
  switch (part.field) {
    case 'from':
      return `the sender or actor has the address or name ${namesText(part.pattern)}`;
    case 'to':
      return `a recipient named by the source has the address or name ${namesText(part.pattern)}`;
    case 'participant':
      return `the conversation ever named ${namesText(part.pattern)} as sender, actor, recipient or member`;
    case 'member':
      return `${namesText(part.pattern)} was present in the conversation at that time, as far as it shows`;
    case 'conversation':
      return `the conversation has the id or name ${namesText(part.pattern)}`;
    case 'file':
      return `an attachment has the name ${namesText(part.pattern)}`;
    case 'network':
      return `the network is ${namesText(part.pattern)}`;
    case 'kind':
      return `the event is one of: ${part.kinds.join(', ')}`;
    case 'has':
      return `the event has: ${part.feature}`;
    case 'class':
      return `the retention class is ${part.class}`;
    case 'custodian':
      return custodianText(part.custodian, people?.(part.custodian));
    case 'hold':
      return `${holdText(part.name === null ? '' : ` "${part.name}"`)} covers the event or another of its family`;
    case 'matter':
      return `${holdText(part.name === null ? ' of any matter' : ` of the matter "${part.name}"`)} covers the event or another of its family`;
    case 'direction':
      return DIRECTION_TEXTS[part.direction];
    default: {
      const { from, to } = boundsOf(part.field, periodOf(part.date, zone));
      const bounds = [
        from === null ? '' : `at or after ${instant(from)}`,
        to === null ? '' : `before ${instant(to)}`,
      ];
      return `${bounds.filter((bound) => bound !== '').join(' and ')}; a time that is not sure counts when it may lie there`;
    }
  }
}

function custodianText(name: string, meant: readonly string[] | undefined): string {
  const who = `whom the directory knows as "${name}"`;
  if (meant === undefined) return `the event names an address of a person ${who}, as it was his then`;
  if (meant.length === 0) return `nothing: there is nobody ${who}`;
  return `the event names an address, as it was his then, of ${meant.join(' or ')}`;
}

const holdText = (which: string): string => `a hold in force${which}`;

const DIRECTION_TEXTS: { readonly [direction in Direction]: string } = {
  inbound: 'the sender is not of the firm, and a recipient is',
  outbound: 'the sender is of the firm, and a recipient is not',
  internal: 'the sender and all recipients are of the firm',
  external: 'neither the sender nor any recipient is of the firm',
  unknown: 'the source names no sender or no recipient, or the directory says nothing of the firm',
};

function namesText(pattern: KeyPattern): string {
  return pattern.is === 'keys'
    ? pattern.keys.map((key) => `"${key}"`).join(' or ')
    : `like "${pattern.pattern}"`;
}

function phraseText(phrase: Phrase): string {
  const words = phrase.map(patternText);
  return words.length === 1 ? `the word ${words.join('')}` : `the words ${words.join(' ')} in a row`;
}

function patternText(pattern: Pattern): string {
  switch (pattern.is) {
    case 'term':
      return `"${pattern.term}"`;
    case 'prefix':
      return `beginning with "${pattern.prefix}"`;
    case 'wildcard':
      return `like "${pattern.pattern}"`;
    case 'fuzzy':
      return `within ${pattern.edits} ${pattern.edits === 1 ? 'change' : 'changes'} of "${pattern.term}"`;
  }
}
