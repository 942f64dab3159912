import { isHoldfastError } from '../core/errors.ts';

/** What the entry of a sign-in that failed says: the account as it was typed, short, and without what could end a line. */
export function failedSignIn(
  account: string,
  address: string,
  error: unknown,
): { readonly account: string; readonly address: string; readonly code: string } {
  const typed = account.slice(0, 64).replace(/[^\x20-\x7e]/g, '·');
  return { account: typed, address, code: isHoldfastError(error) ? error.code : 'internal' };
}
