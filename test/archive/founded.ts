import { createArchive, nodeOf } from '../../src/archive/acts.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/** A workshop whose archive was founded: identity in the vault, first act in control's stream. */
export async function openFounded(partitions = 1): Promise<Workshop> {
  const workshop = await openWorkshop(partitions);
  const { vault, stream, identity, clock, random, node } = workshop;
  await createArchive({ vault, stream }, identity, 'os:test@host', {
    clock,
    random,
    node: nodeOf(identity, node),
  });
  return workshop;
}
