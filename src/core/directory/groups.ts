import type { Event, Party } from '../event.ts';
import type { Directory } from './fold.ts';
import { ownersAt } from './people.ts';

/**
 * Groups (entity, desk, others) of the custodians who took part in an event, by the directory in force; undefined where
 * the directory cannot say, because it is empty.
 */
export function groupsOf(directory: Directory, event: Event): ReadonlySet<string> | undefined {
  if (directory.custodians.size === 0) return undefined;
  const groups = new Set<string>();
  for (const { address } of partiesOf(event))
    for (const { entity, desk, groups: others } of ownersAt(
      directory,
      event.network,
      address,
      event.at.instant,
    )) {
      if (entity !== null) groups.add(entity);
      if (desk !== null) groups.add(desk);
      for (const group of others) groups.add(group);
    }
  return groups;
}

function partiesOf(event: Event): readonly Party[] {
  const listed =
    event.kind === 'roster' ? event.payload.members : event.kind === 'invite' ? event.payload.invited : [];
  return [event.sender, event.actor, ...(event.recipients ?? []), ...listed].filter(
    (one) => one !== undefined,
  );
}
