import { type Argon2Parameters, argon2, timingSafeEqual } from 'node:crypto';
import { HoldfastError } from '../core/errors.ts';
import type { Random } from '../core/ports/clock.ts';

/** RFC 9106, section 4, second recommended choice: 64 MiB, three passes, four lanes. */
const COST = { memory: 65_536, passes: 3, parallelism: 4 } as const;
const SALT = 16;
const TAG = 32;
const LEAST = 12;
const MOST = 256;
const LEAST_DISTINCT = 5;

/** PHC string form, as other tools read and write it. Costs are bounded: a planted file must not take all memory. */
const STORED =
  /^\$argon2id\$v=19\$m=(\d{4,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;
const MOST_MEMORY = 1_048_576;

/** Throws `weak-password`. Length counts; nothing is asked of kinds of characters (NIST SP 800-63B, 3.1.1.2). */
export function checkNewPassword(password: string, account: string): void {
  const text = password.normalize('NFC');
  const hint = `Use at least ${LEAST} characters that are not your account's name; a few words make a good password.`;
  if ([...text].length < LEAST)
    throw new HoldfastError('weak-password', 'The password is too short.', { hint });
  if (text.length > MOST) {
    throw new HoldfastError('weak-password', 'The password is too long.', {
      hint: `Use at most ${MOST} characters.`,
    });
  }
  if (new Set(text).size < LEAST_DISTINCT || text.toLowerCase().includes(account.toLowerCase())) {
    throw new HoldfastError('weak-password', 'The password is too plain.', { hint });
  }
}

/** The form in which a password is kept: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = Buffer.from(random.bytes(SALT));
  const tag = await derive(password, salt, COST);
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${plain(salt)}$${plain(tag)}`;
}

/** Whether the password is the one; false for a stored form that cannot be read. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] = STORED.exec(stored) ?? [];
  if (salt === undefined || tag === undefined || Number(memory) > MOST_MEMORY || password.length > MOST)
    return false;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const wanted = Buffer.from(tag, 'base64');
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64'), cost), wanted);
}

/** Takes as long as {@link isPassword} and is never true: an account that does not exist answers no faster. */
export async function noPassword(password: string): Promise<false> {
  await derive(password.slice(0, MOST), Buffer.alloc(SALT), COST);
  return false;
}

/** Derivations at a time: each takes 64 MiB. */
const AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function derive(
  password: string,
  nonce: Buffer,
  cost: { memory: number; passes: number; parallelism: number },
): Promise<Buffer> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    const message = password.normalize('NFC');
    return await argon2id({ message, nonce, tagLength: TAG, ...cost });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

function argon2id(parameters: Argon2Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

const plain = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
