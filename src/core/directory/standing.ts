import type { Custodian, Directory } from './fold.ts';
import { isOfFirm, ownersAt } from './people.ts';
import { saysAnything } from './reference.ts';

/**
 * Who somebody is to the firm, by the directory, as `direction:` reads it. `firm`: a custodian, or several who share the
 * address. `unknown`: an address of the firm's domains that belongs to nobody in the directory. `external`: every other.
 */
export type Standing =
  | { readonly is: 'firm'; readonly owners: readonly [Custodian, ...Custodian[]] }
  | { readonly is: 'unknown' }
  | { readonly is: 'external' };

/** Standing of an address at an instant (UTC, ISO); undefined where the directory has nothing to say. */
export function standingOf(
  directory: Directory,
  network: string,
  address: string,
  instant: string,
): Standing | undefined {
  const [owner, ...others] = ownersAt(directory, network, address, instant);
  if (owner !== undefined) return { is: 'firm', owners: [owner, ...others] };
  if (!saysAnything(directory)) return undefined;
  return { is: isOfFirm(directory, address) ? 'unknown' : 'external' };
}
