import { existsSync } from 'node:fs';
import { createArchive, nodeOf } from '../archive/acts.ts';
import { IDENTITY_NAME } from '../archive/read/identity.ts';
import type { ArchiveIdentity } from '../archive/reader.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { Vault } from '../core/ports/vault.ts';
import { createKeys } from '../engines/embedded/key-file.ts';
import { writePassphrase } from './keys.ts';
import { systemClock, systemRandom } from './system.ts';

export interface NewArchive {
  readonly vault: Vault;
  readonly stream: Stream;
  /** Folder of the keys. */
  readonly keys: string;
  readonly partitions: number;
  readonly passphrase: string | undefined;
  readonly firm: string | undefined;
  readonly actor: string;
}

/** Makes an archive: keys, identity, and control's first act on the stream. Refuses where there is one. */
export async function initialise(
  made: NewArchive,
): Promise<{ identity: ArchiveIdentity; passphraseFile?: string }> {
  if ((await made.vault.size(IDENTITY_NAME)) !== undefined) {
    throw new HoldfastError('archive-exists', 'There is an archive already; nothing was changed.', {
      hint: 'Use it, or choose another folder.',
    });
  }
  // The identity is put first: a ledger without one has lost it, and another must not take its place.
  for await (const name of made.vault.list('ledger'))
    throw new HoldfastError('archive-exists', `There is a ledger already (${name}); nothing was changed.`, {
      hint: `Copy ${IDENTITY_NAME} back from a backup of this archive, or choose another folder.`,
    });
  const id = `holdfast-${Buffer.from(systemRandom.bytes(6)).toString('hex')}`;
  const written = made.passphrase === undefined ? await writePassphrase(made.keys, systemRandom) : undefined;
  const keys = await createKeys(made.keys, {
    passphrase: written?.passphrase ?? made.passphrase ?? '',
    clock: systemClock,
    random: systemRandom,
    names: { archive: id, ...(made.firm === undefined ? {} : { firm: made.firm }) },
  });
  const identity: ArchiveIdentity = {
    v: 1,
    id,
    partitions: made.partitions,
    createdAt: new Date(systemClock.now()).toISOString(),
    keys: { ledger: base64(keys.ledger.publicKey), node: base64(keys.node.publicKey) },
  };
  await createArchive(made, identity, made.actor, {
    clock: systemClock,
    random: systemRandom,
    node: nodeOf(identity, keys.node),
  });
  return written === undefined ? { identity } : { identity, passphraseFile: written.file };
}

/** Whether a folder vault holds an archive. */
export const holdsArchive = (vault: string): boolean => existsSync(`${vault}/${IDENTITY_NAME}`);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
