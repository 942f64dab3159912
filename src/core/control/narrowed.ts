import type { Hold, HoldRequest, Scope } from './register.ts';
import { comparePositions } from './stamp.ts';

/** The scopes that a hold has once a narrowing is approved: the new one, and those added after it was asked for. */
export function narrowed(
  { scopes }: Hold,
  request: Extract<HoldRequest, { what: 'narrowing' }>,
): readonly Scope[] {
  const later = scopes.filter(({ written }) => comparePositions(written.position, request.by.position) > 0);
  return [request.scope, ...later];
}
