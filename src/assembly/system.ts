import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../core/ports/clock.ts';

/** The machine's own clock and randomness: the only place that asks for them. */
export const systemClock: Clock = { now: () => Date.now() };
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };
