import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Register } from '../core/control/register.ts';
import type { Permission } from '../core/control/roles.ts';
import type { Json } from '../core/event.ts';
import type { RecordName } from '../core/record.ts';
import type { Caller } from './caller.ts';
import type { Service } from './service.ts';

/** Who may call a route: a permission; `signed-in`: every account; `public`: everybody. */
export type RouteAccess = Permission | 'signed-in' | 'public';

/** A call that passed the gate and fits the contract. */
export interface Call {
  readonly service: Service;
  readonly caller: Caller;
  /** The register by which the caller was let in. */
  readonly register: Register;
  readonly params: { readonly [name: string]: string };
  /** The body where it is a stream. */
  readonly request: IncomingMessage;
  readonly signal: AbortSignal;
  /** Records what is about to be shown or done; durable when it resolves. Throws: then it must not be. */
  audit(action: string, details: { readonly [key: string]: Json }): Promise<void>;
}

/** What a route answers. */
export type Answer =
  | {
      readonly json: unknown;
      readonly status?: 200 | 201 | 202;
      /** Where the caller's write is sealed; any node waits for it when it is sent back. */
      readonly position?: RecordName;
    }
  | { readonly text: string; readonly type: string; readonly fileName?: string }
  | { readonly nothing: true; readonly position?: RecordName }
  /** Writes the answer itself. */
  | { stream(response: ServerResponse): Promise<void> };

/** One operation of `openapi.yaml`: which, who may, and what it does. Method and path are the contract's. */
export interface Route {
  readonly operationId: string;
  readonly access: RouteAccess;
  /** Also open to an account that has only a one-time password. */
  readonly oneTime: boolean;
  readonly handle: (call: Call, input: unknown) => Promise<Answer>;
}

interface RouteSpec<Q, B> {
  readonly operationId: string;
  readonly access: RouteAccess;
  readonly oneTime?: true;
  /** How query parameters are read, after the contract has checked them. */
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  readonly handle: (call: Call, input: { readonly query: Q; readonly body: B }) => Promise<Answer>;
}

/** A route with its input read by the schemas beside it. */
export function route<Q = undefined, B = undefined>(spec: RouteSpec<Q, B>): Route {
  const { operationId, access, oneTime = false, query, body, handle } = spec;
  return {
    operationId,
    access,
    oneTime,
    handle: (call, input) => {
      const given = input as { readonly query: unknown; readonly body: unknown };
      return handle(call, {
        query: query?.parse(given.query) as Q,
        body: body?.parse(given.body) as B,
      });
    },
  };
}
