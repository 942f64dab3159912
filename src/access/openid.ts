import jwt from 'jsonwebtoken';
import { JwksClient } from 'jwks-rsa';
import { z } from 'zod';
import { HoldfastError } from '../core/errors.ts';
import type { Clock } from '../core/ports/clock.ts';

/** An OpenID provider whose bearer tokens are taken. */
export interface OpenIdSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: string;
  /** Claim that names the account; it must be an account of this archive. */
  readonly accountClaim: string;
  /** Claim that lists roles or groups; `realm_access.roles` is a claim inside another. */
  readonly rolesClaim: string;
  /** Value of the claim → role here. What is not listed gives nothing. */
  readonly roles: { readonly [value: string]: string };
}

export interface OpenIdCaller {
  readonly account: string;
  /** Roles that the provider vouches for. They narrow what the account has here, and never widen it. */
  readonly roles: readonly string[];
  /** When the provider made the token; ms since 1970. */
  readonly issuedAt: number;
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384'] as const;
const LONGEST = 16_384;
const TIMEOUT = 5_000;
/** The provider's keys are asked for anew when they are so old, or for an unknown key; never more often. ms */
const OLD = 10 * 60_000;
const NOT_BEFORE = 30_000;

/** Verifies bearer tokens of one OpenID provider by the keys that it publishes. */
export class OpenId {
  readonly #settings: OpenIdSettings;
  readonly #clock: Clock;
  readonly #provider: JwksClient;
  #keys: ReadonlyMap<string, string> = new Map();
  #asked = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(settings: OpenIdSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    // Its own cache asks again for every unknown key, and its rate limit makes the others wait.
    this.#provider = new JwksClient({
      jwksUri: settings.jwks,
      cache: false,
      rateLimit: false,
      timeout: TIMEOUT,
    });
  }

  get issuer(): string {
    return this.#settings.issuer;
  }

  /** Throws `session-ended` for every token that is not good now, without saying why. */
  async read(token: string): Promise<OpenIdCaller> {
    const { issuer, audience, accountClaim, rolesClaim, roles } = this.#settings;
    if (token.length > LONGEST) throw refused();
    let claims: { readonly [name: string]: unknown };
    try {
      const kid = jwt.decode(token, { complete: true })?.header.kid;
      const key = await this.#key(kid ?? '');
      claims = z.record(z.string(), z.unknown()).parse(
        jwt.verify(token, key, {
          algorithms: [...ALGORITHMS],
          issuer,
          audience,
          clockTimestamp: Math.floor(this.#clock.now() / 1000),
        }),
      );
    } catch {
      // The cause is withheld: it may quote the token.
      throw refused();
    }
    const account = claims[accountClaim];
    const { exp, iat } = claims;
    if (typeof account !== 'string' || account === '' || typeof exp !== 'number' || typeof iat !== 'number')
      throw refused();
    const stated = claimAt(claims, rolesClaim);
    const values = Array.isArray(stated) ? stated : typeof stated === 'string' ? stated.split(' ') : [];
    const known = values.flatMap((value) =>
      typeof value === 'string' && Object.hasOwn(roles, value) ? [roles[value] ?? ''] : [],
    );
    return { account, roles: [...new Set(known)], issuedAt: iat * 1000 };
  }

  /** PEM of a key that the provider publishes. */
  async #key(id: string): Promise<string> {
    const age = this.#clock.now() - this.#asked;
    if (age >= OLD || (!this.#keys.has(id) && age >= NOT_BEFORE)) {
      this.#asked = this.#clock.now();
      this.#asking = this.#ask();
    }
    await this.#asking;
    const key = this.#keys.get(id);
    if (key === undefined) throw refused();
    return key;
  }

  async #ask(): Promise<void> {
    const keys = await this.#provider.getSigningKeys();
    this.#keys = new Map(keys.map((key) => [key.kid, key.getPublicKey()]));
  }
}

/** A claim by its name, else by its path through claims that hold others, as Keycloak writes roles. */
function claimAt(claims: { readonly [name: string]: unknown }, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((inside, name) => {
    const isObject = typeof inside === 'object' && inside !== null && Object.hasOwn(inside, name);
    return isObject ? Reflect.get(inside, name) : undefined;
  }, claims);
}

const refused = (): HoldfastError =>
  new HoldfastError('session-ended', 'The token is not good, or no longer.', {
    hint: 'Get a new one from your provider.',
  });
