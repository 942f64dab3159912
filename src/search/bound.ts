/** What somebody may see, as a condition that nothing he asks gets around. */
import type { Directory } from '../core/directory/fold.ts';
import { addressesOf } from '../core/directory/people.ts';
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
  /** The people whose supervisor somebody is (HR ids), and never he himself. */
  | { readonly is: 'supervised'; readonly people: readonly string[]; readonly never: string };

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
    if (bound.is === 'supervised') parts.push(await supervised(bound, index, heads, directory));
    else {
      const then = bound.directory === undefined ? directory : directoryAt(directory, bound.directory);
      const query = parseQuery(bound.text);
      // A version that this node has not read yet lets nothing through until it has.
      if (then !== undefined) parts.push(await resolveBound(query, indexLookups(index, heads, zone, then)));
    }
  }
  return { op: 'or', parts };
}

/**
 * Records that name one of the people, unless they name him too, and nothing of a conversation between two of which he
 * is one. He is known by every address that any version of the directory ever gave him: a change of the directory does
 * not make him somebody else.
 */
async function supervised(
  { people, never }: Bound & { is: 'supervised' },
  index: AskedIndex,
  heads: Heads,
  directory: Directory,
): Promise<Plan> {
  const theirs = people.flatMap((id) => {
    const custodian = directory.custodians.get(id);
    return custodian === undefined ? [] : addressesOf(custodian);
  });
  const himself = directory.custodians.get(never);
  const his = tenuresOf(himself === undefined ? [] : addressesOf(himself, 0));
  const isHis: Plan = { op: 'address', role: 'involved', tenures: his, certain: false };
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
