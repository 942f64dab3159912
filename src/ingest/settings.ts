import { HoldfastError } from '../core/errors.ts';
import type { ReadSettings, Receipt } from '../core/receipt.ts';
import { isZone } from './reading/time.ts';
import { formatNamed } from './recognise.ts';

/** Checks what was stated about an input; throws `unknown-format` or `bad-settings`. */
export function checkSettings(settings: ReadSettings & { readonly format?: string }): Receipt['settings'] {
  const { network, zone, account } = settings;
  const format = settings.format ?? 'auto';
  formatNamed(format);
  if (network !== undefined && !/^[a-z0-9][a-z0-9._-]{0,63}$/u.test(network))
    throw new HoldfastError('bad-settings', 'The network is not a name.', {
      hint: 'Write it in small letters, like aim, slack or bloomberg.',
    });
  if (zone !== undefined && !isZone(zone))
    throw new HoldfastError('bad-settings', 'The zone is neither an offset nor a name that is known.', {
      hint: 'Write it like +01:00 or Europe/London.',
    });
  if (account !== undefined && (account.trim() === '' || account.length > 320 || !account.isWellFormed()))
    throw new HoldfastError('bad-settings', 'The account is not an address.', {
      hint: 'Write the address as the network shows it.',
    });
  return {
    format,
    ...(network !== undefined && { network }),
    ...(zone !== undefined && { zone }),
    ...(account !== undefined && { account }),
  };
}
