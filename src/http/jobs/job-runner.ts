/** Runs jobs: some at a time, again when the node that ran one has gone, and never two nodes the same one. */
import { rm } from 'node:fs/promises';
import { ERRORS, type ErrorCode, HoldfastError, isHoldfastError } from '../../core/errors.ts';
import type { ServiceParts } from '../served.ts';
import type { End, Job, JobState, Work } from './job.ts';
import { commandOf } from './job-command.ts';
import type { JobStore } from './job-store.ts';
import { packFolder } from './tar.ts';

/** Jobs at a time on one node. */
const AT_ONCE = 2;
/** Signs of life of a runner; ms. */
const BEAT = 1_000;
/** Without one for so long, the runner has gone; ms. */
const GONE = 15_000;
/** Between two looks for jobs that nobody runs; ms. */
const LOOK = 3_000;
/** An ended job, and what it made, is removed after this; ms. */
const KEPT = 7 * 24 * 60 * 60_000;
/** Longest line of progress. */
const LONGEST_LINE = 500;

interface Running {
  /** Folder that its command reads. */
  readonly reads: string | undefined;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export class JobRunner {
  readonly store: JobStore;
  readonly #parts: ServiceParts;
  readonly #says: (what: string) => void;
  readonly #running = new Map<string, Running>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = true;

  constructor(store: JobStore, parts: ServiceParts, says: (what: string) => void) {
    this.store = store;
    this.#parts = parts;
    this.#says = says;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    await this.#look();
  }

  /** Stops what is in work; other nodes, or the next start, take it up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ ended }) => ended));
  }

  /** Durable when it resolves; done as soon as there is room. */
  async submit(work: Work, by: string): Promise<JobState> {
    const { clock, random } = this.#parts.archive;
    const now = clock.now();
    const id = `${now.toString(36).padStart(9, '0')}-${Buffer.from(random.bytes(8)).toString('hex')}`;
    const job: Job = { id, by, createdAt: new Date(now).toISOString(), work };
    await this.store.create(job);
    void this.#look();
    return { job, runs: 0, progress: undefined, end: undefined, cancelled: false };
  }

  /** Also of a job that another node runs, which sees it at its next sign of life. */
  async cancel(state: JobState): Promise<void> {
    await this.store.cancel(state.job.id);
    this.#running.get(state.job.id)?.stop.abort();
    if (state.runs === 0) await this.store.end(state.job.id, this.#endOf('cancelled', 0, null));
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      for (const id of await this.store.ids()) {
        if (this.#stopped || this.#running.size >= AT_ONCE) break;
        if (this.#running.has(id)) continue;
        const state = await this.store.state(id);
        if (state === undefined) continue;
        if (state.end !== undefined) await this.#forget(state, state.end);
        else if (!this.#isRun(state) && !this.#running.has(id)) await this.#take(state);
      }
    } catch (error) {
      this.#says(`jobs could not be looked through: ${isHoldfastError(error) ? error.code : 'internal'}`);
    }
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), LOOK);
    this.#timer.unref();
  }

  /** Whether some node gives signs of life for it. */
  #isRun({ runs, progress }: JobState): boolean {
    if (runs === 0 || progress === undefined) return false;
    return this.#parts.archive.clock.now() - progress.at < GONE;
  }

  async #forget({ job }: JobState, end: End): Promise<void> {
    if (this.#parts.archive.clock.now() - Date.parse(end.endedAt) > KEPT) await this.store.remove(job.id);
  }

  async #take({ job, runs, cancelled }: JobState): Promise<void> {
    if (cancelled) {
      await this.store.end(job.id, this.#endOf('cancelled', runs, null));
      return;
    }
    const run = runs + 1;
    const { node, archive } = this.#parts;
    // Before the run exists, so that nobody sees a run without a sign of life.
    await this.store.progress(job.id, { run, at: archive.clock.now(), line: null });
    const startedAt = new Date(archive.clock.now()).toISOString();
    if (!(await this.store.beginRun(job.id, run, { node, startedAt }))) return;
    const stop = new AbortController();
    const ended = this.#run(job, run, stop).finally(() => {
      this.#running.delete(job.id);
      if (!this.#stopped) void this.#look();
    });
    const reads = job.work.kind === 'ingest' ? this.store.input(job.work.capture) : undefined;
    this.#running.set(job.id, { stop, ended, reads });
  }

  async #run(job: Job, run: number, stop: AbortController): Promise<void> {
    let line: string | null = null;
    const beat = setInterval(() => void this.#beat(job.id, run, line, stop), BEAT);
    try {
      const end = await this.#do(job, run, stop.signal, (said) => {
        line = said.slice(0, LONGEST_LINE);
      });
      const cancelled = (await this.store.state(job.id))?.cancelled === true;
      if (stop.signal.aborted && !cancelled) {
        await this.store.progress(job.id, { run, at: 0, line });
        return;
      }
      await this.store.end(job.id, cancelled ? this.#endOf('cancelled', run, null) : end);
    } catch (error) {
      // Not ended: it is taken up again when its sign of life is old.
      this.#says(`job ${job.id} could not be ended: ${isHoldfastError(error) ? error.code : 'internal'}`);
    } finally {
      clearInterval(beat);
    }
  }

  async #beat(id: string, run: number, line: string | null, stop: AbortController): Promise<void> {
    try {
      const state = await this.store.state(id);
      // Another node took it for gone: only one goes on.
      if (state === undefined || state.cancelled || state.runs > run) stop.abort();
      else if (state.end === undefined && !stop.signal.aborted)
        await this.store.progress(id, { run, at: this.#parts.archive.clock.now(), line });
    } catch {
      // Told when the job ends; a sign of life that is missing is what `GONE` is for.
    }
  }

  async #do(job: Job, run: number, signal: AbortSignal, progress: (line: string) => void): Promise<End> {
    const { work } = job;
    const input = this.store.input(work.kind === 'ingest' ? work.capture : 'none');
    const folders = { input, output: this.store.output(job.id, run) };
    let result: unknown = null;
    const out = (text: string): void => {
      result = JSON.parse(text);
    };
    try {
      const argv = await commandOf(work, folders, this.#parts.archive.vault);
      const exit = await this.#parts.run(argv, { actor: job.by, signal, out, progress });
      const failure = failureIn(result);
      if (failure !== null) return this.#endOf('failed', run, null, failure);
      // 3: a verification that ran to its end and found faults, which are its result.
      if (exit !== 0 && exit !== 3) throw new HoldfastError('internal', `The command ended with ${exit}.`);
      if (work.kind === 'export' || work.kind === 'rendering') {
        progress('packing the bundle');
        const top = work.kind === 'rendering' ? volumeIn(result) : `holdfast-export-${job.id}`;
        await packFolder(folders.output, `${folders.output}.tar`, top);
      }
      return this.#endOf('done', run, result);
    } catch (error) {
      const code = isHoldfastError(error) ? error.code : 'internal';
      const message = isHoldfastError(error) ? error.message : ERRORS.internal.says;
      return this.#endOf('failed', run, null, { code, message });
    } finally {
      const others = [...this.#running].some(([id, { reads }]) => id !== job.id && reads === input);
      if (!others) await rm(input, { recursive: true, force: true });
    }
  }

  #endOf(state: End['state'], run: number, result: unknown, error: End['error'] = null): End {
    const endedAt = new Date(this.#parts.archive.clock.now()).toISOString();
    return { state, endedAt, run, result: visible(result), error };
  }
}

/** The volume of a production: the one name of it that its files may bear. */
function volumeIn(result: unknown): string {
  const volume: unknown =
    typeof result === 'object' && result !== null ? Reflect.get(result, 'volume') : undefined;
  if (typeof volume !== 'string') throw new HoldfastError('internal', 'The command named no volume.');
  return volume;
}

/** The error that a command prints as its result. */
function failureIn(result: unknown): End['error'] {
  const error: unknown =
    typeof result === 'object' && result !== null ? Reflect.get(result, 'error') : undefined;
  if (typeof error !== 'object' || error === null) return null;
  const [code, message, hint] = ['code', 'message', 'hint'].map((key) => Reflect.get(error, key));
  if (typeof code !== 'string' || !isCode(code) || typeof message !== 'string') return null;
  return { code, message, ...(typeof hint === 'string' ? { hint } : {}) };
}

const isCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);

/** Without what only concerns this machine: the folder that an export was written to. */
function visible(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return result;
  const { dir: _, ...rest } = result as { readonly [key: string]: unknown };
  return rest;
}
