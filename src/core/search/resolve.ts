/** From a query as read to a plan: what needs the archive (its zone, conversations, membership) is looked up here. */

import type { EventId } from '../event.ts';
import type { AskedHolds } from '../holds/held.ts';
import { asksForPresence } from './matches.ts';
import type { Interval, KeyPattern, Plan, Tenure } from './plan.ts';
import type { Direction, Query } from './query.ts';
import { periodOf } from './read-date.ts';

/** What the archive knows; each may throw `query-too-wide`. */
export interface Lookups {
  /** Zone of dates that name none. */
  readonly zone: string;
  /** Keys of the conversations in which somebody was ever named, ascending. */
  conversations(pattern: KeyPattern): Promise<readonly string[]>;
  /** When somebody was present. */
  intervals(pattern: KeyPattern): Promise<readonly Interval[]>;
  /** Addresses of a custodian, by HR id or name, while they are his; empty where the directory knows nobody so. */
  custodian(name: string): Promise<readonly Tenure[]>;
  /** Of the addresses that records name; undefined where the directory says nothing of the firm. */
  firm(): Promise<Firm | undefined>;
  /** Families that holds cover; absent where nobody may know of holds. */
  held?(asked: AskedHolds): Promise<readonly EventId[] | 'everything'>;
}

/** Addresses while they are of the firm, and while they are not. */
export interface Firm {
  readonly inside: readonly Tenure[];
  readonly outside: readonly Tenure[];
}

export interface Resolved {
  readonly plan: Plan;
  /** The presence events that fit but were left out; undefined where the query asks for presence. */
  readonly leftOut?: Plan;
}

export async function resolve(query: Query, lookups: Lookups): Promise<Resolved> {
  const plan = await planOf(query, lookups, false);
  if (asksForPresence(query)) return { plan };
  const presence: Plan = { op: 'kind', kinds: ['presence'] };
  return {
    plan: { op: 'and', parts: [plan, { op: 'not', part: presence }] },
    leftOut: { op: 'and', parts: [plan, presence] },
  };
}

/** A bound that nothing may pass: only what certainly fits, presence included. */
export function resolveBound(query: Query, lookups: Lookups): Promise<Plan> {
  return planOf(query, lookups, true);
}

/** `negated`: below an odd number of negations, where an unsure time must not take a record away. */
async function planOf(query: Query, lookups: Lookups, negated: boolean): Promise<Plan> {
  switch (query.type) {
    case 'everything':
      return { op: 'all' };
    case 'and':
    case 'or': {
      const parts: Plan[] = [];
      for (const part of query.parts) parts.push(await planOf(part, lookups, negated));
      return { op: query.type, parts };
    }
    case 'not':
      return { op: 'not', part: await planOf(query.part, lookups, !negated) };
    case 'text': {
      const parts: Plan[] = query.words.map((pattern) => ({ op: 'word', pattern }));
      if (query.phrase.length > 0) parts.unshift({ op: 'phrase', phrase: query.phrase });
      const [only] = parts;
      return only !== undefined && parts.length === 1 ? only : { op: 'and', parts };
    }
    case 'near':
      return { op: 'near', left: query.left.phrase, right: query.right.phrase, distance: query.distance };
    case 'field':
      return planOfField(query, lookups, negated);
  }
}

async function planOfField(
  query: Query & { type: 'field' },
  lookups: Lookups,
  negated: boolean,
): Promise<Plan> {
  switch (query.field) {
    case 'from':
    case 'to':
      return { op: 'party', role: query.field, pattern: query.pattern };
    case 'participant':
      return { op: 'conversations', keys: await lookups.conversations(query.pattern) };
    case 'member':
      return {
        op: 'or',
        parts: [
          { op: 'party', role: 'from', pattern: query.pattern },
          { op: 'party', role: 'to', pattern: query.pattern },
          { op: 'present', intervals: await lookups.intervals(query.pattern) },
        ],
      };
    case 'conversation':
      return { op: 'conversation-name', pattern: query.pattern };
    case 'file':
    case 'network':
      return { op: query.field, pattern: query.pattern };
    case 'kind':
      return { op: 'kind', kinds: query.kinds };
    case 'has':
      return { op: 'has', feature: query.feature };
    case 'class':
      return { op: 'class', class: query.class };
    case 'custodian': {
      const tenures = await lookups.custodian(query.custodian);
      return { op: 'address', role: 'involved', tenures, certain: negated };
    }
    case 'hold':
    case 'matter': {
      if (lookups.held === undefined) throw new TypeError('nobody here may know of holds');
      const ids = await lookups.held({ by: query.field, name: query.name });
      return ids === 'everything' ? { op: 'all' } : { op: 'families', ids };
    }
    case 'direction':
      return planOfDirection(query.direction, await lookups.firm(), negated);
    default: {
      const { from, to } = boundsOf(query.field, periodOf(query.date, lookups.zone));
      return { op: 'time', from, to, certain: negated };
    }
  }
}

/** A message goes somewhere where it says who sent it and to whom, and the directory knows the firm. */
function planOfDirection(direction: Direction, firm: Firm | undefined, negated: boolean): Plan {
  if (firm === undefined) return { op: direction === 'unknown' ? 'all' : 'none' };
  const stated: Plan[] = [
    { op: 'has', feature: 'sender' },
    { op: 'has', feature: 'recipient' },
  ];
  const address = (role: 'sender' | 'to', side: keyof Firm, certain: boolean): Plan => ({
    op: 'address',
    role,
    tenures: firm[side],
    certain,
  });
  const some = (role: 'sender' | 'to', side: keyof Firm): Plan => address(role, side, negated);
  const none = (role: 'sender' | 'to', side: keyof Firm): Plan => ({
    op: 'not',
    part: address(role, side, !negated),
  });
  switch (direction) {
    case 'unknown':
      return { op: 'not', part: { op: 'and', parts: stated } };
    case 'inbound':
      return { op: 'and', parts: [...stated, none('sender', 'inside'), some('to', 'inside')] };
    case 'outbound':
      return { op: 'and', parts: [...stated, some('sender', 'inside'), some('to', 'outside')] };
    case 'internal':
      return { op: 'and', parts: [...stated, some('sender', 'inside'), none('to', 'outside')] };
    case 'external':
      return { op: 'and', parts: [...stated, none('sender', 'inside'), none('to', 'inside')] };
  }
}

/** The instants [from, to) that a date field asks for; null where open. */
export function boundsOf(
  field: 'since' | 'until' | 'after' | 'before' | 'on',
  period: { from: number; to: number },
): { from: number | null; to: number | null } {
  switch (field) {
    case 'since':
      return { from: period.from, to: null };
    case 'until':
      return { from: null, to: period.to };
    case 'after':
      return { from: period.to, to: null };
    case 'before':
      return { from: null, to: period.from };
    case 'on':
      return { from: period.from, to: period.to };
  }
}
