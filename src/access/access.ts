import type { KeyObject } from 'node:crypto';
import { HoldfastError } from '../core/errors.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Vault } from '../core/ports/vault.ts';
import { AccessStore } from './access-store.ts';
import { AccessTokens } from './access-token.ts';
import { ApiKeys } from './api-keys.ts';
import { Credentials } from './credentials.ts';
import { LockOut } from './lock-out.ts';
import { checkNewPassword, hashPassword, isPassword, noPassword } from './password.ts';
import { SecretBox } from './secret-box.ts';
import { type OpenSession, type SessionState, Sessions } from './sessions.ts';
import { base32, stepOfCode, totpUri } from './totp.ts';

export interface AccessParts {
  /** Put-once objects in a folder that every node of the archive sees. */
  readonly vault: Pick<Vault, 'put' | 'get' | 'size' | 'list'>;
  readonly keys: {
    /** P-256, private: signs access tokens. */
    readonly token: KeyObject;
    /** 32 bytes: encrypts what is kept. */
    readonly store: Uint8Array;
  };
  /** The archive's id. */
  readonly archive: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** What somebody who signs in says. */
export interface Proof {
  readonly account: string;
  readonly password: string;
  /** Six digits, where the account has a second factor. */
  readonly code?: string;
  /** Where he is: network address, or a name of the command line. */
  readonly address: string;
  /** Whether the account exists and may sign in. Asked by whoever knows the register. */
  readonly enabled: boolean;
}

/** A session's tokens, as they are handed out. */
export interface Tokens {
  readonly accessToken: string;
  /** ms since 1970. */
  readonly expiresAt: number;
  readonly refreshToken: string;
  readonly endsAt: number;
  readonly oneTime: boolean;
}

/** Who somebody is. What he may do is the register's to say, never this one's. */
export class Access {
  readonly apiKeys: ApiKeys;
  readonly #parts: AccessParts;
  readonly #credentials: Credentials;
  readonly #sessions: Sessions;
  readonly #tokens: AccessTokens;
  readonly #lockOut: LockOut;

  constructor(parts: AccessParts) {
    const { vault, keys, archive, clock, random } = parts;
    const store = new AccessStore(vault, new SecretBox(keys.store, random));
    this.#parts = parts;
    this.#credentials = new Credentials(store);
    this.#sessions = new Sessions(store, clock, random);
    this.#lockOut = new LockOut(store, clock);
    this.#tokens = new AccessTokens({ key: keys.token, archive, clock, random });
    this.apiKeys = new ApiKeys(store, random);
  }

  /**
   * Makes sure that the account is who it says. Throws `sign-in-failed` (account, password and code alike),
   * `second-factor-needed` where only the code is missing, `too-many-requests` with the seconds to wait.
   */
  async prove({ account, password, code, address, enabled }: Proof): Promise<{ oneTime: boolean }> {
    const wait = await this.#lockOut.admit(account, address);
    if (wait > 0) throw tooMany(wait);
    const found = await this.#credentials.read(account);
    const right =
      found === undefined
        ? await noPassword(password)
        : await isPassword(password, found.credential.password);
    if (found === undefined || !right || !enabled) throw failed();
    const { totp, oneTime } = found.credential;
    if (totp?.confirmed === true) {
      if (code === undefined) {
        // Only this try: were all forgotten, codes could be guessed without end.
        await this.#lockOut.forgiven(account, address);
        throw new HoldfastError('second-factor-needed', 'The code of the second factor is missing.', {
          hint: 'Send the six digits that your app shows.',
        });
      }
      if (!(await this.#isCode(account, totp.secret, code))) throw failed();
    }
    await this.#lockOut.succeeded(account, address);
    return { oneTime };
  }

  async signIn(proof: Proof): Promise<Tokens> {
    const { oneTime } = await this.prove(proof);
    return this.#tokensOf(await this.#sessions.open(proof.account, oneTime));
  }

  /** Throws `session-ended`; a token that was used before ends its session. */
  async refresh(refreshToken: string): Promise<Tokens & { readonly account: string }> {
    const session = await this.#sessions.refresh(refreshToken);
    return { ...this.#tokensOf(session), account: session.account };
  }

  /** Who an access token belongs to. Throws `session-ended`, also where the session was ended on another node. */
  async read(accessToken: string): Promise<SessionState> {
    const state = this.#tokens.read(accessToken);
    if (await this.#sessions.isOpen(state)) return state;
    throw new HoldfastError('session-ended', 'The session has ended.', { hint: 'Sign in again.' });
  }

  signOut(session: string): Promise<void> {
    return this.#sessions.end(session);
  }

  /** Ends every session of an account at once, on every node. */
  signOutEverywhere(account: string): Promise<void> {
    return this.#sessions.endAll(account);
  }

  /** Throws `weak-password`, also for the one that it is to replace. */
  checkNewPassword(account: string, password: string, current: string): void {
    checkNewPassword(password, account);
    if (password === current)
      throw new HoldfastError('weak-password', 'The new password is the old one.', {
        hint: 'Choose another.',
      });
  }

  /** Sets the password that an account chose. Throws `weak-password`. All its sessions end. */
  async choosePassword(account: string, password: string): Promise<void> {
    checkNewPassword(password, account);
    await this.#setPassword(account, password, false);
  }

  /**
   * A password that is good for choosing another one only; the answer is the one place where it stands. `secondFactor`:
   * whether the account's own is kept; a reset takes it away.
   */
  async giveOneTimePassword(
    account: string,
    { secondFactor }: { secondFactor: 'kept' | 'removed' } = { secondFactor: 'kept' },
  ): Promise<string> {
    const bytes = this.#parts.random.bytes(15);
    const password = (base32(bytes).toLowerCase().match(/.{6}/g) ?? []).join('-');
    await this.#setPassword(account, password, true, secondFactor);
    return password;
  }

  /** Whether the account has any password yet. */
  async hasPassword(account: string): Promise<boolean> {
    return (await this.#credentials.read(account)) !== undefined;
  }

  async hasSecondFactor(account: string): Promise<boolean> {
    return (await this.#credentials.read(account))?.credential.totp?.confirmed === true;
  }

  /** Begins to set up a second factor; it counts once a code of it was shown. Throws `conflict` where one counts already. */
  async beginSecondFactor(account: string): Promise<{ secret: string; uri: string }> {
    const { n, credential } = await this.#required(account);
    if (credential.totp?.confirmed === true) {
      throw new HoldfastError('conflict', 'The account has a second factor already.', {
        hint: 'A reset of the account takes it away; then set up a new one.',
      });
    }
    const secret = this.#parts.random.bytes(20);
    const totp = { secret: Buffer.from(secret).toString('base64'), confirmed: false };
    await this.#credentials.write({ ...credential, totp }, n);
    return { secret: base32(secret), uri: totpUri(secret, account, this.#parts.archive) };
  }

  /** Throws `sign-in-failed` where the code is not of the secret that was given out last. */
  async confirmSecondFactor(account: string, code: string): Promise<void> {
    const { n, credential } = await this.#required(account);
    const { totp } = credential;
    if (totp === undefined || totp.confirmed || !(await this.#isCode(account, totp.secret, code)))
      throw failed();
    await this.#credentials.write({ ...credential, totp: { ...totp, confirmed: true } }, n);
  }

  async #required(account: string) {
    const found = await this.#credentials.read(account);
    if (found !== undefined) return found;
    throw new HoldfastError('not-found', 'The account has no password yet.', {
      hint: 'An administrator gives it a one-time password.',
    });
  }

  async #setPassword(
    account: string,
    password: string,
    oneTime: boolean,
    secondFactor: 'kept' | 'removed' = 'kept',
  ): Promise<void> {
    const found = await this.#credentials.read(account);
    const stored = await hashPassword(password, this.#parts.random);
    const totp = secondFactor === 'kept' ? found?.credential.totp : undefined;
    const credential = { account, password: stored, oneTime, ...(totp && { totp }) };
    await this.#credentials.write(credential, found?.n ?? -1);
    await this.#sessions.endAll(account);
  }

  async #isCode(account: string, secret: string, code: string): Promise<boolean> {
    const step = stepOfCode(Buffer.from(secret, 'base64'), code, this.#parts.clock.now());
    return step !== undefined && (await this.#credentials.takeStep(account, step));
  }

  #tokensOf(session: OpenSession): Tokens {
    const { token, expiresAt } = this.#tokens.issue(session);
    const { refreshToken, endsAt, oneTime } = session;
    return { accessToken: token, expiresAt, refreshToken, endsAt, oneTime };
  }
}

const failed = (): HoldfastError =>
  new HoldfastError('sign-in-failed', 'The sign-in failed.', {
    hint: 'Check account, password and code; whether the account is enabled is for its administrator to see.',
  });

function tooMany(wait: number): HoldfastError {
  const seconds = Math.ceil(wait / 1000);
  return new HoldfastError('too-many-requests', 'Too many sign-ins have failed.', {
    hint: `Try again in ${seconds} seconds.`,
  });
}
