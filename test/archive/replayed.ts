import { openReader } from '../../src/archive/read/open-reader.ts';
import { sealedAct } from '../../src/archive/register.ts';
import { fold } from '../../src/core/control/fold.ts';
import { EMPTY_REGISTER, type Register } from '../../src/core/control/register.ts';
import type { Vault } from '../../src/core/ports/vault.ts';

export interface Replayed {
  readonly register: Register;
  readonly acts: readonly ReplayedAct[];
}

export interface ReplayedAct {
  readonly position: string;
  readonly action: string;
  /** Without effect. */
  readonly isVoid: boolean;
}

/** The register as somebody comes to it who has the vault and nothing else. */
export async function replayed(vault: Vault): Promise<Replayed> {
  const reader = await openReader(vault);
  const key = Buffer.from(reader.identity.keys.node, 'base64');
  const { size } = await reader.head('control');
  let register = EMPTY_REGISTER;
  const acts: ReplayedAct[] = [];
  for await (const sealed of reader.scan('control', 0, size)) {
    const position = `control/${sealed.leaf}`;
    const act = sealedAct(position, sealed);
    if (act === undefined) continue;
    const folded = fold(register, act, key);
    register = folded.register;
    acts.push({ position, action: act.act.action, isVoid: folded.outcome.is === 'void' });
  }
  return { register, acts };
}

/** Positions of the acts without effect. */
export const voidsOf = (acts: readonly ReplayedAct[]): string[] =>
  acts.filter(({ isVoid }) => isVoid).map(({ position }) => position);
