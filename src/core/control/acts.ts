/** Control acts as the fold reads them. */
import type { z } from 'zod';
import { bad, good, type Read } from '../ledger/read.ts';
import type { Act } from '../record.ts';
import { FORMS } from './forms.ts';

export type ControlAction = keyof typeof FORMS;
export type ControlDetails<A extends ControlAction> = z.infer<(typeof FORMS)[A]>;

/** A control act: what is asked, in the form of its action. */
export type ControlAct = {
  [A in ControlAction]: { readonly action: A; readonly details: ControlDetails<A> };
}[ControlAction];

export function isControlAction(action: string): action is ControlAction {
  return Object.hasOwn(FORMS, action);
}

/** Acts on the directory are of its own form (`src/core/directory`). */
export function isDirectoryAction(action: string): boolean {
  return action.startsWith('directory.');
}

/** Acts of the archive on itself, which change nothing in the register. */
export const OWN_ACTIONS: ReadonlySet<string> = new Set(['archive-created', 'heads', 'generation-opened']);

/** Reads an act, which may be hostile. `why` names the member that is not of its form, never its value. */
export function readControlAct(act: Pick<Act, 'action' | 'details'>): Read<ControlAct> {
  if (!isControlAction(act.action)) return bad('no act of this name is known');
  return readDetails(act.action, act.details);
}

function readDetails<A extends ControlAction>(action: A, details: unknown): Read<ControlAct> {
  const read = FORMS[action].safeParse(details);
  if (read.success) return good({ action, details: read.data } as ControlAct);
  const issue = read.error.issues[0];
  const where = issue?.code === 'unrecognized_keys' ? 'a member that the act does not have' : issue?.path[0];
  return bad(`not of its form: ${String(where ?? 'details')}`);
}
