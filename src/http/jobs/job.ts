import { z } from 'zod';
import { type ErrorCode, isErrorCode } from '../../core/errors.ts';

const closedSchema = z.array(z.object({ record: z.string(), reason: z.string() }));

/** What a job does, and with what. The command line of it is `job-command.ts`'s. */
const workSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('export'),
    query: z.string(),
    /** Grants beyond which the caller does not go. */
    grants: z.array(z.string()).optional(),
    hitsOnly: z.boolean(),
    printQuery: z.boolean(),
  }),
  z.object({
    kind: z.literal('production'),
    production: z.string(),
    matter: z.string(),
    query: z.string(),
    hitsOnly: z.boolean(),
    printQuery: z.boolean(),
    volume: z.string(),
    prefix: z.string(),
    width: z.int(),
    first: z.int().optional(),
    recipient: z.string().optional(),
    request: z.string().optional(),
    item: z.string().optional(),
    legend: z.string().optional(),
    preparer: z.string().optional(),
    withheld: closedSchema,
    redacted: closedSchema,
    /** So that a job that is taken up again makes nothing twice. */
    attempt: z.string(),
  }),
  z.object({ kind: z.literal('rendering'), production: z.string() }),
  z.object({ kind: z.literal('verification') }),
  z.object({ kind: z.literal('index-rebuild') }),
  z.object({ kind: z.literal('hold-preview'), scope: z.string(), matter: z.string().optional() }),
  z.object({ kind: z.literal('hold-coverage'), hold: z.string() }),
  z.object({ kind: z.literal('hold-effect'), hold: z.string() }),
  z.object({ kind: z.literal('retention-forecast') }),
  z.object({ kind: z.literal('directory-report') }),
  z.object({
    kind: z.literal('ingest'),
    /** The upload: a capture in the vault. */
    capture: z.string().regex(/^[0-9a-f]{64}$/),
    name: z.string(),
    format: z.string(),
    network: z.string().optional(),
    zone: z.string().optional(),
    account: z.string().optional(),
  }),
]);
export type Work = z.infer<typeof workSchema>;

export const jobSchema = z.object({
  id: z.string(),
  /** Account that asked for it. */
  by: z.string(),
  createdAt: z.string(),
  work: workSchema,
});
export type Job = z.infer<typeof jobSchema>;

/** Who runs it. A node that has gone is followed by the next run. */
export const runSchema = z.object({ node: z.string(), startedAt: z.string() });
export type Run = z.infer<typeof runSchema>;

/** `at`: ms since 1970, the runner's sign of life; 0: it has let go. */
export const progressSchema = z.object({ run: z.int(), at: z.number(), line: z.string().nullable() });
export type Progress = z.infer<typeof progressSchema>;

const codeSchema = z.custom<ErrorCode>(isErrorCode);
export const endSchema = z.object({
  state: z.enum(['done', 'failed', 'cancelled']),
  endedAt: z.string(),
  run: z.int(),
  /** What the command answered. */
  result: z.unknown(),
  error: z.object({ code: codeSchema, message: z.string(), hint: z.string().optional() }).nullable(),
});
export type End = z.infer<typeof endSchema>;

/** A job as it stands. */
export interface JobState {
  readonly job: Job;
  readonly runs: number;
  readonly progress: Progress | undefined;
  readonly end: End | undefined;
  readonly cancelled: boolean;
}
