import { HoldfastError, isHoldfastError } from '../core/errors.ts';
import type { Sha256 } from '../core/event.ts';
import { sha256Hex } from '../core/hash.ts';
import { type Receipt, receiptNames } from '../core/receipt.ts';
import { Appender } from './appender.ts';
import { openCaptures } from './containers.ts';
import type { CarryContext } from './ingest-types.ts';
import { readReceivedAt, storeReceipts } from './receive.ts';
import { recognise } from './recognise.ts';
import { carryOne, readAccount, storeAccounts } from './run.ts';
import { SealedReceipts } from './sealed.ts';

export interface SweepOptions extends CarryContext {
  /** Only receipts received at least this long ago, milliseconds. At start 0; later 600,000. */
  readonly olderThan: number;
}

export interface SweepResult {
  /** Receipts that some log had not sealed, carried again with identical entries. */
  readonly carried: readonly Sha256[];
  /** Receipts that cannot be read from the vault any more. They stay pending; a person must act. */
  readonly damaged: readonly { readonly receipt: Sha256; readonly error: HoldfastError }[];
}

/** Carries again every receipt that some log has not sealed, so that the stream may be lost entirely. */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { vault, clock } = options;
  const sealed = options.sealed ?? new SealedReceipts(options.reader);
  await sealed.refresh();
  const appender = new Appender(options.stream, options.logs);
  const carried: Sha256[] = [];
  const damaged: { receipt: Sha256; error: HoldfastError }[] = [];
  for await (const name of vault.list('receipts')) {
    const sha256 = name.slice('receipts/'.length);
    if (!/^[0-9a-f]{64}$/u.test(sha256)) continue;
    const account = await readAccount(vault, sha256);
    if (account !== undefined && sealed.has(sha256, account)) continue;
    const receivedAt = await readReceivedAt(vault, sha256);
    if (receivedAt !== undefined && clock.now() - Date.parse(receivedAt) < options.olderThan) continue;
    try {
      await carryAgain(options, appender, sha256);
      carried.push(sha256);
    } catch (error) {
      // One lost object must not keep the others from being carried.
      if (!isHoldfastError(error, 'damaged-archive') && !isHoldfastError(error, 'not-found')) throw error;
      damaged.push({ receipt: sha256, error });
    }
  }
  await appender.drain();
  return { carried, damaged };
}

async function carryAgain(options: SweepOptions, appender: Appender, sha256: Sha256): Promise<void> {
  const { vault, clock } = options;
  const bytes = await vault.get(receiptNames.receipt(sha256));
  if (bytes === undefined)
    throw new HoldfastError('damaged-archive', `The receipt ${sha256} has gone from the vault.`, {
      hint: 'Run holdfast verify; restore the object from a copy.',
    });
  if (sha256Hex(bytes) !== sha256)
    throw new HoldfastError('damaged-archive', `The receipt ${sha256} is not what its name says.`, {
      hint: 'Run holdfast verify; restore the object from a copy.',
    });
  const receipt = JSON.parse(Buffer.from(bytes).toString('utf8')) as Receipt;
  const [stored] = await storeReceipts(vault, clock, [receipt]);
  if (stored === undefined) return;
  const opened = await openCaptures(vault, receipt.files, receipt.settings);
  try {
    const recognised = await recognise(opened.files);
    const carrier = await carryOne(options, appender, stored, opened, recognised);
    const account = carrier.account();
    await storeAccounts(vault, [{ sha256, account }]);
    await carrier.finish(account);
  } finally {
    await opened.close();
  }
}
