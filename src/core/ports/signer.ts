/** Signs with a key that it never shows. Ed25519 for `ledger` and `node`, ECDSA P-256 with SHA-256 for `seal`. */
export interface Signer {
  /** Raw 32-byte Ed25519 public key, or SPKI DER for P-256. */
  readonly publicKey: Uint8Array;
  /** Ed25519: 64 bytes. P-256: DER (r, s). */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A signer with the certificates that an outsider needs: leaf first, root last, and the CRLs (all DER). */
export interface CertifiedSigner extends Signer {
  readonly chain: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

/** RFC 3161: a token (DER) over a SHA-256 digest. */
export interface Timestamper {
  timestamp(digest: Uint8Array): Promise<Uint8Array>;
}
