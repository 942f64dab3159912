import { elasticsearchContainer, kafkaContainer } from './docker.ts';
import { elasticsearchAnswers, localElasticsearch } from './elasticsearch-server.ts';
import { kafkaAnswers, localKafka } from './kafka-server.ts';
import type { Server } from './server.ts';

/** The engines that a whole test run shares. */
export type EngineName = 'kafka' | 'elasticsearch';

/** `skip` says in one line why the engine cannot be had here. */
export type Found = { readonly address: string } | { readonly skip: string };

interface Ways {
  readonly variable: string;
  readonly answers: (address: string) => Promise<boolean>;
  readonly local: () => Promise<Server>;
  readonly container: () => Promise<{ address: string; close(): Promise<void> }>;
}

const WAYS: Readonly<Record<EngineName, Ways>> = {
  kafka: {
    variable: 'HOLDFAST_TEST_KAFKA',
    answers: (address) => kafkaAnswers(address.split(',')),
    local: localKafka,
    container: kafkaContainer,
  },
  elasticsearch: {
    variable: 'HOLDFAST_TEST_ELASTICSEARCH',
    answers: (address) => elasticsearchAnswers(elasticsearchUrl(address)),
    local: localElasticsearch,
    container: elasticsearchContainer,
  },
};

/** Looks for an engine: a named address, then a local start, then Docker. Keeps what it started until `close`. */
export class SharedEngines {
  readonly #found = new Map<EngineName, Promise<Found>>();
  readonly #closers: (() => Promise<void>)[] = [];

  find(name: EngineName): Promise<Found> {
    const known = this.#found.get(name);
    if (known) return known;
    const found = this.#look(name);
    this.#found.set(name, found);
    return found;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#found.values());
    await Promise.allSettled(this.#closers.splice(0).map((close) => close()));
  }

  async #look(name: EngineName): Promise<Found> {
    const ways = WAYS[name];
    const named = process.env[ways.variable];
    if (named) {
      const up = await ways.answers(named).catch(() => false);
      return up ? { address: named } : { skip: `nothing answers at ${ways.variable}=${named}` };
    }
    const reasons: string[] = [];
    try {
      const local = await ways.local();
      this.#closers.push(() => local.close());
      await local.start();
      return { address: local.address };
    } catch (error) {
      reasons.push(`local start: ${reason(error)}`);
    }
    try {
      const container = await ways.container();
      this.#closers.push(() => container.close());
      return { address: container.address };
    } catch (error) {
      reasons.push(`Docker: ${reason(error)}`);
    }
    return { skip: reasons.join('; ') };
  }
}

/** A node may be named as `host:port` alone. */
export const elasticsearchUrl = (address: string): string =>
  /^https?:/u.test(address) ? address : `http://${address}`;

export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n').filter(Boolean).slice(0, 3).join(' ').slice(0, 300);
}
