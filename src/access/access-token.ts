import { createPublicKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { HoldfastError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { SessionState } from './sessions.ts';

/** Seconds that an access token is good for. */
export const TOKEN_LIFETIME = 600;
/** The one algorithm: a token cannot choose another. */
const ALGORITHM = 'ES256';
/** No token is longer. */
const LONGEST = 4_096;
/** Tokens whose signature was good: it is the same the next time. */
const MOST_KNOWN = 10_000;

const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().regex(/^\d{8}-[0-9a-f]{24}$/),
  epo: z.int().min(0),
  otp: z.boolean(),
  beg: z.int(),
  jti: z.string(),
  exp: z.number(),
});

export interface TokenSettings {
  /** P-256, private. */
  readonly key: KeyObject;
  /** The archive's id: the audience, so that no token of another archive is good here. */
  readonly archive: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** JSON Web Tokens that say who is signed in. What he may do is never in them: it is asked anew each time. */
export class AccessTokens {
  readonly #settings: TokenSettings;
  readonly #public: KeyObject;
  readonly #id: string;
  readonly #known = new Map<string, { readonly state: SessionState; readonly exp: number }>();

  constructor(settings: TokenSettings) {
    this.#settings = settings;
    this.#public = createPublicKey(settings.key);
    this.#id = sha256Hex(this.#public.export({ format: 'der', type: 'spki' })).slice(0, 16);
  }

  issue({ account, session, epoch, oneTime, startedAt }: SessionState): { token: string; expiresAt: number } {
    const { key, archive, clock, random } = this.#settings;
    const iat = Math.floor(clock.now() / 1000);
    const exp = iat + TOKEN_LIFETIME;
    const claims = {
      iss: issuerOf(archive),
      aud: archive,
      sub: account,
      sid: session,
      epo: epoch,
      otp: oneTime,
      beg: startedAt,
      jti: Buffer.from(random.bytes(12)).toString('hex'),
      iat,
      exp,
    };
    const token = jwt.sign(claims, key, { algorithm: ALGORITHM, keyid: this.#id });
    return { token, expiresAt: exp * 1000 };
  }

  /** Throws `session-ended` for every token that is not good now, without saying why. */
  read(token: string): SessionState {
    const { archive, clock } = this.#settings;
    if (token.length > LONGEST) throw refused();
    const known = this.#known.get(token);
    if (known !== undefined && clock.now() < known.exp * 1000) return known.state;
    let payload: unknown;
    try {
      payload = jwt.verify(token, this.#public, {
        algorithms: [ALGORITHM],
        issuer: issuerOf(archive),
        audience: archive,
        clockTimestamp: Math.floor(clock.now() / 1000),
      });
    } catch {
      // The cause is withheld: it may quote the token.
      throw refused();
    }
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) throw refused();
    const { sub, sid, epo, otp, beg, exp } = claims.data;
    const state = { account: sub, session: sid, epoch: epo, oneTime: otp, startedAt: beg };
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(token, { state, exp });
    return state;
  }
}

const issuerOf = (archive: string): string => `holdfast:${archive}`;

/** Who a token says that it is from, before anything of it is believed; undefined for what is no token. */
export function statedIssuer(token: string): string | undefined {
  if (token.length > 16_384) return undefined;
  try {
    const payload: unknown = jwt.decode(token);
    return typeof payload === 'object' &&
      payload !== null &&
      'iss' in payload &&
      typeof payload.iss === 'string'
      ? payload.iss
      : undefined;
  } catch {
    return undefined;
  }
}

const refused = (): HoldfastError =>
  new HoldfastError('session-ended', 'The token is not good, or no longer.', { hint: 'Sign in again.' });
