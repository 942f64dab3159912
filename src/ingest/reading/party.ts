import type { Party } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Writable } from './writable.ts';

/** A party as the source shows it: the normal form, and what was written where that differs. */
export function party(network: string, written: string, name?: string): Party {
  const address = normaliseAddress(network, written);
  const found: Writable<Party> = { address };
  if (name !== undefined && name !== '' && name !== address) found.name = name;
  if (written !== address) found.written = written;
  return found;
}
