/** Long work: uploads, exports, verifications, rebuilds. Each is a job with progress, which a restart does not end. */
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import type { Permission } from '../../core/control/roles.ts';
import { HoldfastError } from '../../core/errors.ts';
import { parseScope } from '../../core/holds/read-scope.ts';
import { parseQuery } from '../../core/search/parse.ts';
import { recorded } from '../../search/recorded.ts';
import { may } from '../caller.ts';
import { sendFile } from '../download.ts';
import type { JobState, Work } from '../jobs/job.ts';
import { mayTake } from '../production-access.ts';
import { grantsInForce, reach } from '../reach.ts';
import { type Answer, type Call, type Route, route } from '../route.ts';

const exportBody = z.object({
  query: z.string(),
  hitsOnly: z.boolean().default(false),
  printQuery: z.boolean().default(false),
});
const previewBody = z.object({ scope: z.string(), matter: z.string().optional() });
const uploadQuery = z.object({
  name: z.string(),
  format: z.string().default('auto'),
  network: z.string().optional(),
  zone: z.string().optional(),
  account: z.string().optional(),
});

/** Which permission a kind of job takes, to begin it and to see what came of it. */
const PERMISSION: { readonly [kind in Work['kind']]: Permission } = {
  export: 'export.create',
  production: 'production.create',
  rendering: 'production.read',
  verification: 'verify.run',
  'index-rebuild': 'connector.change',
  'hold-preview': 'hold.place',
  'hold-coverage': 'hold.read',
  'hold-effect': 'hold.read',
  'retention-forecast': 'retention.read',
  'directory-report': 'directory.read',
  ingest: 'connector.ingest',
};

export const jobRoutes: readonly Route[] = [
  route({
    operationId: 'createExport',
    access: PERMISSION.export,
    body: exportBody,
    async handle(call, { body }) {
      parseQuery(body.query);
      const { within, grants } = reach(call, 'export.create');
      if (within !== undefined && !grants.every(({ mayDownload }) => mayDownload)) throw noDownload();
      const named = within === undefined ? {} : { grants: grants.map(({ grant }) => grant) };
      return await begin(call, { kind: 'export', ...body, ...named });
    },
  }),
  route({
    operationId: 'createVerification',
    access: PERMISSION.verification,
    handle: (call) => begin(call, { kind: 'verification' }),
  }),
  route({
    operationId: 'createIndexRebuild',
    access: PERMISSION['index-rebuild'],
    handle: (call) => begin(call, { kind: 'index-rebuild' }),
  }),
  route({
    operationId: 'previewHold',
    access: PERMISSION['hold-preview'],
    body: previewBody,
    handle(call, { body: { scope, matter } }) {
      parseScope(scope, call.register.directory);
      return begin(call, { kind: 'hold-preview', scope, ...(matter === undefined ? {} : { matter }) });
    },
  }),
  route({
    operationId: 'coverHold',
    access: PERMISSION['hold-coverage'],
    handle: (call) => begin(call, { kind: 'hold-coverage', hold: holdNamed(call) }),
  }),
  route({
    operationId: 'showReleaseEffect',
    access: PERMISSION['hold-effect'],
    handle: (call) => begin(call, { kind: 'hold-effect', hold: holdNamed(call) }),
  }),
  route({
    operationId: 'forecastRetention',
    access: PERMISSION['retention-forecast'],
    handle: (call) => begin(call, { kind: 'retention-forecast' }),
  }),
  route({
    operationId: 'reportOnDirectory',
    access: PERMISSION['directory-report'],
    handle: (call) => begin(call, { kind: 'directory-report' }),
  }),
  route({
    operationId: 'upload',
    access: PERMISSION.ingest,
    query: uploadQuery,
    async handle(call, { query: { name, ...settings } }) {
      // Durable before anything else happens; a body that breaks off leaves nothing.
      const { sha256, size } = await call.service.parts.archive.vault.putStream('captures/', whole(call));
      await call.audit('uploaded', { capture: sha256, size });
      return await begin(call, { kind: 'ingest', capture: sha256, name, ...settings });
    },
  }),
  route({
    operationId: 'listJobs',
    access: 'signed-in',
    async handle(call) {
      const { store } = call.service.jobs;
      const jobs = [];
      for (const id of (await store.ids()).reverse()) {
        const state = await store.state(id);
        if (state !== undefined && isMine(call, state)) jobs.push(shown(state));
        if (jobs.length >= 100) break;
      }
      return { json: { jobs } };
    },
  }),
  route({
    operationId: 'showJob',
    access: 'signed-in',
    handle: async (call) => ({ json: shown(await required(call)) }),
  }),
  route({
    operationId: 'cancelJob',
    access: 'signed-in',
    async handle(call) {
      const state = await required(call);
      await call.audit('job-cancelled', { job: state.job.id });
      await call.service.jobs.cancel(state);
      return { nothing: true };
    },
  }),
  route({
    operationId: 'downloadFile',
    access: 'export.create',
    async handle(call) {
      const { job, end } = await required(call);
      const { file = '' } = call.params;
      const { work } = job;
      if ((work.kind !== 'export' && work.kind !== 'rendering') || end?.state !== 'done') throw nothing();
      // A grant that was revoked since then gives nothing away any more.
      if (work.kind === 'rendering') mayTake(call, work.production);
      else if (work.grants !== undefined) {
        const grants = grantsInForce(call);
        const isSame = grants.map(({ grant }) => grant).join('\n') === work.grants.join('\n');
        if (!isSame || !grants.every(({ mayDownload }) => mayDownload)) throw noDownload({ job: job.id });
      }
      const output = call.service.jobs.store.output(job.id, end.run);
      const path = file === 'bundle.tar' ? `${output}.tar` : join(output, file);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() !== true) throw nothing();
      const production = work.kind === 'rendering' ? { production: work.production } : {};
      await call.audit('downloaded', { job: job.id, file, ...production });
      const etag = `"${job.id}-${end.run}-${file}-${found.size}"`;
      return {
        stream: (response: ServerResponse) => sendFile(call.request, response, path, found.size, etag, file),
      };
    },
  }),
];

function holdNamed({ register, params }: Call): string {
  const { hold = '' } = params;
  if (register.holds.has(hold)) return hold;
  throw new HoldfastError('not-found', 'There is no such hold.', { hint: 'GET /v1/holds lists all.' });
}

/** Has work done. What it is about is recorded before. */
export async function begin(call: Call, work: Work): Promise<Answer> {
  await call.audit('job-begun', {
    kind: work.kind,
    ...('query' in work ? { query: recorded(work.query).query } : {}),
    ...('production' in work ? { production: work.production } : {}),
    ...(work.kind === 'production' ? { matter: work.matter } : {}),
    ...(work.kind === 'ingest' ? { capture: work.capture } : {}),
  });
  return { status: 202, json: shown(await call.service.jobs.submit(work, call.caller.account)) };
}

/** The upload; whoever goes away half-way has sent nothing. */
async function* whole({ request }: Call): AsyncIterable<Uint8Array> {
  yield* request;
  if (request.complete) return;
  throw new HoldfastError('bad-request', 'The upload broke off.', { hint: 'Send it again.' });
}

/** The job that the path names, where it is the caller's own and he still may; else it does not exist. */
async function required(call: Call): Promise<JobState> {
  const { job = '' } = call.params;
  const state = await call.service.jobs.store.state(job);
  if (state === undefined || !isMine(call, state)) throw nothing({ job });
  return state;
}

const isMine = ({ caller }: Call, { job }: JobState): boolean =>
  job.by === caller.account && may(caller, PERMISSION[job.work.kind]);

function shown({ job, runs, progress, end, cancelled }: JobState) {
  const state = end?.state ?? (cancelled ? 'cancelling' : runs === 0 ? 'waiting' : 'running');
  return {
    id: job.id,
    kind: job.work.kind,
    createdAt: job.createdAt,
    state,
    runs,
    progress: progress?.line ?? null,
    endedAt: end?.endedAt ?? null,
    result: end?.result ?? null,
    error: end?.error ?? null,
  };
}

type Denied = { readonly [what: string]: string };

const nothing = (denies?: Denied): HoldfastError =>
  new HoldfastError('not-found', 'There is no such job, or no such file of it.', {
    hint: 'GET /v1/jobs lists your jobs.',
    ...(denies && { denies }),
  });

const noDownload = (denies?: Denied): HoldfastError =>
  new HoldfastError('not-permitted', 'The grant does not let this account take copies.', {
    hint: 'Ask compliance or legal for a grant with downloads.',
    ...(denies && { denies }),
  });
