import type { ControlAct } from './acts.ts';
import { having, type Matter, type Register } from './register.ts';
import {
  type Actor,
  type Asked,
  first,
  forbidden,
  next,
  type Refused,
  refused,
  type Step,
  unexpected,
} from './step.ts';

type MatterAct = Extract<ControlAct, { action: `matter.${string}` | `production.${string}` }>;

export function foldMatter(asked: Asked, act: MatterAct): Step {
  switch (act.action) {
    case 'matter.open':
      return open(asked, act.details);
    case 'matter.change':
      return change(asked, act.details);
    case 'production.create':
      return produce(asked, act.details);
  }
}

/** Why an account has no part in a matter; undefined where it is a member, and for the owner of the folder. */
export function outside(
  register: Register,
  actor: Pick<Actor, 'is' | 'name'>,
  matter: Matter,
): Refused | undefined {
  if (actor.is === 'owner' || matter.members.includes(actor.name)) return undefined;
  const isLeft = matter.members.some((member) => register.accounts.get(member)?.state === 'active');
  return isLeft ? refused('forbidden', 'the account is no member of the matter') : undefined;
}

function open(asked: Asked, details: Extract<MatterAct, { action: 'matter.open' }>['details']): Step {
  const { register, actor, stamp } = asked;
  const known = register.matters.get(details.matter);
  if (known !== undefined) return { reason: 'conflict', won: known.changed };
  const wrong = forbidden(actor, 'matter.open') ?? strangers(register, details.members);
  if (wrong !== undefined) return wrong;
  const members = new Set(details.members);
  if (actor.is === 'account') members.add(actor.name);
  const { matter, reference, zone } = details;
  const opened: Matter = {
    ...first(stamp),
    matter,
    reference,
    zone,
    members: [...members].sort(),
    opened: stamp,
  };
  return { changes: { matters: having(register.matters, matter, opened) } };
}

function change(asked: Asked, details: Extract<MatterAct, { action: 'matter.change' }>['details']): Step {
  const { register, actor, stamp } = asked;
  const matter = register.matters.get(details.matter);
  const wrong = unexpected(matter, details.expects);
  if (wrong !== undefined) return wrong;
  if (matter === undefined) return refused('unknown');
  const refusal =
    forbidden(actor, 'matter.change') ??
    outside(register, actor, matter) ??
    strangers(register, details.members);
  if (refusal !== undefined) return refusal;
  const members = [...new Set(details.members)].sort();
  const changed = next(matter, { reference: details.reference, members }, stamp);
  return { changes: { matters: having(register.matters, matter.matter, changed) } };
}

/** A production takes its numbers for ever: no number of a prefix is used twice in a matter. */
function produce(
  asked: Asked,
  details: Extract<MatterAct, { action: 'production.create' }>['details'],
): Step {
  const { register, actor, stamp } = asked;
  const known = register.productions.get(details.production);
  if (known !== undefined) return { reason: 'conflict', won: known.changed };
  const matter = register.matters.get(details.matter);
  if (matter === undefined) return refused('unknown', 'there is no such matter');
  const wrong = forbidden(actor, 'production.create') ?? outside(register, actor, matter);
  if (wrong !== undefined) return wrong;
  const { production, prefix, width, first: from, last, spec } = details;
  if (last < from || String(last).length > width)
    return refused('unreadable', 'its last number is before its first, or does not fit the width');
  // ABC1 and 01 would be the same number as ABC and 101.
  if (/\d$/.test(prefix)) return refused('unreadable', 'the prefix ends in a digit');
  for (const other of register.productions.values()) {
    if (other.matter !== details.matter || other.prefix !== prefix) continue;
    if (from <= other.last && other.first <= last) return { reason: 'numbers-used', won: other.changed };
  }
  const made = { production, matter: details.matter, prefix, width, first: from, last, spec };
  return {
    changes: {
      productions: having(register.productions, production, { ...first(stamp), ...made, created: stamp }),
    },
  };
}

function strangers(register: Register, members: readonly string[]): Refused | undefined {
  return members.every((member) => register.accounts.has(member))
    ? undefined
    : refused('unknown', 'a member is no account');
}
