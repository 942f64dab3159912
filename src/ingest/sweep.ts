import { HoldfastError } from '../core/errors.ts';
import type { Sha256 } from '../core/event.ts';
import { type Receipt, receiptNames } from '../core/receipt.ts';
import { Appender } from './appender.ts';
import { openCaptures } from './containers.ts';
import type { CarryContext } from './ingest.ts';
import { readReceivedAt, storeReceipts } from './receive.ts';
import { recognise } from './recognise.ts';
import { carryOne, readAccount, storeAccounts } from './run.ts';
import { SealedReceipts } from './sealed.ts';

export interface SweepOptions extends CarryContext {
  /** Only receipts received at least this long ago, milliseconds. At start 0; later 600,000. */
  readonly olderThan: number;
  /** What earlier sweeps learnt of commits; kept by the caller, so that each commit is read once. */
  readonly sealed?: SealedReceipts;
}

export interface SweepResult {
  /** Receipts that some log had not sealed, carried again with identical entries. */
  readonly carried: readonly Sha256[];
}

/** Carries again every receipt that some log has not sealed, so that the stream may be lost entirely. */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { vault, clock } = options;
  const sealed = options.sealed ?? new SealedReceipts(options.reader);
  await sealed.refresh();
  const appender = new Appender(options.stream, options.logs);
  const carried: Sha256[] = [];
  for await (const name of vault.list('receipts')) {
    const sha256 = name.slice('receipts/'.length);
    if (!/^[0-9a-f]{64}$/u.test(sha256)) continue;
    const account = await readAccount(vault, sha256);
    if (account !== undefined && sealed.has(sha256, account)) continue;
    const receivedAt = await readReceivedAt(vault, sha256);
    if (receivedAt !== undefined && clock.now() - Date.parse(receivedAt) < options.olderThan) continue;
    await carryAgain(options, appender, sha256);
    carried.push(sha256);
  }
  await appender.drain();
  return { carried };
}

async function carryAgain(options: SweepOptions, appender: Appender, sha256: Sha256): Promise<void> {
  const { vault, clock } = options;
  const bytes = await vault.get(receiptNames.receipt(sha256));
  if (bytes === undefined)
    throw new HoldfastError('damaged-archive', `The receipt ${sha256} has gone from the vault.`, {
      hint: 'Run holdfast verify; restore the object from a copy.',
    });
  const receipt = JSON.parse(Buffer.from(bytes).toString('utf8')) as Receipt;
  const [stored] = await storeReceipts(vault, clock, [receipt]);
  if (stored === undefined || stored.sha256 !== sha256)
    throw new HoldfastError('damaged-archive', `The receipt ${sha256} is not what its name says.`, {
      hint: 'Run holdfast verify; restore the object from a copy.',
    });
  const opened = await openCaptures(vault, receipt.files);
  try {
    const recognised = await recognise(opened.files, receipt.settings.format);
    const carrier = await carryOne(options, appender, stored, opened, recognised);
    const account = carrier.account();
    await storeAccounts(vault, [{ sha256, account }]);
    await carrier.finish(account);
  } finally {
    await opened.close();
  }
}
