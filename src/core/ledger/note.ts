/**
 * C2SP signed notes with Ed25519 (type 0x01): text, an empty line, signature lines. Source: https://c2sp.org/signed-note.
 * Notes and verifier keys may come from anybody; reading them never throws.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { sha256 } from '../hash.ts';
import type { Signer } from '../ports/signer.ts';
import { bad, fromBase64, good, type Read, sameBytes, toBase64 } from './read.ts';

const ED25519 = 0x01;
/** Longest note that is read, in UTF-16 units: a checkpoint with many cosignatures stays far below. */
const LONGEST = 100_000;
const MOST_SIGNATURES = 100;

/** A public key with the name under which it signs notes. */
export interface VerifierKey {
  readonly name: string;
  /** 4 bytes. */
  readonly id: Uint8Array;
  /** Raw 32-byte Ed25519 key. */
  readonly publicKey: Uint8Array;
}

/** A key name: not empty, no spaces, no `+`. */
function isKeyName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not stand in a name.
  return name !== '' && !/[\s+\u0000-\u001f\u0085\ufffd]/u.test(name) && name.isWellFormed();
}

/** The verifier key of an Ed25519 public key; id = SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)[:4]. */
export function verifierKey(name: string, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new RangeError('a key name has no spaces and no plus sign');
  if (publicKey.length !== 32) throw new RangeError('an Ed25519 public key has 32 bytes');
  const digest = sha256(Buffer.concat([Buffer.from(name), Uint8Array.of(0x0a, ED25519), publicKey]));
  return { name, id: digest.subarray(0, 4), publicKey };
}

/** vkey text: `name+hex(id)+base64(0x01 ‖ key)`. */
export function verifierKeyText(key: VerifierKey): string {
  const id = Buffer.from(key.id).toString('hex');
  return `${key.name}+${id}+${toBase64(Buffer.concat([Uint8Array.of(ED25519), key.publicKey]))}`;
}

/** Reads vkey text; the id must fit name and key. */
export function parseVerifierKey(text: string): Read<VerifierKey> {
  const [name, id, material, ...rest] = splitKey(text);
  if (name === undefined || id === undefined || material === undefined || rest.length > 0)
    return bad('a verifier key has the form name+id+key');
  const bytes = fromBase64(material, 33);
  if (!isKeyName(name) || bytes === undefined || bytes[0] !== ED25519)
    return bad('the verifier key is no Ed25519 key');
  const key = verifierKey(name, bytes.subarray(1));
  return Buffer.from(key.id).toString('hex') === id ? good(key) : bad('the key id does not fit name and key');
}

/** base64 may hold `+`, a name and an id cannot: only the first two separate. */
function splitKey(text: string): string[] {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  return first < 0 || second < 0
    ? [text]
    : [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

/** Signs `text` (which ends in a newline) as `name`; the note's whole text. */
export async function signNote(text: string, name: string, signer: Signer): Promise<string> {
  if (!text.endsWith('\n')) throw new RangeError('the text of a note ends in a newline');
  const key = verifierKey(name, signer.publicKey);
  const signature = await signer.sign(Buffer.from(text));
  return `${text}\n— ${name} ${toBase64(Buffer.concat([key.id, signature]))}\n`;
}

/** The text of a note that at least one of `keys` signed; a known key's signature that fails makes it bad. */
export function openNote(
  note: string,
  keys: readonly VerifierKey[],
): Read<{ text: string; by: VerifierKey[] }> {
  const parts = splitNote(note);
  if (!parts.ok) return parts;
  const { text, lines } = parts.value;
  const message = Buffer.from(text);
  const by: VerifierKey[] = [];
  for (const line of lines) {
    const match = /^— (\S+) (\S+)$/u.exec(line);
    const name = match?.[1];
    const bytes = fromBase64(match?.[2] ?? '');
    if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length < 5)
      return bad('a signature line is not of its form');
    const key = keys.find((known) => known.name === name && sameBytes(known.id, bytes.subarray(0, 4)));
    if (key === undefined) continue;
    if (!verifyEd25519(key.publicKey, message, bytes.subarray(4)))
      return bad('the signature does not verify');
    by.push(key);
  }
  return by.length > 0 ? good({ text, by }) : bad('no known key signed it');
}

/** Text and signature lines of a note, unverified. */
export function splitNote(note: string): Read<{ text: string; lines: string[] }> {
  if (note.length > LONGEST) return bad('the note is too long');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a note must not hold.
  if (!note.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/u.test(note))
    return bad('the note is no plain text');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return bad('the note has no signatures');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return bad('the note has too many signatures');
  return good({ text: note.slice(0, end + 1), lines });
}

const keyObjects = new WeakMap<Uint8Array, KeyObject>();

/** Checks an Ed25519 signature with a raw public key; false for anything malformed. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  let key = keyObjects.get(publicKey);
  if (key === undefined) {
    const x = Buffer.from(publicKey).toString('base64url');
    key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    keyObjects.set(publicKey, key);
  }
  return verify(null, message, key, signature);
}
