import { HoldfastError } from '../core/errors.ts';
import type { ReadSettings, ReceiptSettings } from '../core/receipt.ts';
import { codePageNamed } from './reading/code-page.ts';
import { dayOf, isZone } from './reading/time.ts';
import { formatNamed } from './recognise.ts';
import { MAX_WILDCARDS, wildcardsIn } from './rules.ts';

/** What is stated about an input: for all of it, and by rules for the files that their paths match. */
export type StatedSettings = Omit<ReceiptSettings, 'format'> & { readonly format?: string };

/** Checks what was stated about an input; throws `unknown-format` or `bad-settings`. */
export function checkSettings(settings: StatedSettings): ReceiptSettings {
  const { rules = [], ...stated } = settings;
  checkOne(stated, '');
  for (const [i, rule] of rules.entries()) {
    const where = `Rule ${i + 1}: `;
    checkOne(rule, where);
    if (rule.path.trim() === '' || rule.path.length > 1024 || wildcardsIn(rule.path) > MAX_WILDCARDS)
      throw new HoldfastError('bad-settings', `${where}The path is empty, or has too many wildcards.`, {
        hint: `Write it like logs/nyc/**; up to ${MAX_WILDCARDS} wildcards.`,
      });
  }
  return { ...stated, format: stated.format ?? 'auto', ...(rules.length > 0 && { rules }) };
}

function checkOne(stated: ReadSettings & { readonly format?: string }, where: string): void {
  const { network, zone, account, dateOrder, encoding, date } = stated;
  const bad = (sentence: string, hint: string): HoldfastError =>
    new HoldfastError('bad-settings', where + sentence, { hint });
  formatNamed(stated.format ?? 'auto');
  if (network !== undefined && !/^[a-z0-9][a-z0-9._-]{0,63}$/u.test(network))
    throw bad('The network is not a name.', 'Write it in small letters, like aim, slack or bloomberg.');
  if (zone !== undefined && !isZone(zone))
    throw bad(
      'The zone is neither an offset nor a name that is known.',
      'Write it like +01:00 or Europe/London.',
    );
  if (account !== undefined && (account.trim() === '' || account.length > 320 || !account.isWellFormed()))
    throw bad('The account is not an address.', 'Write the address as the network shows it.');
  if (dateOrder !== undefined && !/^(?:dmy|mdy|ymd)$/u.test(dateOrder))
    throw bad('The date order is none.', 'Write dmy, mdy or ymd.');
  if (
    encoding !== undefined &&
    !/^utf-?16(?:le|be)?$/iu.test(encoding) &&
    codePageNamed(encoding) === undefined
  )
    throw bad(
      'The encoding is none that can be read.',
      'Write it like windows-1251, macintosh, shift_jis, gbk or utf-16le.',
    );
  if (date !== undefined && dayOf(date) === undefined)
    throw bad('The date is no day.', 'Write it like 2005-03-04.');
}
