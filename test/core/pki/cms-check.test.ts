import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { issueCertificate, issueEmptyCrl, issuerAndSerial } from '../../../src/core/pki/certificate.ts';
import { signedData } from '../../../src/core/pki/cms.ts';
import { checkChain, checkSignedData } from '../../../src/core/pki/cms-check.ts';
import { child, der, OID, readDer } from '../../../src/core/pki/der.ts';

const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;

function party(commonName: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    name: { organization: 'Example', commonName },
    publicKey: spki,
    sign: (message: Uint8Array) => sign('sha256', message, privateKey),
  };
}

function certificate(
  subject: ReturnType<typeof party>,
  issuer: ReturnType<typeof party>,
  use: 'root' | 'document',
) {
  return issueCertificate(
    {
      subject: subject.name,
      publicKey: subject.publicKey,
      serial: Uint8Array.of(0x41, ...randomBytes(7)),
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
      use,
    },
    issuer,
  );
}

const root = party('Root');
const leaf = party('Leaf');
const rootCertificate = certificate(root, root, 'root');
const leafCertificate = certificate(leaf, root, 'document');
const chain = [leafCertificate, rootCertificate];
const crl = issueEmptyCrl({ number: 1, thisUpdate: NOW, nextUpdate: NOW + DAY }, root);
const digest = createHash('sha256').update('content').digest();
const signed = (over: Uint8Array = digest, by = leaf, certificates = chain) =>
  signedData({
    digest: over,
    chain: certificates,
    sign: async (message) => by.sign(message),
    signingTime: NOW,
  });

/** A list that revokes one certificate. */
function revoking(certificate: Uint8Array, by = root): Uint8Array {
  const list = readDer(crl);
  const [version, algorithm, issuer, from, to, extensions] = child(list, 0).children.map(({ raw }) => raw);
  const entry = der.sequence(der.sequence(issuerAndSerial(certificate).serial, der.time(NOW)));
  const tbs = der.sequence(
    ...[version, algorithm, issuer, from, to, entry, extensions].map((part) => part ?? new Uint8Array()),
  );
  return der.sequence(tbs, der.sequence(der.oid(OID.ecdsaWithSha256)), der.bits(by.sign(tbs)));
}

test('a signature over the digest verifies, and names its certificate', async () => {
  const checked = checkSignedData(await signed(), digest);
  expect(checked.ok && Buffer.from(checked.value.signer).equals(leafCertificate)).toBe(true);
  const padded = Buffer.concat([await signed(), Buffer.alloc(100)]);
  expect(checkSignedData(padded, digest).ok).toBe(true);
});

test('a signature over something else, or by another key, is refused', async () => {
  expect(checkSignedData(await signed(createHash('sha256').update('x').digest()), digest).ok).toBe(false);
  expect(checkSignedData(await signed(digest, party('Other')), digest).ok).toBe(false);
});

test('no changed byte of the signature is answered by anything but yes or no', async () => {
  const good = await signed();
  const attributes = Buffer.from(good).indexOf(digest);
  for (let place = 0; place < good.length; place += 5) {
    const changed = Uint8Array.from(good);
    changed[place] = (changed[place] ?? 0) ^ 0x41;
    const { ok } = checkSignedData(changed, digest);
    if (place >= attributes && place < attributes + 32) expect(ok).toBe(false);
  }
  for (let length = 0; length < good.length; length += 41) {
    expect(checkSignedData(good.subarray(0, length), digest).ok).toBe(false);
  }
});

test('a chain is good between its dates, under its own root', () => {
  expect(checkChain(chain, [crl], NOW).ok).toBe(true);
  expect(checkChain(chain, [crl], NOW + 2 * DAY)).toEqual({
    ok: false,
    why: 'a certificate was not valid at that time',
  });
  const other = party('Root');
  expect(checkChain([leafCertificate, certificate(other, other, 'root')], [], NOW).ok).toBe(false);
  expect(checkChain([], [], NOW).ok).toBe(false);
  expect(checkChain([Uint8Array.of(1, 2, 3)], [], NOW).ok).toBe(false);
});

test('a leaf may not issue certificates', () => {
  const below = certificate(party('Below'), leaf, 'document');
  expect(checkChain([below, ...chain], [], NOW).ok).toBe(false);
});

test('a revoked seal is refused, and so is a list that the root did not sign', () => {
  expect(checkChain(chain, [revoking(leafCertificate)], NOW)).toEqual({
    ok: false,
    why: 'the seal was revoked',
  });
  expect(checkChain(chain, [revoking(rootCertificate)], NOW).ok).toBe(true);
  expect(checkChain(chain, [revoking(leafCertificate, leaf)], NOW)).toEqual({
    ok: false,
    why: 'a revocation list is not signed by the root',
  });
});
