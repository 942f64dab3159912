/** Whom an account supervises, by the register: what it may read, and what waits for another person. */
import { type Supervised, supervisedBy } from '../directory/supervised.ts';
import type { Account, Register } from './register.ts';
import { supervises } from './roles.ts';

/** Undefined where the account neither has a role of a supervisor nor is to have one, or is nobody of the directory. */
export function supervisionOf({ directory }: Register, account: Account): Supervised | undefined {
  const { person, roles, requests, people } = account;
  const isSupervisor =
    roles.some(supervises) || requests.some((one) => one.what === 'role' && supervises(one.role));
  // Whoever is not known by his addresses could not be kept from himself.
  if (!isSupervisor || person === null || !directory.custodians.has(person)) return undefined;
  return supervisedBy(directory, person, people?.directory ?? null);
}

/** What is shown of it to who reads accounts: nothing of an account that supervises nobody. */
export function supervisionShown(register: Register, account: Account): object {
  const supervision = supervisionOf(register, account);
  if (supervision === undefined) return {};
  const { assigned, waiting } = supervision;
  return {
    supervises: { approved: account.people, directory: register.directory.version, assigned, waiting },
  };
}
