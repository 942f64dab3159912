import { errors } from '@elastic/elasticsearch';
import { HoldfastError } from '../../core/errors.ts';
import { tooWide } from './elasticsearch-errors.ts';
import type { Failures } from './patience.ts';

/** Statuses that pass by themselves: too many requests, shards that are not there yet. */
const PASSING = new Set([408, 429, 502, 503, 504]);

/** Causes by which a query is more than the server can answer whole. */
const TOO_WIDE =
  /too_many_clauses|too_many_nested_clauses|too_many_buckets|expanded to too many terms|Too many (?:nested )?clauses|maxClauseCount|max_terms_count|too_complex_to_determinize|Determinizing automaton|circuit_breaking_exception|result window is too large/i;

/** Thrown by an attempt that saw an answer which is not whole yet. */
export class NotYet extends Error {}

function passes(error: unknown): boolean {
  if (error instanceof NotYet) return true;
  if (error instanceof errors.ResponseError) {
    if (TOO_WIDE.test(JSON.stringify(error.body) ?? '')) return false;
    return PASSING.has(error.statusCode ?? 0);
  }
  return error instanceof errors.ConnectionError || error instanceof errors.TimeoutError;
}

function lasting(what: string, error: unknown): unknown {
  if (passes(error)) return undefined;
  if (!(error instanceof errors.ResponseError)) return error;
  const body = JSON.stringify(error.body) ?? '';
  if (TOO_WIDE.test(body)) return tooWide('The query is more than Elasticsearch can answer whole.');
  return new HoldfastError('storage-failed', `${what}: Elasticsearch refused it (${describe(error)}).`, {
    hint: 'See the log of Elasticsearch; docs/deploy.md lists the rights and settings it needs.',
    cause: error,
  });
}

function away(what: string, cause: unknown): HoldfastError {
  return new HoldfastError('index-away', `${what}: Elasticsearch does not answer (${describe(cause)}).`, {
    hint: 'Start Elasticsearch, or correct its address, and run the command again; nothing acknowledged is lost.',
    cause,
  });
}

/** The kind of failure; never what was sent or stored. */
function describe(error: unknown): string {
  if (error instanceof errors.ResponseError) {
    const type: unknown = error.body?.error?.type;
    return `status ${error.statusCode ?? 0}${typeof type === 'string' ? `, ${type}` : ''}`;
  }
  return error instanceof Error ? error.name : 'unknown failure';
}

/** What is known of Elasticsearch's failures. */
export const elasticsearchFailures: Failures = { server: 'Elasticsearch', lasting, away, describe };
