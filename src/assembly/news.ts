import type { Incident } from './sealing-worker.ts';

/** A line for whoever runs the service, and the incident that it tells of, where there is one. */
export interface Told {
  readonly line: string;
  readonly incident?: Incident;
}

/** What a thread has to tell: kept until it is asked for. */
export class News {
  #told: Told[] = [];
  #asked = Promise.withResolvers<void>();
  #ended = false;

  tell(line: string, incident?: Incident): void {
    this.#told.push({ line, ...(incident !== undefined && { incident }) });
    this.#asked.resolve();
  }

  /** What was told since the last call; waits until there is something. Empty at the end. */
  async next(): Promise<Told[]> {
    if (this.#told.length === 0 && !this.#ended) await this.#asked.promise;
    const told = this.#told;
    this.#told = [];
    if (!this.#ended) this.#asked = Promise.withResolvers<void>();
    return told;
  }

  end(): void {
    this.#ended = true;
    this.#asked.resolve();
  }
}
