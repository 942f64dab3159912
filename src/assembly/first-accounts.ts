import type { Caller } from '../cli/caller.ts';
import type { Account } from '../core/control/register.ts';
import type { Role } from '../core/control/roles.ts';
import { isHoldfastError } from '../core/errors.ts';
import type { ServiceParts } from '../http/served.ts';

/** Who is there from the start. What they may do excludes each other, so that nobody has everything. */
const FIRST: readonly { readonly account: string; readonly displayName: string; readonly role: Role }[] = [
  { account: 'administrator', displayName: 'First administrator', role: 'administrator' },
  { account: 'compliance', displayName: 'First compliance officer', role: 'compliance' },
];

/**
 * Makes sure that somebody can sign in: the first administrator and the first compliance officer, each with a one-time
 * password that is printed here and nowhere else. It is printed before it is sealed that there is one: a start that is
 * cut short before that gives another one, and afterwards nothing is done.
 */
export async function firstAccounts(
  { control, access }: Pick<ServiceParts, 'control' | 'access'>,
  { actor, io }: Pick<Caller, 'actor' | 'io'>,
): Promise<void> {
  for (const { account, displayName, role } of FIRST) {
    const { accounts } = await control.register();
    const isThere = [...accounts.values()].some(({ roles }) => roles.includes(role));
    try {
      const known = accounts.get(account) ?? (isThere ? undefined : await create());
      if (known === undefined || known.credentialSet !== null) continue;
      const password = await access.giveOneTimePassword(account);
      io.err(`First sign-in as '${account}' (${role}): one-time password ${password}`);
      await control.write(actor, {
        action: 'account.credential',
        details: { account, expects: known.version, credential: 'password', change: 'set', reference: null },
      });
    } catch (error) {
      // Another node does the same at this moment.
      if (!isHoldfastError(error, 'conflict')) throw error;
    }

    async function create(): Promise<Account | undefined> {
      const { register } = await control.write(actor, {
        action: 'account.create',
        details: { account, expects: 0, displayName, kind: 'person', person: null, roles: [role] },
      });
      return register.accounts.get(account);
    }
  }
}
