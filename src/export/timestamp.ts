/**
 * RFC 3161 over HTTP: asks a timestamp authority for a token over a digest. What comes back is checked to be about this
 * digest and this question; whether the authority is to be trusted is for whoever verifies the signature.
 */
import { HoldfastError } from '../core/errors.ts';
import { sameBytes } from '../core/ledger/read.ts';
import { child, DerError, type DerNode, der, OID, oidOf, readDer, TAG } from '../core/pki/der.ts';
import type { Random } from '../core/ports/clock.ts';
import type { Timestamper } from '../core/ports/signer.ts';

/** A token with a long chain has some 10,000 bytes. */
const LONGEST = 100_000;
const PATIENCE_MS = 30_000;

/** A timestamper that asks `url`. Its errors are `timestamp-failed`. */
export function httpTimestamper(url: string, random: Random): Timestamper {
  return {
    async timestamp(digest) {
      const nonce = Uint8Array.from(random.bytes(8));
      // A positive number of full length: authorities write it back as an INTEGER.
      nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
      return tokenIn(await ask(url, timestampRequest(digest, nonce)), digest, nonce);
    },
  };
}

/** TimeStampReq, DER: version 1, SHA-256 imprint, nonce, certificates wanted. */
export function timestampRequest(digest: Uint8Array, nonce: Uint8Array): Uint8Array {
  const imprint = der.sequence(der.sequence(der.oid(OID.sha256), der.null()), der.octets(digest));
  return der.sequence(der.integer(1), imprint, der.integer(nonce), der.boolean(true));
}

async function ask(url: string, request: Uint8Array): Promise<Uint8Array> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: Buffer.from(request),
      signal: AbortSignal.timeout(PATIENCE_MS),
      redirect: 'error',
    });
    if (!response.ok) throw failed(`it answered with status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > LONGEST) throw failed('its answer is too long');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw error instanceof HoldfastError ? error : failed('it cannot be reached');
  }
}

/** The token (ContentInfo, DER) in a TimeStampResp, if it answers this request. */
function tokenIn(response: Uint8Array, digest: Uint8Array, nonce: Uint8Array): Uint8Array {
  try {
    const answer = readDer(response);
    const status = child(child(answer, 0, TAG.sequence), 0, TAG.integer).contents;
    if (status.length !== 1 || (status[0] ?? 9) > 1) throw failed('it refused the request');
    const token = child(answer, 1, TAG.sequence);
    const info = timestampInfo(token);
    if (!sameBytes(child(child(info, 2, TAG.sequence), 1, TAG.octets).contents, digest)) {
      throw failed('its token is about something else');
    }
    if (!info.children.some(({ tag, contents }) => tag === TAG.integer && sameBytes(contents, nonce))) {
      throw failed('its token answers another request');
    }
    return Uint8Array.from(token.raw);
  } catch (error) {
    throw error instanceof DerError ? failed('its answer is not of its form') : error;
  }
}

/** TSTInfo inside the token's signed data. */
function timestampInfo(token: DerNode): DerNode {
  if (oidOf(child(token, 0)) !== OID.signedData) throw new DerError('no signed data');
  const content = child(child(child(token, 1, 'context 0'), 0, TAG.sequence), 2, TAG.sequence);
  if (oidOf(child(content, 0)) !== OID.tstInfo) throw new DerError('no timestamp');
  const octets = child(child(content, 1, 'context 0'), 0, TAG.octets);
  // An authority may cut the octets into parts (BER).
  const parts = octets.children.length > 0 ? octets.children : [octets];
  return readDer(Buffer.concat(parts.map(({ contents }) => contents)));
}

function failed(why: string): HoldfastError {
  return new HoldfastError('timestamp-failed', `The timestamp authority gave no token: ${why}.`, {
    hint: 'Check the setting timestampAuthority, or leave it out: the report is then signed without a timestamp.',
  });
}
