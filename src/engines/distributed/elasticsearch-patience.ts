import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '@elastic/elasticsearch';
import { HoldfastError } from '../../core/errors.ts';
import { tooWide } from './elasticsearch-errors.ts';
import type { ElasticsearchIndexSettings } from './elasticsearch-settings.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const SAY_AGAIN_MS = 10_000;

/** Statuses that pass by themselves: too many requests, shards that are not there yet. */
const PASSING = new Set([408, 429, 502, 503, 504]);

/** Causes by which a query is more than the server can answer whole. */
const TOO_WIDE =
  /too_many_clauses|too_many_nested_clauses|too_many_buckets|expanded to too many terms|Too many (?:nested )?clauses|maxClauseCount|max_terms_count|too_complex_to_determinize|Determinizing automaton|circuit_breaking_exception|result window is too large/i;

/** Waits for a server that is away: tries again, says so, and gives up only when it is told to. */
export class ElasticsearchPatience {
  readonly #settings: ElasticsearchIndexSettings;
  readonly #closed = new AbortController();
  #said = Number.NEGATIVE_INFINITY;

  constructor(settings: ElasticsearchIndexSettings) {
    this.#settings = settings;
  }

  /** Repeats `attempt` until it resolves; throws what no repetition mends, and `index-away` when patience ends. */
  async until<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const begun = this.#settings.clock.now();
    const patience = this.#settings.patienceMs || Number.POSITIVE_INFINITY;
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!passes(error)) throw lasting(what, error);
        if (this.#closed.signal.aborted || this.#settings.clock.now() - begun >= patience)
          throw away(what, error);
        this.#say(what, error);
      }
      await sleep(pause, undefined, { signal: this.#closed.signal }).catch(() => {});
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Ends every wait. */
  close(): void {
    this.#closed.abort();
  }

  #say(what: string, error: unknown): void {
    const now = this.#settings.clock.now();
    if (now - this.#said < SAY_AGAIN_MS) return;
    this.#said = now;
    this.#settings.waiting?.(`${what}: waiting for Elasticsearch (${describe(error)})`);
  }
}

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
