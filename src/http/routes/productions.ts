/** Productions: made and rendered as jobs, seen by the members of their matter and by auditors whom a grant names them to. */
import { z } from 'zod';
import { outside } from '../../core/control/fold-matters.ts';
import { HoldfastError } from '../../core/errors.ts';
import { parseQuery } from '../../core/search/parse.ts';
import { denied, reachable, reachIn, shownProduction } from '../production-access.ts';
import { type Route, route } from '../route.ts';
import { begin } from './jobs.ts';

const closed = z.array(z.object({ record: z.string(), reason: z.string() })).default([]);
const body = z.object({
  production: z.string(),
  matter: z.string(),
  query: z.string(),
  hitsOnly: z.boolean().default(false),
  printQuery: z.boolean().default(false),
  volume: z.string(),
  prefix: z.string(),
  width: z.int().default(7),
  first: z.int().optional(),
  recipient: z.string().optional(),
  request: z.string().optional(),
  item: z.string().optional(),
  legend: z.string().optional(),
  preparer: z.string().optional(),
  withheld: closed,
  redacted: closed,
});
const listQuery = z.object({ matter: z.string().optional() });

export const productionRoutes: readonly Route[] = [
  route({
    operationId: 'createProduction',
    access: 'production.create',
    body,
    async handle(call, { body: asked }) {
      parseQuery(asked.query);
      const matter = call.register.matters.get(asked.matter);
      if (matter === undefined)
        throw new HoldfastError('not-found', 'There is no such matter.', {
          hint: 'GET /v1/matters lists all.',
        });
      if (outside(call.register, { is: 'account', name: call.caller.account }, matter) !== undefined)
        throw denied('The account is no member of the matter.', { matter: matter.matter });
      const attempt = Buffer.from(call.service.parts.archive.random.bytes(16)).toString('hex');
      return await begin(call, { kind: 'production', ...asked, attempt });
    },
  }),
  route({
    operationId: 'listProductions',
    access: 'production.read',
    query: listQuery,
    async handle(call, { query: { matter } }) {
      const productions = [...call.register.productions.values()].filter(
        (one) => (matter === undefined || one.matter === matter) && reachIn(call, one) !== 'nothing',
      );
      await call.audit('productions-listed', matter === undefined ? {} : { matter });
      return {
        json: {
          productions: productions.map((one) => shownProduction(call, one)),
          position: call.register.position,
        },
      };
    },
  }),
  route({
    operationId: 'showProduction',
    access: 'production.read',
    async handle(call) {
      const production = reachable(call);
      await call.audit('production-viewed', { production: production.production });
      return { json: shownProduction(call, production) };
    },
  }),
  route({
    operationId: 'renderProduction',
    access: 'production.read',
    async handle(call) {
      const production = reachable(call, 'take');
      return await begin(call, { kind: 'rendering', production: production.production });
    },
  }),
];
