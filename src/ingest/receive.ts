/**
 * Received: captures first, then the receipt and the moment beside it, each group durable before the next. A kill in
 * between leaves captures that no receipt names (counted, harmless) or a receipt whose captures are all there.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isHoldfastError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Vault, VaultObject } from '../core/ports/vault.ts';
import { encodeReceipt, type Receipt, type ReceivedFile, receiptNames } from '../core/receipt.ts';
import type { Skipped } from './ingest-types.ts';
import type { Input, InputFile } from './walk.ts';

/** Files up to this size are put in groups, from memory. */
const SMALL = 4 * 1024 * 1024;
const CHUNK = 1024 * 1024;

/** Small files that are put together: their number and bytes are bounded. */
class SmallFiles {
  readonly #vault: Vault;
  readonly #until: string | undefined;
  readonly #objects = new Map<string, Uint8Array>();
  #size = 0;

  constructor(vault: Vault, until: string | undefined) {
    this.#vault = vault;
    this.#until = until;
  }

  async add(sha256: string, bytes: Uint8Array): Promise<void> {
    const name = receiptNames.capture(sha256);
    if (!this.#objects.has(name)) this.#size += bytes.length;
    this.#objects.set(name, bytes);
    if (this.#size >= 8 * SMALL || this.#objects.size >= 1024) await this.put();
  }

  async put(): Promise<void> {
    const until = this.#until;
    const objects: VaultObject[] = [...this.#objects].map(([name, bytes]) => ({ name, bytes, until }));
    this.#objects.clear();
    this.#size = 0;
    if (objects.length > 0) await this.#vault.put(objects);
  }
}

/**
 * Stores the bytes of one group of inputs, to be kept `until` then; inputs of which no file could be read are left out.
 */
export async function receiveFiles(
  vault: Vault,
  inputs: readonly Input[],
  skip: (skipped: Skipped) => void,
  until?: string,
): Promise<ReceivedFile[][]> {
  const small = new SmallFiles(vault, until);
  const received: ReceivedFile[][] = [];
  for (const input of inputs) {
    const files: ReceivedFile[] = [];
    for (const found of input.files) {
      const file = await receiveFile(vault, found, small, skip, until);
      if (file !== undefined) files.push(file);
    }
    if (files.length > 0) received.push(files);
  }
  await small.put();
  return received;
}

async function receiveFile(
  vault: Vault,
  { path, raw }: InputFile,
  small: SmallFiles,
  skip: (skipped: Skipped) => void,
  until: string | undefined,
): Promise<ReceivedFile | undefined> {
  let handle: FileHandle | undefined;
  try {
    // Not followed and not waited for, whatever has taken the place of the file since it was listed.
    handle = await open(raw, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) {
      skip({ path, reason: 'not-a-file' });
      return undefined;
    }
    if (stat.size <= SMALL) {
      const bytes = await readUpTo(handle, SMALL);
      if (bytes !== undefined) {
        const sha256 = sha256Hex(bytes);
        await small.add(sha256, bytes);
        return { path, sha256, size: bytes.length };
      }
    }
    // What counts is what was stored: a file that grows meanwhile is parsed as it stands in the vault.
    const { sha256, size } = await vault.putStream('captures/', chunksOf(handle), until);
    return { path, sha256, size };
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    skip({ path, reason: 'unreadable', ...codeOf(error) });
    return undefined;
  } finally {
    await handle?.close();
  }
}

const codeOf = (error: unknown): { detail?: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? { detail: error.code } : {};

/** The whole file, or undefined where it has grown past `limit`. */
async function readUpTo(handle: FileHandle, limit: number): Promise<Uint8Array | undefined> {
  const stat = await handle.stat();
  const buffer = Buffer.alloc(Math.min(limit, stat.size) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  return undefined;
}

async function* chunksOf(handle: FileHandle): AsyncIterable<Uint8Array> {
  for (let at = 0; ; ) {
    const buffer = Buffer.allocUnsafe(CHUNK);
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A receipt that is in the vault. */
export interface StoredReceipt {
  readonly sha256: string;
  readonly receipt: Receipt;
  /** The first one wins: it decides class and quarter for ever. */
  readonly receivedAt: string;
  /** An earlier run had stored it. */
  readonly known: boolean;
}

/** Puts receipts, to be kept `until` then, and beside each the moment at which it was first received. */
export async function storeReceipts(
  vault: Vault,
  clock: Clock,
  receipts: readonly Receipt[],
  until?: string,
): Promise<StoredReceipt[]> {
  const now = new Date(clock.now()).toISOString();
  const encoded = receipts.map((receipt) => ({ receipt, ...encodeReceipt(receipt) }));
  const objects = encoded.flatMap(({ sha256, text }) => [
    { name: receiptNames.receipt(sha256), bytes: Buffer.from(text, 'utf8'), until },
    {
      name: receiptNames.received(sha256),
      bytes: Buffer.from(JSON.stringify({ receivedAt: now }), 'utf8'),
      until,
    },
  ]);
  const outcomes = await vault.put(objects);
  const stored: StoredReceipt[] = [];
  for (const [i, { receipt, sha256 }] of encoded.entries()) {
    const known = outcomes[2 * i + 1] === 'exists';
    const receivedAt = known ? ((await readReceivedAt(vault, sha256)) ?? now) : now;
    stored.push({ sha256, receipt, receivedAt, known });
  }
  return stored;
}

/** The moment beside a receipt; undefined where a kill came between the two. */
export async function readReceivedAt(vault: Vault, receipt: string): Promise<string | undefined> {
  const bytes = await vault.get(receiptNames.received(receipt));
  if (bytes === undefined) return undefined;
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return typeof value === 'object' &&
    value !== null &&
    'receivedAt' in value &&
    typeof value.receivedAt === 'string'
    ? value.receivedAt
    : undefined;
}
