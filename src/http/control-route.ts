import { z } from 'zod';
import type { WantedAct } from '../archive/control.ts';
import type { ControlAct, ControlAction, ControlDetails } from '../core/control/acts.ts';
import type { Permission } from '../core/control/roles.ts';
import { type Answer, type Call, type Route, route } from './route.ts';

/** Has an act sealed in the caller's name. */
export async function writeAct(call: Call, act: WantedAct): Promise<Answer> {
  const { position } = await call.service.parts.control.write(call.caller.account, act);
  return { json: { position }, position };
}

interface ControlRouteSpec<A extends ControlAction> {
  readonly operationId: string;
  readonly access: Permission | 'signed-in';
  readonly action: A;
  /** The act's details from the path and the body, which the fold reads as hostile. */
  readonly details: (call: Call, body: { readonly [key: string]: unknown }) => unknown;
  /** After it is sealed and counts. */
  readonly after?: (call: Call, details: ControlDetails<A>) => Promise<void>;
}

const anything = z.record(z.string(), z.unknown());

/** A route that does one control act: its rules are the fold's, so nothing is judged here but the permission. */
export function controlRoute<A extends ControlAction>(spec: ControlRouteSpec<A>): Route {
  const { operationId, access, action, details, after } = spec;
  return route({
    operationId,
    access,
    body: anything,
    async handle(call, { body }) {
      const wanted = { action, details: details(call, body) } as ControlAct;
      const answer = await writeAct(call, wanted);
      await after?.(call, wanted.details as ControlDetails<A>);
      return answer;
    },
  });
}

/** Details of an act on the thing that the path names: the name under `key`, the rest from the body. */
export const onThe =
  (key: string, more: { readonly [key: string]: unknown } = {}) =>
  (call: Call, body: { readonly [key: string]: unknown }): unknown => ({
    ...more,
    ...body,
    [key]: call.params[key],
  });
