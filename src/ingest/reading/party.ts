import type { Party } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';

/** A party as the source shows it: the normal form, and what was written where that differs. */
export function party(network: string, written: string, name?: string): Party {
  const address = normaliseAddress(network, written);
  return {
    address,
    ...(name !== undefined && name !== '' && name !== address && { name }),
    ...(written !== address && { written }),
  };
}
