/** One run of ingest: groups of inputs through receiving, parsing and carrying. */
import { setImmediate } from 'node:timers/promises';
import { EMPTY_REGISTER } from '../core/control/register.ts';
import type { Sha256 } from '../core/event.ts';
import type { Vault } from '../core/ports/vault.ts';
import { type Receipt, type ReceivedFile, receiptNames } from '../core/receipt.ts';
import type { Account } from '../core/record.ts';
import { Appender } from './appender.ts';
import { ReceiptCarrier } from './carry.ts';
import { type Opened, openCaptures } from './containers.ts';
import type { CarryContext, IngestedReceipt, IngestOptions, Skipped } from './ingest-types.ts';
import { keptUntil } from './kept.ts';
import { parse } from './parse.ts';
import { receiveFiles, type StoredReceipt, storeReceipts } from './receive.ts';
import { type Recognised, recognise } from './recognise.ts';
import { settingsFor } from './rules.ts';
import { SealedReceipts } from './sealed.ts';
import { nameOf } from './source-name.ts';
import type { Input } from './walk.ts';

export class IngestRun {
  readonly #options: IngestOptions;
  readonly #settings: Receipt['settings'];
  readonly #done: (receipt: IngestedReceipt) => void;
  readonly #appender: Appender;
  readonly #seen = new Set<Sha256>();
  #sealed: SealedReceipts | undefined;
  #files = 0;
  #bytes = 0;
  #units = 0;

  constructor(
    options: IngestOptions,
    settings: Receipt['settings'],
    done: (receipt: IngestedReceipt) => void,
  ) {
    this.#options = options;
    this.#settings = settings;
    this.#done = done;
    this.#appender = new Appender(options.stream, options.logs);
  }

  /** Puts the bytes of a group into the vault. May run while the group before is carried. */
  receive(inputs: readonly Input[], skip: (skipped: Skipped) => void): Promise<ReceivedFile[][]> {
    return receiveFiles(this.#options.vault, inputs, skip, this.#until());
  }

  #until(): string | undefined {
    const { clock, connector, register } = this.#options;
    return keptUntil(clock.now(), connector ?? 'file', register ?? EMPTY_REGISTER);
  }

  /** Parses and queues a received group; receipt entries follow once all accounts of the group are stored. */
  async carry(received: readonly ReceivedFile[][]): Promise<void> {
    const { vault, clock } = this.#options;
    const opened: { files: Receipt['files']; opened: Opened; recognised: Recognised }[] = [];
    try {
      for (const files of received) {
        const captures = await openCaptures(vault, files, this.#settings);
        const recognised = await recognise(captures.files);
        opened.push({ files, opened: captures, recognised });
      }
      const receipts = opened.map(({ files, opened, recognised }) => ({
        files,
        connector: this.#options.connector ?? 'file',
        format: recognised.name,
        settings: settingsFor(this.#settings, opened.files.map(nameOf)),
      }));
      await this.#carryGroup(await storeReceipts(vault, clock, receipts, this.#until()), opened);
    } finally {
      for (const each of opened) await each.opened.close();
    }
  }

  async #carryGroup(
    stored: readonly StoredReceipt[],
    opened: readonly { opened: Opened; recognised: Recognised }[],
  ): Promise<void> {
    const finished: { carrier: ReceiptCarrier; account: Account; sha256: Sha256 }[] = [];
    for (const [i, receipt] of stored.entries()) {
      const source = opened[i];
      if (source === undefined || this.#seen.has(receipt.sha256)) continue;
      this.#seen.add(receipt.sha256);
      const paths = receipt.receipt.files.map((file) => file.path);
      const shown = {
        receipt: receipt.sha256,
        place: placeOf(paths),
        paths,
        format: source.recognised.name,
        reason: source.recognised.reason,
        receivedAt: receipt.receivedAt,
      };
      const already = receipt.known ? await this.#sealedAccount(receipt.sha256) : undefined;
      if (already !== undefined) {
        this.#done({ ...shown, account: already, expired: 0, state: 'already' });
      } else {
        const carrier = await carryOne(
          this.#options,
          this.#appender,
          receipt,
          source.opened,
          source.recognised,
          (units) => this.#tell(units),
        );
        const account = carrier.account();
        finished.push({ carrier, account, sha256: receipt.sha256 });
        this.#units += account.units;
        this.#done({ ...shown, account, expired: carrier.expired, state: 'carried' });
      }
      this.#files += paths.length;
      this.#bytes += receipt.receipt.files.reduce((sum, file) => sum + file.size, 0);
      this.#tell(0);
    }
    await storeAccounts(this.#options.vault, finished);
    for (const { carrier, account } of finished) await carrier.finish(account);
  }

  /** The account of a receipt that every log it names has sealed; undefined: it has to be carried (again). */
  async #sealedAccount(receipt: Sha256): Promise<Account | undefined> {
    const account = await readAccount(this.#options.vault, receipt);
    if (account === undefined) return undefined;
    if (this.#sealed === undefined) {
      this.#sealed = this.#options.sealed ?? new SealedReceipts(this.#options.reader);
      await this.#sealed.refresh();
    }
    return this.#sealed.has(receipt, account) ? account : undefined;
  }

  #tell(under: number): void {
    this.#options.progress?.({ files: this.#files, bytes: this.#bytes, units: this.#units + under });
  }

  /** Resolves when everything is durable on the stream. */
  async finish(): Promise<void> {
    await this.#appender.drain();
  }
}

/** Parses a receipt and queues its entries; `finish` on the result queues the receipt entry. */
export async function carryOne(
  context: CarryContext,
  appender: Appender,
  receipt: StoredReceipt,
  opened: Opened,
  recognised: Recognised,
  progress?: (units: number) => void,
): Promise<ReceiptCarrier> {
  const carrier = new ReceiptCarrier(
    {
      receipt: receipt.sha256,
      receivedAt: receipt.receivedAt,
      connector: receipt.receipt.connector,
      format: receipt.receipt.format,
    },
    appender,
    context.vault,
    context.logs,
    context.register ?? EMPTY_REGISTER,
  );
  let told = 0;
  for await (const batch of parse(receipt.sha256, opened, recognised, (statement) =>
    carrier.state(statement),
  )) {
    await carrier.add(batch);
    // What is in memory is parsed without a pause: others of this process, such as searches, get their turn here.
    await setImmediate();
    if (carrier.units - told < 1000) continue;
    told = carrier.units;
    progress?.(told);
  }
  return carrier;
}

/** Puts accounts beside their receipts before any receipt entry goes out: the sweeper reads which logs they name. */
export async function storeAccounts(
  vault: Vault,
  accounts: readonly { readonly sha256: Sha256; readonly account: Account }[],
): Promise<void> {
  if (accounts.length === 0) return;
  await vault.put(
    accounts.map(({ sha256, account }) => ({
      name: receiptNames.account(sha256),
      bytes: Buffer.from(JSON.stringify(account), 'utf8'),
    })),
  );
}

/** The account beside a receipt; undefined where it was never parsed to its end. */
export async function readAccount(vault: Vault, receipt: Sha256): Promise<Account | undefined> {
  const bytes = await vault.get(receiptNames.account(receipt));
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Account);
}

/** One path, or the folder that many share. */
function placeOf(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  if (others.length === 0) return first;
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of others)
    while (folder !== '' && !path.startsWith(folder))
      folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  return folder;
}
