import { baseOf, CONTROL, parseLogName } from '../logs.ts';
import type { Act, RecordName } from '../record.ts';

/** A control act as it was sealed: what the fold reads. */
export interface SealedAct {
  /** Its position: `control/17`. Also the token with which its writer reads his own write. */
  readonly position: RecordName;
  readonly act: Act;
  /** UTC, ms; never runs backwards. */
  readonly sealedAt: string;
}

/** Who did something to a thing, and when. */
export interface Stamp {
  readonly position: RecordName;
  readonly actor: string;
  readonly action: string;
  /** `sealedAt` of the act. */
  readonly at: string;
}

/** A thing of the register. Each act that changes it names the version it expects (0: none yet) and raises it by one. */
export interface Versioned {
  readonly version: number;
  readonly changed: Stamp;
}

export function stampOf({ position, act, sealedAt }: SealedAct): Stamp {
  return { position, actor: act.actor, action: act.action, at: sealedAt };
}

/** A place in control: later generations come after earlier ones. Undefined for what is no position in control. */
export function parsePosition(
  text: string,
): { readonly generation: number; readonly leaf: number } | undefined {
  const slash = text.lastIndexOf('/');
  const log = parseLogName(text.slice(0, Math.max(0, slash)));
  const leaf = text.slice(slash + 1);
  if (log === undefined || baseOf(log.base) !== CONTROL || !/^(?:0|[1-9]\d{0,14})$/.test(leaf))
    return undefined;
  return { generation: log.generation, leaf: Number(leaf) };
}

/** Negative where `one` was sealed before `other`; null is before everything. Throws a TypeError for no positions. */
export function comparePositions(one: RecordName | null, other: RecordName | null): number {
  if (one === null || other === null) return (one === null ? 0 : 1) - (other === null ? 0 : 1);
  const a = parsePosition(one);
  const b = parsePosition(other);
  if (a === undefined || b === undefined) throw new TypeError('a position looks like control/17');
  return a.generation === b.generation ? a.leaf - b.leaf : a.generation - b.generation;
}
