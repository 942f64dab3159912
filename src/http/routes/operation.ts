/** How the archive is, and what was done with it. */
import { z } from 'zod';
import { newestActs } from '../../archive/read/newest-acts.ts';
import { isListed, shownAct } from '../../core/control/listed-act.ts';
import { ACT_LOGS } from '../../core/logs.ts';
import type { Act } from '../../core/record.ts';
import { scheduleOf } from '../../retention/schedule.ts';
import { may } from '../caller.ts';
import { type Route, route } from '../route.ts';

const auditQuery = z.object({
  log: z.enum(['audit', 'control']).optional(),
  since: z.string().default(''),
  action: z.string().optional(),
  account: z.string().optional(),
  record: z.string().optional(),
  matter: z.string().optional(),
  limit: z.coerce.number().int().default(100),
});

export const operationRoutes: readonly Route[] = [
  route({
    operationId: 'status',
    access: 'status.read',
    async handle({ service }) {
      const { archive } = service.parts;
      const { reasons, numbers } = await service.readiness.look();
      const buckets = await archive.index.buckets();
      return {
        json: {
          id: archive.identity.id,
          mode: archive.settings.mode,
          createdAt: archive.identity.createdAt,
          ready: reasons.length === 0,
          reasons,
          logs: Object.entries(numbers.sealed).map(([log, records]) => ({
            log,
            records,
            indexed: numbers.indexed[log] ?? 0,
          })),
          pending: numbers.pending,
          buckets: buckets.map((bucket) => scheduleOf(bucket)),
          incidents: archive.incidents(),
        },
      };
    },
  }),
  route({
    operationId: 'listAudit',
    access: 'audit.read',
    query: auditQuery,
    async handle(call, { query }) {
      const { log, since, action, account, record, matter, limit } = query;
      await call.audit('audit-listed', {
        ...(log === undefined ? {} : { log }),
        since: since === '' ? null : since,
        ...(action === undefined ? {} : { action }),
        ...(account === undefined ? {} : { account }),
        ...(record === undefined ? {} : { record }),
        ...(matter === undefined ? {} : { matter }),
      });
      const { register, caller } = call;
      const reader = { texts: may(caller, 'audit.read-queries'), holds: may(caller, 'hold.read') };
      const fits = (act: Act): boolean =>
        isListed(act, query, register) && shownAct(act, reader) !== undefined;
      const { acts, total } = await newestActs(
        call.service.parts.archive.reader,
        log === undefined ? ACT_LOGS : [log],
        fits,
        limit,
      );
      return {
        json: {
          total,
          acts: acts.map(({ name, act }) => ({ record: name, ...shownAct(act, reader) })),
        },
      };
    },
  }),
];
