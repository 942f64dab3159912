/**
 * Snapshots of the register: a cache, so that a start does not fold control from its beginning. One file, replaced
 * whole, signed by the node that wrote it (it decides who may do what), good for one commit of control and one version
 * of the fold. Whatever does not fit is as if it were not there.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { FOLD_VERSION } from '../core/control/fold.ts';
import type { Register } from '../core/control/register.ts';
import { sha256Hex } from '../core/hash.ts';
import { canonical } from '../core/json.ts';
import { commitBytes, commitDigest } from '../core/ledger/commit.ts';
import { verifyEd25519 } from '../core/ledger/note.ts';
import { CONTROL, generationName } from '../core/logs.ts';
import type { Signer } from '../core/ports/signer.ts';
import type { LogName } from '../core/record.ts';
import type { ArchiveReader, Head } from './reader.ts';

export interface RegisterSnapshot {
  readonly generation: number;
  /** Leaves of that generation that are folded. */
  readonly size: number;
  readonly register: Register;
}

/** What stands before the register in the file, and is signed with its digest. */
interface Heading {
  readonly v: number;
  readonly archive: string;
  readonly generation: number;
  readonly size: number;
  readonly commit: number;
  /** SHA-256 of the commit's stored bytes. */
  readonly digest: string;
  /** SHA-256 of the serialised register. */
  readonly register: string;
}

const SIGNATURE_BYTES = 64;

export class RegisterSnapshots {
  readonly #path: string;
  readonly #folder: string;
  readonly #node: Signer;

  /** `folder`: of this process alone; made where it is missing. */
  constructor(folder: string, node: Signer) {
    this.#folder = folder;
    this.#path = join(folder, 'register.snapshot');
    this.#node = node;
  }

  /** The snapshot, where it is of this archive, this fold, and a commit that is still the archive's. */
  async load(reader: ArchiveReader): Promise<RegisterSnapshot | undefined> {
    try {
      const file = await readFile(this.#path);
      const end = file.indexOf('\n');
      const text = file.subarray(0, end).toString('utf8');
      const signature = file.subarray(end + 1, end + 1 + SIGNATURE_BYTES);
      const bytes = file.subarray(end + 1 + SIGNATURE_BYTES);
      if (!verifyEd25519(this.#node.publicKey, message(text), signature)) return undefined;
      const heading: Heading = JSON.parse(text);
      const { v, archive, generation, size, commit, digest } = heading;
      if (v !== FOLD_VERSION || archive !== reader.identity.id || heading.register !== sha256Hex(bytes))
        return undefined;
      if ((await digestOf(reader, generationName(CONTROL, generation), commit)) !== digest) return undefined;
      const register: Register = deserialize(bytes);
      return { generation, size, register };
    } catch {
      // Missing, torn, of another version of Node: folded anew.
      return undefined;
    }
  }

  /** Replaces the snapshot by the register at `head`. A failure costs the next start some time and nothing else. */
  async save(reader: ArchiveReader, head: Head, generation: number, register: Register): Promise<void> {
    const bytes = serialize(register);
    const digest = await digestOf(reader, head.log, head.commit);
    if (digest === undefined) return;
    const heading: Heading = {
      v: FOLD_VERSION,
      archive: reader.identity.id,
      generation,
      size: head.size,
      commit: head.commit,
      digest,
      register: sha256Hex(bytes),
    };
    const text = canonical(heading);
    const signature = await this.#node.sign(message(text));
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const fresh = `${this.#path}.new`;
      await writeFile(fresh, Buffer.concat([Buffer.from(`${text}\n`), signature, bytes]), { mode: 0o600 });
      await rename(fresh, this.#path);
    } catch {
      // A full disk, a folder that is gone.
    }
  }
}

async function digestOf(reader: ArchiveReader, log: LogName, n: number): Promise<string | undefined> {
  for await (const commit of reader.commits(log, n)) return commitDigest(commitBytes(commit));
  return undefined;
}

const message = (heading: string): Uint8Array => Buffer.from(`holdfast/register-snapshot/1\n${heading}`);
