import type { ControlAct } from './acts.ts';
import { outside } from './fold-matters.ts';
import { narrowed } from './narrowed.ts';
import { type Hold, type HoldChange, having, type Scope } from './register.ts';
import { type Asked, first, forbidden, next, type Refused, refused, type Step, unexpected } from './step.ts';

type HoldAct = Extract<ControlAct, { action: `hold.${string}` }>;

/**
 * A hold only widens until two persons agree: an amendment adds a scope beside the others, whatever it says, and
 * nothing here reads a scope. So no version of the query language can make the fold come out otherwise.
 */
export function foldHold(asked: Asked, act: HoldAct): Step {
  if (act.action === 'hold.place') return place(asked, act.details);
  const hold = asked.register.holds.get(act.details.hold);
  const wrong = unexpected(hold, act.details.expects) ?? notMember(asked, hold?.matter);
  if (wrong !== undefined) return wrong;
  if (hold === undefined) return refused('unknown');
  if (hold.released !== null) return refused('not-now', 'the hold was released');
  const changed = change(asked, hold, act);
  if ('reason' in changed) return changed;
  const { register, stamp } = asked;
  return { changes: { holds: having(register.holds, hold.hold, next(hold, changed.change, stamp)) } };
}

type Changed = { readonly change: Partial<Hold> } | Refused;

function change(asked: Asked, hold: Hold, act: Exclude<HoldAct, { action: 'hold.place' }>): Changed {
  const { actor, stamp } = asked;
  const reason = 'reason' in act.details ? act.details.reason : null;
  const scope = 'scope' in act.details ? act.details.scope : null;
  const history = [...hold.history, { by: stamp, reason, scope } satisfies HoldChange];
  switch (act.action) {
    case 'hold.widen':
      return (
        forbidden(actor, 'hold.amend') ?? {
          change: { history, scopes: [...hold.scopes, scopeOf(asked, act.details)] },
        }
      );
    case 'hold.request-narrowing':
    case 'hold.request-release': {
      if (hold.pending !== null) return refused('not-now', 'another release waits for approval');
      const by = { by: stamp, reason: act.details.reason };
      const pending =
        act.action === 'hold.request-release'
          ? { what: 'release' as const, ...by }
          : { what: 'narrowing' as const, ...by, scope: scopeOf(asked, act.details) };
      return forbidden(actor, 'hold.request-release') ?? { change: { history, pending } };
    }
    case 'hold.approve-release': {
      const wrong = forbidden(actor, 'hold.approve-release');
      if (wrong !== undefined) return wrong;
      const { pending } = hold;
      if (pending === null) return refused('not-now', 'nothing waits for approval');
      if (pending.by.actor === actor.name) return refused('same-person');
      return pending.what === 'release'
        ? { change: { history, pending: null, released: stamp } }
        : { change: { history, pending: null, scopes: narrowed(hold, pending) } };
    }
    case 'hold.reject-release': {
      const { pending } = hold;
      if (pending === null) return refused('not-now', 'nothing waits for approval');
      const wrong = pending.by.actor === actor.name ? undefined : forbidden(actor, 'hold.approve-release');
      return wrong ?? { change: { history, pending: null } };
    }
  }
}

function place(asked: Asked, details: Extract<HoldAct, { action: 'hold.place' }>['details']): Step {
  const { register, actor, stamp } = asked;
  const known = register.holds.get(details.hold);
  if (known !== undefined) return { reason: 'conflict', won: known.changed };
  const wrong = forbidden(actor, 'hold.place') ?? notMember(asked, details.matter);
  if (wrong !== undefined) return wrong;
  const hold: Hold = {
    ...first(stamp),
    hold: details.hold,
    matter: details.matter,
    scopes: [scopeOf(asked, details)],
    authority: details.authority,
    reason: details.reason,
    trigger: details.trigger,
    placed: stamp,
    pending: null,
    released: null,
    history: [{ by: stamp, reason: details.reason, scope: details.scope }],
  };
  return { changes: { holds: having(register.holds, hold.hold, hold) } };
}

function scopeOf(
  { register, stamp }: Asked,
  { scope, language }: { readonly scope: string; readonly language: number },
): Scope {
  return { text: scope, language, directory: register.directory.version, written: stamp };
}

function notMember({ register, actor }: Asked, name: string | undefined): Refused | undefined {
  if (name === undefined) return undefined;
  const matter = register.matters.get(name);
  return matter === undefined
    ? refused('unknown', 'there is no such matter')
    : outside(register, actor, matter);
}
