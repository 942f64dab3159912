/** What a service is made of, and what its routes have at hand. */
import { type ActTools, nodeOf, recordAct } from '../archive/acts.ts';
import type { Json } from '../core/event.ts';
import type { Heads } from '../core/ports/index.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { Bound } from '../search/bound.ts';
import { sealedHeads } from '../search/lag.ts';
import { Searcher } from '../search/searcher.ts';
import { SharedLook } from '../search/shared-look.ts';
import { GroupedStream } from './grouped-stream.ts';
import { Held } from './held.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { JobStore } from './jobs/job-store.ts';
import { type ServiceLog, serviceLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { Readiness } from './readiness.ts';
import type { ServiceParts } from './served.ts';

const MOST_SEARCHERS = 200;

/** What the routes have at hand. */
export class Service {
  readonly parts: ServiceParts;
  readonly jobs: JobRunner;
  readonly readiness: Readiness;
  readonly held: Held;
  readonly metrics = new Metrics();
  readonly log: ServiceLog;
  /** How far the transcript logs are sealed. */
  readonly sealed: SharedLook<Heads>;
  readonly #searchers = new Map<string, Searcher>();
  readonly #stream: Pick<Stream, 'append'>;
  readonly #acts: ActTools;

  constructor(parts: ServiceParts) {
    const { archive } = parts;
    this.parts = parts;
    this.log = serviceLog(parts.log, () => archive.clock.now());
    this.readiness = new Readiness(parts);
    this.held = new Held(parts);
    this.jobs = new JobRunner(new JobStore(parts.jobs), parts, (what) => this.log.says(what));
    this.sealed = new SharedLook(() => sealedHeads(archive.reader));
    this.#stream = new GroupedStream(archive.stream);
    this.#acts = {
      clock: archive.clock,
      random: archive.random,
      node: nodeOf(archive.identity, archive.keys.node),
    };
  }

  async start(): Promise<void> {
    await this.readiness.start();
    await this.jobs.start();
  }

  /** Takes no new jobs, and leaves those in work to be taken up again. */
  async stop(): Promise<void> {
    this.readiness.stop();
    this.held.stop();
    await this.jobs.stop();
  }

  /**
   * A searcher that shows what lies within bounds, and nothing else; undefined: everything. `holds`: for somebody who may
   * know of holds.
   */
  searcher(within: readonly Bound[] | undefined, holds: boolean): Searcher {
    const key = JSON.stringify([within ?? null, holds]);
    const known = this.#searchers.get(key);
    if (known !== undefined) return known;
    const { archive, control } = this.parts;
    const searcher = new Searcher({
      index: archive.index,
      zone: archive.settings.zone,
      directory: async () => (await control.register()).directory,
      ...(holds ? { holds: (judgement) => this.held.records(judgement) } : {}),
      ...(within === undefined ? {} : { within }),
    });
    // They keep what many questions share; a bounded number of them.
    if (this.#searchers.size >= MOST_SEARCHERS) this.#searchers.clear();
    this.#searchers.set(key, searcher);
    return searcher;
  }

  /** Durable in the stream when it resolves. */
  async audit(actor: string, action: string, details: { readonly [key: string]: Json }): Promise<void> {
    await recordAct(this.#stream, { log: 'audit', action, actor, details }, this.#acts);
  }
}
