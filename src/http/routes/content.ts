/** What shows what somebody wrote: each read passes the caller's reach, and is an audit entry before it is answered. */
import { z } from 'zod';
import type { Permission } from '../../core/control/roles.ts';
import { HoldfastError } from '../../core/errors.ts';
import type { Json } from '../../core/event.ts';
import { parseLogName } from '../../core/logs.ts';
import type { Heads } from '../../core/ports/index.ts';
import type { RecordName } from '../../core/record.ts';
import { notIndexed } from '../../search/lag.ts';
import { recorded } from '../../search/recorded.ts';
import { may } from '../caller.ts';
import { type Reach, reach, searcherFor } from '../reach.ts';
import { type Call, type Route, route } from '../route.ts';

const queryBody = z.object({ query: z.string() });
const searchBody = queryBody.extend({ limit: z.int().default(50), after: z.string().optional() });
const aroundQuery = z.object({
  before: z.coerce.number().int().default(10),
  after: z.coerce.number().int().default(10),
});

export const contentRoutes: readonly Route[] = [
  route({
    operationId: 'search',
    access: 'search',
    body: searchBody,
    async handle(call, { body: { query, limit, after } }) {
      const answer = await searcherFor(call, reach(call, 'search')).search(query, {
        limit,
        ...(after === undefined ? {} : { after }),
      });
      const missing = await searched(call, answer, 'searched', {
        ...recorded(query),
        total: answer.total,
        shown: answer.lines.length,
        heads: { ...answer.heads },
        directory: answer.directory,
      });
      return { json: { cursor: null, ...answer, notIndexed: missing } };
    },
  }),
  route({
    operationId: 'count',
    access: 'search',
    body: queryBody,
    async handle(call, { body: { query } }) {
      const answer = await searcherFor(call, reach(call, 'search')).count(query);
      const missing = await searched(call, answer, 'search-counted', {
        ...recorded(query),
        total: answer.total,
      });
      return { json: { ...answer, notIndexed: missing } };
    },
  }),
  route({
    operationId: 'explain',
    access: 'search',
    body: queryBody,
    async handle(call, { body: { query } }) {
      const answer = await searcherFor(call, reach(call, 'search')).explain(query);
      const missing = await searched(call, answer, 'search-explained', {
        ...recorded(query),
        total: answer.total,
      });
      return { json: { ...answer, notIndexed: missing } };
    },
  }),
  route({
    operationId: 'showRecord',
    access: 'message.read',
    async handle(call) {
      const { name } = await shown(call, 'message.read');
      const sealed = await call.service.parts.archive.reader.record(name);
      const held = may(call.caller, 'hold.read') ? await call.service.held.records() : undefined;
      const holds = await held?.holdsOfRecord(call.params.log ?? '', sealed);
      await call.audit('record-viewed', { record: name, context: 0 });
      return { json: { name, ...sealed, ...(holds === undefined ? {} : { holds }) } };
    },
  }),
  route({
    operationId: 'showContext',
    access: 'message.read',
    query: aroundQuery,
    async handle(call, { query: { before, after } }) {
      const { name, reached } = await shown(call, 'message.read');
      const answer = await searcherFor(call, reached).context(name, { before, after });
      await call.audit('record-viewed', { record: name, context: Math.max(before, after) });
      return { json: { name, ...answer } };
    },
  }),
  route({
    operationId: 'showProof',
    access: 'message.read',
    async handle(call) {
      const { name } = await shown(call, 'message.read');
      const text = await call.service.parts.archive.reader.proof(name);
      await call.audit('proof-written', { record: name });
      return { text, type: 'text/plain', fileName: `${name.replace('/', '-')}.tlog-proof` };
    },
  }),
];

/** Records a search before it is answered, and looks meanwhile how much is sealed that the answer does not cover. */
async function searched(
  call: Call,
  { heads }: { readonly heads: Heads },
  action: string,
  details: { readonly [key: string]: Json },
): Promise<number> {
  const [sealed] = await Promise.all([call.service.sealed.look(), call.audit(action, details)]);
  return notIndexed(sealed, heads);
}

/** The record that the path names, where it is a transcript's and the caller may see it; else it does not exist. */
async function shown(call: Call, permission: Permission): Promise<{ name: RecordName; reached: Reach }> {
  const { log = '', leaf = '' } = call.params;
  const name = `${log}/${leaf}`;
  const reached = reach(call, permission);
  // Acts are read by way of the audit, which knows who may see what of them.
  if (parseLogName(log)?.base.startsWith('m') !== true) throw nothing(name);
  if (reached.within !== undefined && !(await searcherFor(call, reached).shows(name))) throw nothing(name);
  return { name, reached };
}

const nothing = (name: string): HoldfastError =>
  new HoldfastError('not-found', `There is no record ${name.slice(0, 100)}.`, {
    hint: 'A search names records.',
    denies: { record: name },
  });
