/** Follows control and folds it: the register as far as this node has read. Reads the vault, so any node can have it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fold, type Outcome } from '../core/control/fold.ts';
import { EMPTY_REGISTER, type Register } from '../core/control/register.ts';
import { comparePositions, type SealedAct } from '../core/control/stamp.ts';
import { HoldfastError, isHoldfastError } from '../core/errors.ts';
import { CONTROL, generationName } from '../core/logs.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Act, RecordName, SealedRecord } from '../core/record.ts';
import type { ArchiveReader, Head } from './reader.ts';
import type { RegisterSnapshots } from './register-snapshot.ts';

/** A register that is older (ms) decides nothing any more. */
export const STALE_AFTER = 5_000;

const FIRST_POLL = 5;
const LONGEST_POLL = 100;
/** Entries folded since the last snapshot, before there is another one. */
const SNAPSHOT_EVERY = 1_000;

/** What became of an act. */
export interface FoldedAct {
  readonly position: RecordName;
  readonly outcome: Outcome;
  /** The register right after it. */
  readonly register: Register;
}

export interface ReachOptions {
  /** ms; default {@link STALE_AFTER}. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

export class RegisterFollower {
  readonly #reader: ArchiveReader;
  readonly #clock: Clock;
  readonly #snapshots: RegisterSnapshots | undefined;
  readonly #nodeKey: Uint8Array;
  readonly #watched = new Map<Act['id'], (folded: FoldedAct) => void>();
  #register: Register = EMPTY_REGISTER;
  #generation = 1;
  /** The next leaf to fold. */
  #next = 0;
  #unsaved = 0;
  #isOpen = false;
  /** When the last reading began that came to its end; undefined: none did. */
  #readAt: number | undefined;
  #reading: Promise<Register> | undefined;
  #queued: Promise<Register> | undefined;

  constructor(reader: ArchiveReader, clock: Clock, snapshots?: RegisterSnapshots) {
    this.#reader = reader;
    this.#clock = clock;
    this.#snapshots = snapshots;
    this.#nodeKey = Buffer.from(reader.identity.keys.node, 'base64');
  }

  /** The register with everything in it that was sealed at the call. */
  refresh(): Promise<Register> {
    if (this.#reading === undefined) return this.#begin();
    // The reading under way may have passed what was sealed since; all who come meanwhile share the next one.
    this.#queued ??= this.#reading
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined;
        return this.#begin();
      });
    return this.#queued;
  }

  /** The register as it was read last. Throws `register-stale` where that is over five seconds ago. */
  current(): Register {
    const age = this.#readAt === undefined ? undefined : this.#clock.now() - this.#readAt;
    if (age === undefined || age > STALE_AFTER) throw stale();
    return this.#register;
  }

  /** Resolves once everything up to `position` is folded. Throws `register-stale` when that takes too long. */
  async reach(position: RecordName, options: ReachOptions = {}): Promise<Register> {
    const until = this.#clock.now() + (options.patience ?? STALE_AFTER);
    for (let pause = FIRST_POLL; ; pause = Math.min(LONGEST_POLL, pause * 2)) {
      if (comparePositions(this.#register.position, position) >= 0) return this.#register;
      const register = await this.refresh();
      if (comparePositions(register.position, position) >= 0) return register;
      if (this.#clock.now() >= until) throw stale();
      await sleep(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }

  /** Tells what becomes of an act. Call it before the act is recorded, and `forget` when nobody waits any more. */
  watch(id: Act['id'], folded: (folded: FoldedAct) => void): { forget(): void } {
    this.#watched.set(id, folded);
    return { forget: () => this.#watched.delete(id) };
  }

  /** Reads again and again until the signal, so that `current` is never old. `failed` is told why it may be. */
  async follow(every: number, signal: AbortSignal, failed: (error: unknown) => void): Promise<void> {
    while (!signal.aborted) {
      await this.refresh().catch(failed);
      await sleep(every, undefined, { signal }).catch(() => undefined);
    }
  }

  #begin(): Promise<Register> {
    const began = this.#clock.now();
    this.#reading = this.#read()
      .then((register) => {
        this.#readAt = began;
        return register;
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  async #read(): Promise<Register> {
    if (!this.#isOpen) await this.#resume();
    for (;;) {
      const log = generationName(CONTROL, this.#generation);
      // Looked for first: once the next generation is there, this one does not grow.
      const following = await this.#head(generationName(CONTROL, this.#generation + 1));
      const head = await this.#head(log);
      if (head !== undefined) {
        for await (const sealed of this.#reader.scan(log, this.#next, head.size)) this.#take(log, sealed);
        await this.#save(head);
      }
      if (following === undefined) return this.#register;
      this.#generation++;
      this.#next = 0;
    }
  }

  #take(log: string, sealed: SealedRecord): void {
    const position = `${log}/${sealed.leaf}`;
    this.#next = sealed.leaf + 1;
    this.#unsaved++;
    const asked = sealedAct(position, sealed);
    if (asked === undefined) {
      this.#register = { ...this.#register, position };
      return;
    }
    const { register, outcome } = fold(this.#register, asked, this.#nodeKey);
    this.#register = register;
    this.#watched.get(asked.act.id)?.({ position, outcome, register });
  }

  async #resume(): Promise<void> {
    const found = await this.#snapshots?.load(this.#reader);
    if (found !== undefined) {
      this.#register = found.register;
      this.#generation = found.generation;
      this.#next = found.size;
    }
    this.#isOpen = true;
  }

  async #save(head: Head): Promise<void> {
    if (this.#snapshots === undefined || this.#unsaved < SNAPSHOT_EVERY) return;
    this.#unsaved = 0;
    await this.#snapshots.save(this.#reader, head, this.#generation, this.#register);
  }

  async #head(log: string): Promise<Head | undefined> {
    try {
      return await this.#reader.head(log);
    } catch (error) {
      if (isHoldfastError(error, 'not-found')) return undefined;
      throw error;
    }
  }
}

/** A sealed record as the fold reads it; undefined for what is no act. */
export function sealedAct(position: RecordName, sealed: SealedRecord): SealedAct | undefined {
  if (sealed.type !== 'act') return undefined;
  const { class: _class, quarter: _quarter, sealedAt, ...act } = sealed.record;
  return { position, act, sealedAt };
}

function stale(): HoldfastError {
  return new HoldfastError('register-stale', 'The newest control entries have not been read here yet.', {
    hint: "Try again. Where it lasts, no archiver seals control, or the vault does not answer: see 'holdfast status'.",
  });
}
