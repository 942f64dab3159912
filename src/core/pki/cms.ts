/**
 * CMS SignedData (RFC 5652) as PAdES-BASELINE-B wants it (EN 319 142-1): detached, SHA-256, ECDSA P-256, the signed
 * attributes contentType, messageDigest and signing-certificate-v2 (RFC 5035), no signing-time (a PDF says it in its
 * signature dictionary), the whole chain. With a timestamp token over the signature it is PAdES-BASELINE-T.
 */
import { sha256 } from '../hash.ts';
import { issuerAndSerial } from './certificate.ts';
import { der, OID } from './der.ts';

export interface SignedDataRequest {
  /** SHA-256 of what is signed. */
  readonly digest: Uint8Array;
  /** DER, leaf first, root last. */
  readonly chain: readonly Uint8Array[];
  /** ECDSA P-256 with SHA-256, DER form. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
  /** RFC 3161 token (DER) over a SHA-256 digest; asked for the digest of the signature. */
  readonly timestamp?: (digest: Uint8Array) => Promise<Uint8Array>;
  /** Milliseconds: written as signing-time, as CAdES-BASELINE-B wants it. PAdES forbids it. */
  readonly signingTime?: number;
}

/** ContentInfo with the SignedData, DER. */
export async function signedData(request: SignedDataRequest): Promise<Uint8Array<ArrayBuffer>> {
  const leaf = request.chain[0];
  if (leaf === undefined) throw new TypeError('a signature needs the certificate of its key');
  const attributes = [
    attribute(OID.contentType, der.oid(OID.data)),
    attribute(OID.messageDigest, der.octets(request.digest)),
    attribute(OID.signingCertificateV2, signingCertificate(leaf)),
    ...(request.signingTime === undefined ? [] : [attribute(OID.signingTime, der.time(request.signingTime))]),
  ];
  // Signed as a SET OF, stored under [0]: the same contents behind another tag.
  const toSign = der.set(...attributes);
  const signature = await request.sign(toSign);
  const token = await request.timestamp?.(sha256(signature));
  const { issuer, serial } = issuerAndSerial(leaf);
  const signer = der.sequence(
    der.integer(1),
    der.sequence(issuer, serial),
    digestAlgorithm(),
    retag(toSign, 0xa0),
    der.sequence(der.oid(OID.ecdsaWithSha256)),
    der.octets(signature),
    ...(token === undefined ? [] : [der.context(1, attribute(OID.signatureTimeStampToken, token))]),
  );
  return der.sequence(
    der.oid(OID.signedData),
    der.context(
      0,
      der.sequence(
        der.integer(1),
        der.set(digestAlgorithm()),
        der.sequence(der.oid(OID.data)),
        retag(der.set(...request.chain), 0xa0),
        der.set(signer),
      ),
    ),
  );
}

const digestAlgorithm = (): Uint8Array => der.sequence(der.oid(OID.sha256));

const attribute = (oid: string, value: Uint8Array): Uint8Array => der.sequence(der.oid(oid), der.set(value));

/** SigningCertificateV2 with one ESSCertIDv2: SHA-256 (the default, hence omitted) and issuerSerial. */
function signingCertificate(leaf: Uint8Array): Uint8Array {
  const { issuer, serial } = issuerAndSerial(leaf);
  const issuerSerial = der.sequence(der.sequence(der.context(4, issuer)), serial);
  return der.sequence(der.sequence(der.sequence(der.octets(sha256(leaf)), issuerSerial)));
}

function retag(element: Uint8Array<ArrayBuffer>, tag: number): Uint8Array<ArrayBuffer> {
  const copy = element.slice();
  copy[0] = tag;
  return copy;
}
