/**
 * The archive's keys in a folder, encrypted under a passphrase. One file, `keys.json`, holds secrets and certificates
 * together and is written once, so that they can never drift apart.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { issueCertificate, issueEmptyCrl, pkcs8 } from '../../core/pki/certificate.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { CertifiedSigner, Signer } from '../../core/ports/signer.ts';
import { readKeyFile, type StoredKeys, writeKeyFile } from './key-file-store.ts';
import { newP256, p256Of } from './p256.ts';

/** Everything an archive signs and recognises with. */
export interface ArchiveKeys {
  /** Signs checkpoints (Ed25519). */
  readonly ledger: Signer;
  /** Signs control acts (Ed25519). */
  readonly node: Signer;
  /** Signs reports and manifests (P-256, with chain and CRL). */
  readonly seal: CertifiedSigner;
  /** 32 bytes: HMAC key of the dedup digests. */
  readonly dedup: Uint8Array;
}

export interface NewKeys {
  readonly passphrase: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly names: {
    /** The archive's id. */
    readonly archive: string;
    /** Printed in the certificates; the archive's id where absent. */
    readonly firm?: string;
  };
}

const YEAR = 365.25 * 24 * 60 * 60 * 1000;
const MINUTE = 60_000;

/**
 * Makes every key of an archive, its root and seal certificates and one revocation list, in `dir` (made if absent,
 * mode 0700; files 0600). Durable when it resolves. Throws `archive-exists` where the folder already holds keys.
 */
export async function createKeys(
  dir: string,
  { passphrase, clock, random, names }: NewKeys,
): Promise<ArchiveKeys> {
  const ledger = random.bytes(32);
  const node = random.bytes(32);
  const root = newP256(random);
  const seal = newP256(random);
  const now = clock.now();
  const organization = names.firm ?? names.archive;
  const rootName = { organization, commonName: `Holdfast root ${names.archive}` };
  const issuer = {
    name: rootName,
    publicKey: root.spki,
    sign: (message: Uint8Array) => sign('sha256', message, root.key),
  };
  // Each is issued a minute after what it hangs on, so that no verifier finds a list older than its certificate.
  const rootCertificate = issueCertificate(
    {
      subject: rootName,
      publicKey: root.spki,
      serial: serial(random),
      notBefore: now - 2 * MINUTE,
      notAfter: now + 30 * YEAR,
      use: 'root',
    },
    issuer,
  );
  const leaf = issueCertificate(
    {
      subject: { organization, commonName: `Holdfast seal ${names.archive}` },
      publicKey: seal.spki,
      serial: serial(random),
      notBefore: now - MINUTE,
      notAfter: now + 15 * YEAR,
      use: 'document',
    },
    issuer,
  );
  const crl = issueEmptyCrl({ number: 1, thisUpdate: now, nextUpdate: now + 15 * YEAR }, issuer);
  const stored: StoredKeys = {
    secrets: { ledger, node, root: root.number, seal: seal.number, dedup: random.bytes(32) },
    chain: [leaf, rootCertificate],
    crls: [crl],
  };
  await writeKeyFile(dir, stored, passphrase, random);
  return keysOf(stored);
}

/**
 * Opens the keys. Throws `key-missing` where the folder holds none, `wrong-passphrase` where the passphrase does not
 * open them, `damaged-archive` where the file is not of its form.
 */
export async function openKeys(dir: string, passphrase: string): Promise<ArchiveKeys> {
  return keysOf(await readKeyFile(dir, passphrase));
}

/** Keys from what `readKeyFile` opened: opening takes time by design, so threads of one process do it once. */
export function keysOf({ secrets, chain, crls }: StoredKeys): ArchiveKeys {
  const seal = p256Of(secrets.seal);
  return {
    ledger: ed25519Signer(secrets.ledger),
    node: ed25519Signer(secrets.node),
    seal: {
      publicKey: seal.spki,
      sign: async (message) => sign('sha256', message, seal.key),
      chain,
      crls,
    },
    dedup: secrets.dedup,
  };
}

function ed25519Signer(seed: Uint8Array): Signer {
  const key = createPrivateKey({ key: Buffer.from(pkcs8.ed25519(seed)), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: Uint8Array.from(spki.subarray(-32)),
    sign: async (message) => sign(null, message, key),
  };
}

/** 16 unpredictable bytes, positive and not zero. */
function serial(random: Random): Uint8Array {
  const bytes = Uint8Array.from(random.bytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}
