import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeOf, recordHeads } from '../../../src/archive/acts.ts';
import { openReader } from '../../../src/archive/read/open-reader.ts';
import { type VerifyOptions, verifyArchive } from '../../../src/archive/verify/verify.ts';
import type { Verification } from '../../../src/core/faults.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import { encodeReceipt, receiptNames } from '../../../src/core/receipt.ts';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { carried, carriedReceipt, messageEvent, openWorkshop, type Workshop } from '../workshop.ts';

/** The day on which everything here was received: of the quarter in which it is carried. */
const RECEIVED = Buffer.from(JSON.stringify({ receivedAt: '2026-01-02T03:04:05.678Z' }));

/** A whole small archive: captures and receipts in the vault, events sealed in several commits, heads in control. */
export interface SealedArchive {
  readonly workshop: Workshop;
  /** Adds a capture with `count` events, and seals it. */
  add(name: string, count: number): Promise<void>;
  sealHeads(): Promise<void>;
  verify(options?: Partial<VerifyOptions>): Promise<Verification>;
  /** The fault codes of a verification, each once. */
  codes(options?: Partial<VerifyOptions>): Promise<string[]>;
  /** Path of a vault object. */
  path(name: string): string;
  /** Names of the files in a folder of the vault, whole. */
  names(folder: string): Promise<string[]>;
  /** Changes one byte of a vault object, as a hand on the disk would. */
  flip(name: string, at?: number): Promise<void>;
}

export async function openSealedArchive(partitions = 1): Promise<SealedArchive> {
  const workshop = await openWorkshop(partitions);
  await workshop.found();
  // The workshop's own capture and receipt are for records that these tests do not seal.
  await rm(join(workshop.folder, 'vault/captures'), { recursive: true, force: true });
  await rm(join(workshop.folder, 'vault/receipts'), { recursive: true, force: true });
  const { vault, stream, identity, clock, random, node } = workshop;
  const tools = { clock, random, node: nodeOf(identity, node) };
  const archive: SealedArchive = {
    workshop,
    async add(name, count) {
      const capture = Buffer.from(`capture ${name}`);
      const sha256 = sha256Hex(capture);
      const receipt = encodeReceipt({
        files: [{ path: `/in/${name}`, sha256, size: capture.length }],
        connector: 'folder',
        format: 'slack',
        settings: { format: 'auto' },
      });
      const own = new FolderVault(vault.root);
      await own.put([{ name: receiptNames.capture(sha256), bytes: capture }]);
      await own.put([{ name: receiptNames.receipt(receipt.sha256), bytes: Buffer.from(receipt.text) }]);
      await own.put([{ name: receiptNames.received(receipt.sha256), bytes: RECEIVED }]);
      const messages = Array.from({ length: count }, (_, i) => {
        const position = { offset: i, length: 1 };
        const provenance = { receipt: receipt.sha256, capture: sha256, path: name, position };
        return carried(messageEvent(`${name} ${i}`, { provenance }));
      });
      await stream.append('m0', [...messages, carriedReceipt(receipt.sha256, count)]);
      await workshop.sealAll();
    },
    async sealHeads() {
      await recordHeads(await openReader(vault), stream, 'os:test@host', tools);
      await workshop.sealAll();
    },
    verify: (options = {}) => verifyArchive({ vault, ...options }),
    async codes(options) {
      const { faults } = await archive.verify(options);
      return [...new Set(faults.map(({ code }) => code))].sort();
    },
    path: (name) => join(workshop.folder, 'vault', name),
    async names(folder) {
      const found = await readdir(archive.path(folder), { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(archive.path('').length + 1))
        .sort();
    },
    async flip(name, at) {
      const bytes = await readFile(archive.path(name));
      const place = at ?? Math.floor(bytes.length / 2);
      bytes[place] = (bytes[place] as number) ^ 1;
      await overwrite(archive.path(name), bytes);
    },
  };
  return archive;
}

/** Overwrites a read-only file. */
export async function overwrite(path: string, bytes: Uint8Array | string): Promise<void> {
  await chmod(path, 0o644);
  await writeFile(path, bytes);
}
