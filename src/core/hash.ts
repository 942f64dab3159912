import { hash } from 'node:crypto';

/** Lower-case hex SHA-256 of UTF-8 text or bytes. One-shot: much faster than a Hash object on short input. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** The 32 bytes of SHA-256. By way of a string: Node hands out bytes of their own at twice the price. */
export function sha256(data: string | Uint8Array): Uint8Array {
  return Buffer.from(hash('sha256', data, 'binary'), 'latin1');
}
