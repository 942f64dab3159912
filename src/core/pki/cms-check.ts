/**
 * Checks a detached CMS signature and the certificates behind it. The bytes may come from an attacker: whatever is not
 * exactly of the form that `cms.ts` writes (or a timestamped one) is answered with a reason, never thrown.
 */
import { verify, X509Certificate } from 'node:crypto';
import { sha256 } from '../hash.ts';
import { bad, good, type Read, sameBytes } from '../ledger/read.ts';
import { issuerAndSerial } from './certificate.ts';
import { child, DerError, type DerNode, OID, oidOf, readDer, TAG } from './der.ts';

export interface CheckedSignature {
  /** The certificate whose key signed, DER. */
  readonly signer: Uint8Array;
  /** An RFC 3161 token over the signature is there; it is not judged here. */
  readonly timestamped: boolean;
}

/** Verifies that a CMS SignedData signs `digest` (SHA-256 of the content). Trailing zeros of a placeholder are allowed. */
export function checkSignedData(cms: Uint8Array, digest: Uint8Array): Read<CheckedSignature> {
  return guarded(() => {
    const content = readDer(cms, true);
    if (oidOf(child(content, 0)) !== OID.signedData) return bad('it is no signed data');
    const signed = child(child(content, 1, 'context 0'), 0, TAG.sequence);
    const certificates = child(signed, 3, 'context 0').children.map((certificate) => certificate.raw);
    const signer = child(child(signed, signed.children.length - 1, TAG.set), 0, TAG.sequence);
    const attributes = child(signer, 3, 'context 0');
    const named = new Map(attributes.children.map((one) => [oidOf(child(one, 0)), child(child(one, 1), 0)]));
    if (named.size !== attributes.children.length) return bad('a signed attribute stands twice');
    const stated = named.get(OID.messageDigest);
    if (stated === undefined || !sameBytes(stated.contents, digest)) {
      return bad('what was signed is other than what is here');
    }
    const leaf = certificates.find((one) => isNamedBy(one, child(signer, 1, TAG.sequence)));
    if (leaf === undefined) return bad('the certificate of the signer is not in it');
    const cited = named.get(OID.signingCertificateV2);
    if (cited === undefined || !sameBytes(certificateHash(cited), sha256(leaf))) {
      return bad('the signed attributes name another certificate');
    }
    const toVerify = Uint8Array.from(attributes.raw);
    toVerify[0] = 0x31;
    const signature = child(signer, 5, TAG.octets).contents;
    if (!verifyWith(leaf, toVerify, signature)) return bad('the signature does not verify');
    const unsigned = signer.children[6]?.children ?? [];
    const timestamped = unsigned.some((one) => oidOf(child(one, 0)) === OID.signatureTimeStampToken);
    return good({ signer: leaf, timestamped });
  });
}

/**
 * Verifies a chain, leaf first, up to a self-signed root, at a moment (ms): issuers, signatures, validity; and that no
 * list in `crls` (signed by the root) revokes the leaf. Whether the root is to be trusted is for the reader to say.
 */
export function checkChain(
  chain: readonly Uint8Array[],
  crls: readonly Uint8Array[],
  at: number,
): Read<{ leaf: X509Certificate; root: X509Certificate }> {
  return guarded(() => {
    const certificates = chain.map((bytes) => new X509Certificate(bytes));
    const leaf = certificates[0];
    const root = certificates.at(-1);
    if (leaf === undefined || root === undefined || certificates.length > 5) return bad('it is no chain');
    for (const [index, certificate] of certificates.entries()) {
      const issuer = certificates[index + 1] ?? certificate;
      if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
        return bad('a certificate was not issued by the next one');
      }
      if (certificate !== leaf && !certificate.ca) return bad('an issuer may not issue certificates');
      if (at < Date.parse(certificate.validFrom) || at > Date.parse(certificate.validTo)) {
        return bad('a certificate was not valid at that time');
      }
    }
    const { serial } = issuerAndSerial(leaf.raw);
    for (const bytes of crls) {
      const list = readDer(bytes);
      if (!verifyWith(root.raw, child(list, 0).raw, child(list, 2, TAG.bits).contents.subarray(1))) {
        return bad('a revocation list is not signed by the root');
      }
      if (revokedIn(child(list, 0)).some((revoked) => sameBytes(revoked, serial)))
        return bad('the seal was revoked');
    }
    return good({ leaf, root });
  });
}

/** Serial numbers (DER) in TBSCertList: the optional sequence behind the two times. */
function revokedIn(list: DerNode): Uint8Array[] {
  const times = list.children.filter(({ tag }) => tag === 'universal 23' || tag === 'universal 24');
  const last = times.at(-1);
  const next = last === undefined ? undefined : list.children[list.children.indexOf(last) + 1];
  if (next?.tag !== TAG.sequence) return [];
  return next.children.map((entry) => child(entry, 0, TAG.integer).raw);
}

function isNamedBy(certificate: Uint8Array, issuerSerial: DerNode): boolean {
  const { issuer, serial } = issuerAndSerial(certificate);
  return (
    sameBytes(child(issuerSerial, 0).raw, issuer) &&
    sameBytes(child(issuerSerial, 1, TAG.integer).raw, serial)
  );
}

/** The hash in the first ESSCertIDv2, whose algorithm is the default SHA-256 and hence omitted. */
function certificateHash(attribute: DerNode): Uint8Array {
  return child(child(child(attribute, 0), 0), 0, TAG.octets).contents;
}

function verifyWith(certificate: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { publicKey } = new X509Certificate(certificate);
  return publicKey.asymmetricKeyType === 'ec' && verify('sha256', message, publicKey, signature);
}

function guarded<T>(check: () => Read<T>): Read<T> {
  try {
    return check();
  } catch (error) {
    // Node's own errors on malformed certificates and keys are no faults of ours.
    return bad(error instanceof DerError ? error.message : 'it is not of its form');
  }
}
