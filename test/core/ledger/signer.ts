import { generateKeyPairSync, sign } from 'node:crypto';
import type { Signer } from '../../../src/core/ports/signer.ts';

/** A fresh Ed25519 signer that really signs. */
export function freshSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const x = publicKey.export({ format: 'jwk' }).x ?? '';
  return {
    publicKey: Buffer.from(x, 'base64url'),
    sign: (message) => Promise.resolve(sign(null, message, privateKey)),
  };
}
