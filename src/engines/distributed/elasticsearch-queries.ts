import type { PageRequest } from '../../core/ports/index.ts';
import type { Plan } from '../../core/search/plan.ts';
import { type Query, queryOf } from './elasticsearch-query.ts';
import { isNarrow, partsOf, type Window, withoutAddresses } from './elasticsearch-windows.ts';

/**
 * What a plan is asked as: one query, or several of records that follow each other, in the order of the page. Only where
 * records are that can fit, which `span` tells of a query: nobody's tenures matter before the first of them.
 */
export async function* queriesOf(
  plan: Plan,
  { heads, after, backwards = false }: Pick<PageRequest, 'heads' | 'after' | 'backwards'>,
  span: (query: Query) => Promise<Window | undefined>,
): AsyncGenerator<Query> {
  if (isNarrow(plan)) {
    yield queryOf(plan, heads);
    return;
  }
  const all = await span(queryOf(withoutAddresses(plan), heads));
  if (all === undefined) return;
  const from = after === undefined || backwards ? all.from : Math.max(all.from, after.at);
  const to = after === undefined || !backwards ? all.to : Math.min(all.to, after.at + 1);
  const order = backwards ? 'descending' : 'ascending';
  for (const { plan: part, within } of partsOf(plan, { from, to }, order)) yield queryOf(part, heads, within);
}
