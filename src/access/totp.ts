/** Time-based one-time passwords: RFC 6238 over RFC 4226, with SHA-1 because that is what the common apps know. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds that a code is good for. */
const STEP = 30;
const DIGITS = 6;
/** Steps before and after the present one that are taken: clocks of telephones differ. */
const DRIFT = 1;

/** Steps since 1970 at an instant (ms). */
export const totpStep = (now: number): number => Math.floor(now / 1000 / STEP);

/** The code of a step. */
export function totpCode(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hmac = createHmac('sha1', secret).update(counter).digest();
  const offset = (hmac[hmac.length - 1] ?? 0) & 0x0f;
  const number = hmac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The step whose code this is, near `now`; undefined for any other. Whoever takes it must take each step once. */
export function stepOfCode(secret: Uint8Array, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const given = Buffer.from(code);
  let found: number | undefined;
  for (let drift = -DRIFT; drift <= DRIFT; drift++) {
    const step = totpStep(now) + drift;
    if (timingSafeEqual(Buffer.from(totpCode(secret, step)), given)) found = step;
  }
  return found;
}

/** What an app reads from a QR code or takes by hand. */
export function totpUri(secret: Uint8Array, account: string, archive: string): string {
  const label = `Holdfast ${archive}:${account}`;
  const query = new URLSearchParams({ secret: base32(secret), issuer: `Holdfast ${archive}` });
  return `otpauth://totp/${encodeURIComponent(label)}?${query}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, section 6, without padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (5 - bits)) & 31);
}
