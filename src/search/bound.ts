/** What somebody may see, as a condition that nothing he asks gets around. */
import type { Directory, OwnedAddress } from '../core/directory/fold.ts';
import { tenuresOf } from '../core/directory/tenures.ts';
import { directoryAt } from '../core/directory/versions.ts';
import type { Heads } from '../core/ports/index.ts';
import { parseQuery } from '../core/search/parse.ts';
import type { Plan } from '../core/search/plan.ts';
import { resolveBound } from '../core/search/resolve.ts';
import { type AskedIndex, indexLookups, MOST_CONVERSATIONS } from './lookups.ts';

export type Bound =
  /** What a query finds, by a version of the directory: an auditor's grant. */
  | { readonly is: 'query'; readonly text: string; readonly directory?: number }
  /** The addresses of those whose supervisor somebody is, and never his own: all that any version ever gave him. */
  | {
      readonly is: 'supervised';
      readonly theirs: readonly OwnedAddress[];
      readonly his: readonly OwnedAddress[];
    };

/** What any of these bounds lets through, and surely. */
export async function planOfBounds(
  bounds: readonly Bound[],
  index: AskedIndex,
  heads: Heads,
  zone: string,
  directory: Directory,
): Promise<Plan> {
  const parts: Plan[] = [];
  for (const bound of bounds) {
    if (bound.is === 'supervised') parts.push(await supervised(bound, index, heads));
    else {
      const then = bound.directory === undefined ? directory : directoryAt(directory, bound.directory);
      const query = parseQuery(bound.text);
      // A version that this node has not read yet lets nothing through until it has.
      if (then !== undefined) parts.push(await resolveBound(query, indexLookups(index, heads, zone, then)));
    }
  }
  return { op: 'or', parts };
}

/** Records that name one of the people, unless they name him too, and nothing of a conversation between two with him. */
async function supervised(
  { theirs, his }: Bound & { is: 'supervised' },
  index: AskedIndex,
  heads: Heads,
): Promise<Plan> {
  const isHis: Plan = { op: 'address', role: 'involved', tenures: tenuresOf(his), certain: false };
  const direct: Plan = { op: 'has', feature: 'direct' };
  const keys = await index.conversations({ op: 'and', parts: [direct, isHis] }, heads, MOST_CONVERSATIONS);
  return {
    op: 'and',
    parts: [
      { op: 'address', role: 'involved', tenures: tenuresOf(theirs), certain: true },
      { op: 'not', part: isHis },
      { op: 'not', part: { op: 'conversations', keys } },
    ],
  };
}
