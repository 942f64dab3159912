import type { Vault } from '../core/ports/vault.ts';
import type { Account, Statement } from '../core/record.ts';
import { readAccount } from './run.ts';

/** Differences that are listed one by one. */
const MAX_LISTED = 1000;

export interface Accounts {
  readonly receipts: number;
  /** Receipts that were never parsed to their end. */
  readonly unread: number;
  readonly units: number;
  readonly events: number;
  readonly rejects: number;
  readonly excluded: number;
  /** Counts that sources state of themselves, and how many of them differ from what was found. */
  readonly stated: number;
  readonly differing: number;
  /** The first of these. */
  readonly differences: readonly (Statement & { readonly receipt: string })[];
}

/** The sums of the accounts of all receipts that a vault holds: one small read each. */
export async function sumAccounts(vault: Vault): Promise<Accounts> {
  const sum = {
    receipts: 0,
    unread: 0,
    units: 0,
    events: 0,
    rejects: 0,
    excluded: 0,
    stated: 0,
    differing: 0,
  };
  const differences: (Statement & { receipt: string })[] = [];
  for await (const name of vault.list('receipts')) {
    const receipt = name.slice(name.lastIndexOf('/') + 1);
    if (!/^[0-9a-f]{64}$/u.test(receipt)) continue;
    sum.receipts++;
    const account: Account | undefined = await readAccount(vault, receipt);
    if (account === undefined) {
      sum.unread++;
      continue;
    }
    for (const part of ['units', 'events', 'rejects', 'excluded'] as const) sum[part] += account[part];
    for (const statement of account.stated ?? []) {
      sum.stated++;
      if (statement.stated === statement.found) continue;
      sum.differing++;
      if (differences.length < MAX_LISTED) differences.push({ receipt, ...statement });
    }
  }
  return { ...sum, differences };
}
