import { type ClassDefinition, DEFAULT_CLASS, definitionOf } from '../retention.ts';
import type { ControlAct } from './acts.ts';
import {
  having,
  type Register,
  type RetentionChange,
  type RetentionClassChange,
  type RetentionProposal,
  type RetentionRuleChange,
} from './register.ts';
import { type Asked, first, forbidden, next, type Refused, refused, type Step, unexpected } from './step.ts';

type RetentionAct = Extract<ControlAct, { action: `retention.${string}` }>;

/** Rules are proposed by one and approved by another; they only ever lengthen. */
export function foldRetention(asked: Asked, act: RetentionAct): Step {
  const { register, actor, stamp } = asked;
  const proposal = register.retention.proposals.get(act.details.proposal);
  if (act.action === 'retention.propose') {
    if (proposal !== undefined) return { reason: 'conflict', won: proposal.changed };
    const { change, reason } = act.details;
    const wrong = forbidden(actor, 'retention.propose') ?? unfit(register, change);
    if (wrong !== undefined) return wrong;
    const name = act.details.proposal;
    return withProposal(register, {
      ...first(stamp),
      proposal: name,
      change,
      reason,
      proposed: stamp,
      state: 'open',
    });
  }
  const wrong = unexpected(proposal, act.details.expects);
  if (wrong !== undefined) return wrong;
  if (proposal === undefined) return refused('unknown');
  if (proposal.state !== 'open') return refused('not-now', 'the proposal was decided');
  const isOwn = proposal.proposed.actor === actor.name;
  if (act.action === 'retention.reject') {
    const refusal = isOwn ? undefined : forbidden(actor, 'retention.approve');
    return refusal ?? withProposal(register, next(proposal, { state: 'rejected' }, stamp));
  }
  const refusal =
    forbidden(actor, 'retention.approve') ??
    (isOwn ? refused('same-person') : undefined) ??
    // Another change may have been approved since this one was proposed.
    unfit(register, proposal.change);
  if (refusal !== undefined) return refusal;
  return withProposal(register, next(proposal, { state: 'approved' }, stamp), {
    change: proposal.change,
    approved: stamp,
  });
}

function withProposal(
  { retention }: Register,
  proposal: RetentionProposal,
  agreed?: { readonly change: RetentionChange; readonly approved: RetentionProposal['changed'] },
): Step {
  const { classes, rules } = retention;
  const proposals = having(retention.proposals, proposal.proposal, proposal);
  if (agreed === undefined) return { changes: { retention: { classes, rules, proposals } } };
  const { change, approved } = agreed;
  return {
    changes: {
      retention:
        change.what === 'class'
          ? { classes: having(classes, change.class, { ...change, approved }), rules, proposals }
          : { classes, rules: having(rules, change.rule, { ...change, approved }), proposals },
    },
  };
}

/** Why a change cannot be taken into the register as it is; undefined where it can. */
function unfit(register: Register, change: RetentionChange): Refused | undefined {
  return change.what === 'class' ? unfitClass(register, change) : unfitRule(register, change);
}

function unfitClass({ retention }: Register, change: RetentionClassChange): Refused | undefined {
  if (change.years !== null && change.accessibleYears > change.years)
    return refused('unreadable', 'records are accessible for longer than they are kept');
  const known = definitionOf(change.class, retention);
  if (known === undefined) return undefined;
  if (known.isFixed) return refused('retention-shortened', 'this class is fixed');
  return isAtLeast(change, known) ? undefined : refused('retention-shortened');
}

const isAtLeast = (change: RetentionClassChange, known: ClassDefinition): boolean =>
  change.clock === known.clock &&
  change.accessibleYears >= known.accessibleYears &&
  (change.years === null || (known.years !== undefined && change.years >= known.years));

/** Whether a class keeps at least as long, by whatever clock. */
const isLonger = (one: ClassDefinition, floor: ClassDefinition): boolean =>
  one.accessibleYears >= floor.accessibleYears &&
  (one.years === undefined || (floor.years !== undefined && one.years >= floor.years));

function unfitRule({ retention }: Register, change: RetentionRuleChange): Refused | undefined {
  const known = retention.rules.get(change.rule);
  if (known !== undefined) return { reason: 'conflict', won: known.approved };
  const target = definitionOf(change.class, retention);
  if (target === undefined) return refused('unknown', 'there is no such class');
  if (target.isFixed) return refused('unreadable', 'no messages go into this class');
  const floor = definitionOf(DEFAULT_CLASS, retention);
  if (floor !== undefined && !isLonger(target, floor))
    return refused('retention-shortened', 'the class is shorter than the default class');
  const conditions = [change.network, change.connector, change.group, change.conversation];
  return conditions.every((one) => one === null)
    ? refused('unreadable', 'the rule has no condition')
    : undefined;
}
