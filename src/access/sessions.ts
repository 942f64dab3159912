import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { HoldfastError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import { type AccessStore, folderOf, numbered, numberOf } from './access-store.ts';

/** A session ends so long after its sign-in, whatever happens; and after so long without a refresh. ms */
const LONGEST = 12 * 60 * 60_000;
const IDLE = 60 * 60_000;
const SECRET = 32;

const rotationSchema = z.object({
  account: z.string(),
  /** SHA-256 of the refresh token's secret. */
  secret: z.string(),
  /** Number of the account's epoch: closing it ends every session begun in it. */
  epoch: z.int(),
  oneTime: z.boolean(),
  startedAt: z.number(),
  at: z.number(),
});
type Rotation = z.infer<typeof rotationSchema>;

/** What an access token says of its session. */
export interface SessionState {
  readonly account: string;
  /** `<UTC day>-<random>`; old days are forgotten as a whole. */
  readonly session: string;
  readonly epoch: number;
  readonly oneTime: boolean;
  /** When the account signed in; ms since 1970. */
  readonly startedAt: number;
}

export interface OpenSession extends SessionState {
  /** `<session>.<n>.<secret>`: good once. */
  readonly refreshToken: string;
  /** ms since 1970. */
  readonly endsAt: number;
}

/**
 * Sessions as rotations: `sessions/<day>/<id>/<n>` is the n-th refresh token's hash and is put once. A token that comes
 * back after its successor was made was copied: the whole session ends. Ends are objects too, so that every node that
 * sees the folder honours them at once.
 */
export class Sessions {
  readonly #store: AccessStore;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(store: AccessStore, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  async open(account: string, oneTime: boolean): Promise<OpenSession> {
    const now = this.#clock.now();
    const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
    const session = `${day}-${Buffer.from(this.#random.bytes(12)).toString('hex')}`;
    const epoch = await this.#epoch(account);
    return await this.#rotate(session, 0, { account, epoch, oneTime, startedAt: now });
  }

  /** The next tokens of a session. Throws `session-ended`, and ends the session where the token was used before. */
  async refresh(token: string): Promise<OpenSession> {
    const { session, n, secret } = readToken(token);
    const rotation = await this.#store.get(rotationName(session, n), rotationSchema);
    if (rotation === undefined || !isSecret(secret, rotation.secret)) throw ended();
    const now = this.#clock.now();
    if (now - rotation.startedAt >= LONGEST || now - rotation.at >= IDLE) throw ended();
    if (!(await this.isOpen({ ...rotation, session }))) throw ended();
    return await this.#rotate(session, n + 1, rotation);
  }

  /** Ends one session, on every node. */
  async end(session: string): Promise<void> {
    await this.#store.put(`${folderOfSession(session)}/ended`, {});
  }

  /** Ends every session of an account, on every node. */
  async endAll(account: string): Promise<void> {
    await this.#store.put(epochName(account, await this.#epoch(account)), {});
  }

  async isOpen({
    session,
    account,
    epoch,
  }: Pick<SessionState, 'session' | 'account' | 'epoch'>): Promise<boolean> {
    const [ended, closed] = await Promise.all([
      this.#store.has(`${folderOfSession(session)}/ended`),
      this.#store.has(epochName(account, epoch)),
    ]);
    return !ended && !closed;
  }

  async #rotate(session: string, n: number, rotation: Omit<Rotation, 'at' | 'secret'>): Promise<OpenSession> {
    const secret = Buffer.from(this.#random.bytes(SECRET)).toString('base64url');
    const { account, epoch, oneTime, startedAt } = rotation;
    const next: Rotation = {
      account,
      epoch,
      oneTime,
      startedAt,
      secret: sha256Hex(secret),
      at: this.#clock.now(),
    };
    if ((await this.#store.put(rotationName(session, n), next)) === 'exists') {
      await this.end(session);
      throw ended();
    }
    const refreshToken = `${session}.${n}.${secret}`;
    return { account, session, epoch, oneTime, startedAt, refreshToken, endsAt: startedAt + LONGEST };
  }

  /** The first epoch that nobody has closed. */
  async #epoch(account: string): Promise<number> {
    const last = await this.#store.last(`epochs/${folderOf(account)}`);
    return last === undefined ? 0 : numberOf(last) + 1;
  }
}

/** Hostile input. */
function readToken(token: string): { session: string; n: number; secret: string } {
  const [, session, n, secret] = /^(\d{8}-[0-9a-f]{24})\.(\d{1,6})\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  if (session === undefined || n === undefined || secret === undefined) throw ended();
  return { session, n: Number(n), secret };
}

const isSecret = (secret: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(sha256Hex(secret)), Buffer.from(hash));

const folderOfSession = (session: string): string => `sessions/${session.replace('-', '/')}`;
const rotationName = (session: string, n: number): string => `${folderOfSession(session)}/${numbered(n)}`;
const epochName = (account: string, epoch: number): string =>
  `epochs/${folderOf(account)}/${numbered(epoch)}`;

const ended = (): HoldfastError =>
  new HoldfastError('session-ended', 'The session has ended.', { hint: 'Sign in again.' });
