import { openReader } from '../archive/read/open-reader.ts';
import type { ArchiveReader } from '../archive/reader.ts';
import { actorOf, forbidden } from '../core/control/step.ts';
import { plural } from '../core/counted.ts';
import type { HeldRecords } from '../core/holds/held.ts';
import { heldRecords } from '../retention/held.ts';
import type { JudgementOptions } from '../retention/judgement.ts';
import type { Archive } from './archive.ts';
import { type Context, check } from './context.ts';

import { Progress } from './progress.ts';

/**
 * What holds cover, for whoever may know of holds; undefined for others. They are judged when it is asked for first: the
 * whole vault is read.
 */
export async function heldFor(
  archive: Archive,
  context: Context,
): Promise<(() => Promise<HeldRecords>) | undefined> {
  const register = await archive.control.refresh();
  const actor = actorOf(register, context.actor);
  if (actor === undefined || forbidden(actor, 'hold.read') !== undefined) return undefined;
  let made: Promise<HeldRecords> | undefined;
  return () => {
    made ??= judged(archive, context, (reader, options) => heldRecords(reader, register, options));
    return made;
  };
}

/**
 * Has holds judged on the vault, with progress on a terminal, until the caller gives up. Every record is read several
 * times, so segments are checked by the digests in their commits and not leaf by leaf.
 */
export async function judged<T>(
  { vault, identity }: Archive,
  context: Context,
  judge: (reader: ArchiveReader, options: JudgementOptions) => Promise<T>,
): Promise<T> {
  const progress = new Progress(context.io, context.clock);
  const reader = await openReader(vault, identity, { scanChecks: 'segments' });
  const found = await judge(reader, {
    progress(read) {
      progress.show(`judged ${plural(read, 'record')}`);
      check(context.signal);
    },
  });
  progress.done();
  return found;
}
