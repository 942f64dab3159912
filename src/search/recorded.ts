import { parseQuery } from '../core/search/parse.ts';
import { asksForHolds } from '../core/search/query.ts';

const LONGEST = 2_000;

/**
 * A query as details of its audit entry: hostile ones are cut, and one that asks for holds says so, as only those may see
 * the entry who may know of holds.
 */
export function recorded(query: string): { readonly query: string; readonly kind?: 'holds' } {
  const text = query.length > LONGEST ? `${query.slice(0, LONGEST)}…` : query;
  return { query: text, ...(asksForHolds(parseQuery(query, { holds: true })) && { kind: 'holds' as const }) };
}
