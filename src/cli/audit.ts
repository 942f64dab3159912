import { type ActTools, nodeOf, recordAct } from '../archive/acts.ts';
import type { Json } from '../core/event.ts';
import type { Act } from '../core/record.ts';
import type { Archive } from './archive.ts';
import type { Context } from './context.ts';

/**
 * Records a read of content before it is answered. Where this throws, the answer must not be given: no act without
 * its entry.
 */
export function audit(
  context: Context,
  archive: Archive,
  action: string,
  details: { readonly [key: string]: Json },
): Promise<Act> {
  return recordAct(
    archive.stream,
    { log: 'audit', action, actor: context.actor, details },
    actTools(archive),
  );
}

/** What acts of this node are recorded with. */
export function actTools(archive: Archive): ActTools {
  return { clock: archive.clock, random: archive.random, node: nodeOf(archive.identity, archive.keys.node) };
}
