import { parseQuery } from '../core/search/parse.ts';

/**
 * One query inside another: what both find. Both must be whole queries of their own (throws `bad-query`): a bracket that
 * closes what the other one opened would reach beyond it.
 */
export function within(scope: string, query: string): string {
  parseQuery(scope);
  parseQuery(query);
  return `( ${scope} ) ( ${query} )`;
}

/** What any of several queries finds. */
export function anyOf(scopes: readonly string[]): string {
  for (const scope of scopes) parseQuery(scope);
  return scopes.map((scope) => `( ${scope} )`).join(' OR ');
}
