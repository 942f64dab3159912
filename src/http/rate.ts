/** How many requests one caller may send a minute. */
import type { Request } from 'express';
import { rateLimit } from 'express-rate-limit';
import { HoldfastError } from '../core/errors.ts';

/** Turns away who has sent `most` within a minute, by what `key` says of him. */
export function limit(most: number, key: (request: Request) => string) {
  return rateLimit({
    windowMs: 60_000,
    limit: most,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    keyGenerator: key,
    validate: false,
    handler: (_request, _response, next) => {
      next(
        new HoldfastError('too-many-requests', 'Too many requests.', { hint: 'Try again in 60 seconds.' }),
      );
    },
  });
}
