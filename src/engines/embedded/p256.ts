import { createECDH, createPrivateKey, type KeyObject } from 'node:crypto';
import { HoldfastError } from '../../core/errors.ts';
import { pkcs8, spkiOfPoint } from '../../core/pki/certificate.ts';
import type { Random } from '../../core/ports/clock.ts';

export interface P256 {
  readonly key: KeyObject;
  /** The private number, 32 bytes. */
  readonly number: Uint8Array;
  readonly spki: Uint8Array;
}

/** A private number drawn from `random`; drawn again in the 1 in 2^32 case that it is no valid one. */
export function newP256(random: Random): P256 {
  while (true) {
    try {
      return p256Of(random.bytes(32));
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
    }
  }
}

export function p256Of(number: Uint8Array): P256 {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(number);
  const point = ecdh.getPublicKey();
  const key = createPrivateKey({ key: Buffer.from(pkcs8.p256(number, point)), format: 'der', type: 'pkcs8' });
  return { key, number, spki: spkiOfPoint(point) };
}
