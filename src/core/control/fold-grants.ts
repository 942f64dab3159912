import type { ControlAct } from './acts.ts';
import { type Grant, having } from './register.ts';
import { type Asked, first, forbidden, next, refused, type Step, unexpected } from './step.ts';

type GrantAct = Extract<ControlAct, { action: `grant.${string}` }>;

/** Grants name what an auditor may see. Nobody gives one to himself. */
export function foldGrant(asked: Asked, act: GrantAct): Step {
  const { register, actor, stamp } = asked;
  const grant = register.grants.get(act.details.grant);
  if (act.action === 'grant.revoke') {
    const wrong = unexpected(grant, act.details.expects) ?? forbidden(actor, 'grant.revoke');
    if (wrong !== undefined) return wrong;
    if (grant === undefined || grant.revoked !== null) return refused('not-now', 'the grant is revoked');
    return {
      changes: { grants: having(register.grants, grant.grant, next(grant, { revoked: stamp }, stamp)) },
    };
  }
  if (grant !== undefined) return { reason: 'conflict', won: grant.changed };
  const wrong = forbidden(actor, 'grant.add');
  if (wrong !== undefined) return wrong;
  const { details } = act;
  const account = register.accounts.get(details.account);
  if (account === undefined) return refused('unknown', 'there is no such account');
  if (account.account === actor.name) return refused('own-role');
  if (details.from !== null && details.to !== null && details.to <= details.from)
    return refused('unreadable', 'the grant ends before it begins');
  const added: Grant = {
    ...first(stamp),
    grant: details.grant,
    account: details.account,
    scope: {
      text: details.scope,
      language: details.language,
      directory: register.directory.version,
      written: stamp,
    },
    from: details.from,
    to: details.to,
    mayDownload: details.mayDownload,
    productions: details.productions,
    reason: details.reason,
    added: stamp,
    revoked: null,
  };
  return { changes: { grants: having(register.grants, added.grant, added) } };
}
