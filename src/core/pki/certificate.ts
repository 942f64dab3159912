/**
 * X.509 certificates and revocation lists (RFC 5280), just what an archive's own seal needs: a root, a leaf for
 * signing documents, and one list that revokes nothing. ECDSA P-256 with SHA-256 throughout.
 */
import { createHash } from 'node:crypto';
import { child, concat, der, OID, readDer } from './der.ts';

/** Signs with SHA-256 and ECDSA P-256; answers the DER form. */
export type SignDer = (message: Uint8Array) => Uint8Array;

export interface DistinguishedName {
  readonly organization: string;
  readonly commonName: string;
}

export interface CertificateRequest {
  readonly subject: DistinguishedName;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Up to 20 bytes, unpredictable. */
  readonly serial: Uint8Array;
  /** Milliseconds since 1970 UTC, cut to seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** `root` issues itself; `document` may sign documents only. */
  readonly use: 'root' | 'document';
}

export interface Issuer {
  readonly name: DistinguishedName;
  readonly publicKey: Uint8Array;
  readonly sign: SignDer;
}

const algorithm = (): Uint8Array => der.sequence(der.oid(OID.ecdsaWithSha256));

const nameOf = (name: DistinguishedName): Uint8Array =>
  der.sequence(
    der.set(der.sequence(der.oid(OID.organization), der.utf8(name.organization))),
    der.set(der.sequence(der.oid(OID.commonName), der.utf8(name.commonName))),
  );

/** RFC 5280 4.2.1.2 (1): SHA-1 of the public key's bits; a name for the key, not a protection. */
function keyIdentifier(spki: Uint8Array): Uint8Array {
  const bits = child(readDer(spki), 1, 'universal 3').contents.subarray(1);
  return createHash('sha1').update(bits).digest();
}

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octets(value));
}

/** A certificate, DER. A root's issuer is itself: pass its own key. */
export function issueCertificate(request: CertificateRequest, issuer: Issuer): Uint8Array<ArrayBuffer> {
  const root = request.use === 'root';
  const extensions = [
    extension(
      OID.basicConstraints,
      true,
      root ? der.sequence(der.boolean(true), der.integer(0)) : der.sequence(),
    ),
    // keyCertSign and cRLSign; digitalSignature and nonRepudiation.
    extension(OID.keyUsage, true, root ? der.bits(Uint8Array.of(0x06), 1) : der.bits(Uint8Array.of(0xc0), 6)),
    extension(OID.subjectKeyIdentifier, false, der.octets(keyIdentifier(request.publicKey))),
    ...(root ? [] : [authority(issuer)]),
  ];
  const tbs = der.sequence(
    der.context(0, der.integer(2)),
    der.integer(request.serial),
    algorithm(),
    nameOf(issuer.name),
    der.sequence(der.time(request.notBefore), der.time(request.notAfter)),
    nameOf(request.subject),
    request.publicKey,
    der.context(3, der.sequence(...extensions)),
  );
  return der.sequence(tbs, algorithm(), der.bits(issuer.sign(tbs)));
}

function authority(issuer: Issuer): Uint8Array {
  return extension(
    OID.authorityKeyIdentifier,
    false,
    der.sequence(der.implicit(0, keyIdentifier(issuer.publicKey))),
  );
}

/**
 * A revocation list that revokes nothing, DER. `thisUpdate` must not lie before the leaf's `notBefore`: verifiers
 * refuse a list that is older than the certificate.
 */
export function issueEmptyCrl(
  request: { readonly number: number; readonly thisUpdate: number; readonly nextUpdate: number },
  issuer: Issuer,
): Uint8Array<ArrayBuffer> {
  const tbs = der.sequence(
    der.integer(1),
    algorithm(),
    nameOf(issuer.name),
    der.time(request.thisUpdate),
    der.time(request.nextUpdate),
    der.context(
      0,
      der.sequence(authority(issuer), extension(OID.crlNumber, false, der.integer(request.number))),
    ),
  );
  return der.sequence(tbs, algorithm(), der.bits(issuer.sign(tbs)));
}

/** Issuer name and serial number as they stand in a certificate (DER), for the places that cite it by these. */
export function issuerAndSerial(certificate: Uint8Array): { issuer: Uint8Array; serial: Uint8Array } {
  const tbs = child(readDer(certificate), 0, 'universal 16');
  const shift = tbs.children[0]?.tag === 'context 0' ? 1 : 0;
  return { serial: child(tbs, shift, 'universal 2').raw, issuer: child(tbs, shift + 2, 'universal 16').raw };
}

/** PEM text (RFC 7468) of DER. */
export function toPem(label: 'CERTIFICATE' | 'X509 CRL', bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** PKCS#8 of an Ed25519 seed (RFC 8410) and of a P-256 private number (RFC 5915), DER. */
export const pkcs8 = {
  ed25519: (seed: Uint8Array): Uint8Array<ArrayBuffer> =>
    der.sequence(der.integer(0), der.sequence(der.oid('1.3.101.112')), der.octets(der.octets(seed))),
  p256: (number: Uint8Array, point: Uint8Array): Uint8Array<ArrayBuffer> =>
    der.sequence(
      der.integer(0),
      der.sequence(der.oid('1.2.840.10045.2.1'), der.oid('1.2.840.10045.3.1.7')),
      der.octets(der.sequence(der.integer(1), der.octets(number), der.context(1, der.bits(point)))),
    ),
};

/** SubjectPublicKeyInfo of an uncompressed P-256 point, DER. */
export const spkiOfPoint = (point: Uint8Array): Uint8Array<ArrayBuffer> =>
  der.sequence(der.sequence(der.oid('1.2.840.10045.2.1'), der.oid('1.2.840.10045.3.1.7')), der.bits(point));

/** SHA-256 fingerprint as people compare it: upper-case pairs with colons. */
export function fingerprint(certificate: Uint8Array): string {
  const pairs = createHash('sha256').update(concat(certificate)).digest('hex').toUpperCase().match(/../g);
  return (pairs ?? []).join(':');
}
