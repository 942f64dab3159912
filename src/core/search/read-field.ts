/** `field:value` of a query. */
import { HoldfastError } from '../errors.ts';
import { EVENT_KINDS } from '../event.ts';
import { FEATURES } from './document.ts';
import { key, queryKeys } from './fields.ts';
import type { KeyPattern } from './plan.ts';
import {
  type DateField,
  DIRECTIONS,
  type HoldField,
  type NameField,
  type PartyField,
  type Query,
  type Span,
} from './query.ts';
import { badQuery } from './query-error.ts';
import { readDate } from './read-date.ts';
import { foldPattern } from './read-word.ts';

const PARTIES: readonly PartyField[] = ['from', 'to', 'participant', 'member'];
const NAMES: readonly NameField[] = ['conversation', 'file', 'network'];
const DATES: readonly DateField[] = ['since', 'until', 'after', 'before', 'on'];
const HOLDS: readonly HoldField[] = ['hold', 'matter'];
const LATER = ['tag', 'flag'];
export const FIELDS: readonly string[] = [
  ...PARTIES,
  'custodian',
  'direction',
  ...NAMES,
  'kind',
  'has',
  'class',
  ...DATES,
];

/** What is spoken beside the language of all. */
export interface Spoken {
  /** `hold:` and `matter:`. To everybody else they are no fields at all: nothing tells that there are holds. */
  readonly holds?: boolean;
}

/** `quoted`: the value stood in quotes, where `*` and `?` are literal. */
export function readField(
  field: string,
  value: string,
  quoted: boolean,
  span: Span,
  { holds = false }: Spoken,
): Query {
  if (LATER.includes(field))
    throw new HoldfastError(
      'unknown-field',
      `At character ${span.start + 1}: the field ${field}: does not exist yet.`,
      {
        hint: 'Search does not know tags and flags yet.',
      },
    );
  const isHold = holds && isOneOf(HOLDS, field);
  if (!isHold && !FIELDS.includes(field))
    throw new HoldfastError(
      'unknown-field',
      `At character ${span.start + 1}: there is no field of this name.`,
      {
        hint: `Fields are ${FIELDS.join(', ')}. To find a word with a colon, put it into double quotes.`,
      },
    );
  if (value.trim() === '')
    throw badQuery(span.start, `${field}: needs a value`, `Write ${field}:VALUE without a space.`);
  if (isOneOf(PARTIES, field))
    return { type: 'field', field, pattern: namePattern(value, quoted, true, span), ...span };
  if (isOneOf(NAMES, field))
    return { type: 'field', field, pattern: namePattern(value, quoted, false, span), ...span };
  if (isOneOf(DATES, field)) return { type: 'field', field, date: readDate(value, span), ...span };
  if (isOneOf(HOLDS, field))
    return { type: 'field', field, name: value.trim() === '*' && !quoted ? null : value.trim(), ...span };
  if (field === 'custodian') {
    if (!quoted && /[*?]/u.test(value))
      throw badQuery(
        span.start,
        'custodian: takes a whole HR id or name, no pattern',
        'Quote it to mean it as it stands.',
      );
    return { type: 'field', field, custodian: value.trim(), ...span };
  }
  if (field === 'class') return { type: 'field', field: 'class', class: key(value), ...span };
  const choices = value.toLowerCase().split(',');
  if (field === 'kind')
    return { type: 'field', field, kinds: choices.map((one) => choose(EVENT_KINDS, one, span)), ...span };
  if (field === 'direction')
    return { type: 'field', field, direction: choose(DIRECTIONS, value.toLowerCase(), span), ...span };
  return { type: 'field', field: 'has', feature: choose(FEATURES, value.toLowerCase(), span), ...span };
}

function namePattern(value: string, quoted: boolean, isAddress: boolean, span: Span): KeyPattern {
  if (!quoted && /[*?]/u.test(value)) {
    const pattern = foldPattern(value);
    if (pattern.length > 1024) throw badQuery(span.start, 'a pattern has at most 1,024 characters');
    return { is: 'wildcard', pattern };
  }
  const keys = isAddress ? queryKeys(value) : [key(value)].filter((one) => one !== '');
  if (keys.length === 0) throw badQuery(span.start, 'nothing can have this name');
  return { is: 'keys', keys };
}

function choose<T extends string>(choices: readonly T[], value: string, span: Span): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined)
    throw badQuery(
      span.start,
      'this value is not one that the field can have',
      `It is one of ${choices.join(', ')}.`,
    );
  return chosen;
}

function isOneOf<T extends string>(choices: readonly T[], value: string): value is T {
  return (choices as readonly string[]).includes(value);
}
