/**
 * Jobs as files, in a folder that every node sees: `job.json`, `run-<n>.json`, `cancel.json` and `end.json` are written
 * once, `progress.json` is replaced. So any node can tell how far a job is, and take it up when its runner has gone.
 * What lies here can be made again or was handed out; it is removed some days after its end.
 */
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { errnoOf, storageError } from '../../core/storage-error.ts';
import {
  type End,
  endSchema,
  type Job,
  type JobState,
  jobSchema,
  type Progress,
  progressSchema,
  type Run,
} from './job.ts';

const ID = /^[0-9a-z]{9}-[0-9a-f]{16}$/;

export const isJobId = (text: string): boolean => ID.test(text);

export class JobStore {
  readonly root: string;
  #written = 0;

  constructor(root: string) {
    this.root = root;
  }

  /** Where a run of a job puts what it makes. */
  output(id: string, run: number): string {
    return join(this.root, id, `out-${run}`);
  }

  /** Where an upload is put for its command: always the same, so that the same file is known when it comes again. */
  input(capture: string): string {
    return join(this.root, 'uploads', capture);
  }

  async create(job: Job): Promise<void> {
    try {
      await mkdir(join(this.root, job.id), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw storageError(error, 'making a job');
    }
    await this.#once(job.id, 'job.json', job);
  }

  /** True for the one node that begins run `n`. */
  beginRun(id: string, n: number, run: Run): Promise<boolean> {
    return this.#once(id, `run-${n}.json`, run);
  }

  cancel(id: string): Promise<boolean> {
    return this.#once(id, 'cancel.json', {});
  }

  end(id: string, end: End): Promise<boolean> {
    return this.#once(id, 'end.json', end);
  }

  async progress(id: string, progress: Progress): Promise<void> {
    const path = join(this.root, id, 'progress.json');
    const temporary = `${path}.${progress.run}.${this.#written++}`;
    await write(temporary, progress);
    await rename(temporary, path);
  }

  /** Undefined where there is no such job, or its making was cut short. */
  async state(id: string): Promise<JobState | undefined> {
    if (!isJobId(id)) return undefined;
    const names = await readdir(join(this.root, id)).catch(() => [] as string[]);
    const job = await this.#read(id, 'job.json', jobSchema);
    if (job === undefined) return undefined;
    return {
      job,
      runs: names.filter((name) => /^run-\d+\.json$/.test(name)).length,
      progress: await this.#read(id, 'progress.json', progressSchema),
      end: await this.#read(id, 'end.json', endSchema),
      cancelled: names.includes('cancel.json'),
    };
  }

  /** All ids, oldest first. */
  async ids(): Promise<string[]> {
    try {
      return (await readdir(this.root)).filter(isJobId).sort();
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw storageError(error, 'listing jobs');
    }
  }

  remove(id: string): Promise<void> {
    return rm(join(this.root, id), { recursive: true, force: true });
  }

  async #read<T>(id: string, file: string, schema: z.ZodType<T>): Promise<T | undefined> {
    try {
      return schema.parse(JSON.parse(await readFile(join(this.root, id, file), 'utf8')));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Whole or not at all, and only the first time. */
  async #once(id: string, file: string, value: unknown): Promise<boolean> {
    const path = join(this.root, id, file);
    const temporary = `${path}.${process.pid}.${this.#written++}`;
    try {
      await write(temporary, value);
      await link(temporary, path);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw storageError(error, 'writing a job');
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

async function write(path: string, value: unknown): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
  } finally {
    await file.close();
  }
}
