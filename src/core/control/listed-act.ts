/** Which acts a list shows to whom, and how much of them. */
import type { Json } from '../event.ts';
import type { Act } from '../record.ts';
import type { Register } from './register.ts';

/** What a list is asked for; absent: anything. */
export interface ActFilter {
  /** UTC instant or the beginning of one. */
  readonly since?: string | undefined;
  readonly action?: string | undefined;
  /** Who acted, or whom it was about. */
  readonly account?: string | undefined;
  /** Name of a record that was looked at. */
  readonly record?: string | undefined;
  /** The matter itself, its holds and its productions. */
  readonly matter?: string | undefined;
}

/** What the reader of a list may see beside the acts as such. */
export interface ActReader {
  /** Texts that people wrote: queries, scopes, reasons. */
  readonly texts: boolean;
  readonly holds: boolean;
}

export function isListed(act: Act, filter: ActFilter, register: Register): boolean {
  const { since, action, account, record, matter } = filter;
  return (
    (since === undefined || act.at >= since) &&
    (action === undefined || act.action === action) &&
    (account === undefined || act.actor === account || act.details.account === account) &&
    (record === undefined || act.details.record === record) &&
    (matter === undefined || mattersOf(act, register).has(matter))
  );
}

/** The act as a reader may see it; undefined where he may not see that it was. */
export function shownAct(
  act: Act,
  reader: ActReader,
): Pick<Act, 'action' | 'actor' | 'at' | 'details'> | undefined {
  const { action, actor, at, details } = act;
  const isOnHold =
    action.startsWith('hold') || details.hold !== undefined || String(details.kind).startsWith('hold');
  if (isOnHold && !reader.holds) return undefined;
  return { action, actor, at, details: reader.texts ? details : withoutTexts(details) };
}

function mattersOf({ details }: Act, { holds, productions }: Register): ReadonlySet<unknown> {
  const { matter, hold, production } = details;
  return new Set([
    matter,
    typeof hold === 'string' ? holds.get(hold)?.matter : undefined,
    typeof production === 'string' ? productions.get(production)?.matter : undefined,
  ]);
}

/** Everything that is not known to be harmless is left out. */
function withoutTexts(details: Act['details']): { readonly [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(details).filter(
      ([key, value]) => typeof value === 'number' || typeof value === 'boolean' || HARMLESS.has(key),
    ),
  );
}

/** Names of details that hold names, dates and words from closed lists. */
const HARMLESS: ReadonlySet<string> = new Set([
  'account',
  'address',
  'change',
  'checked',
  'code',
  'codes',
  'connector',
  'credential',
  'displayName',
  'grant',
  'heads',
  'job',
  'key',
  'kind',
  'log',
  'operation',
  'person',
  'record',
  'role',
  'roles',
  'since',
  'via',
]);
