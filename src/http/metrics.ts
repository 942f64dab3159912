import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { State } from './readiness.ts';

/** Prometheus metrics of one service. Labels are operations and codes, never names of people or what they ask. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #seconds = new Histogram({
    name: 'holdfast_http_request_duration_seconds',
    help: 'Time to the end of an answer.',
    labelNames: ['operation', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.#registry],
  });
  readonly #refused = new Counter({
    name: 'holdfast_http_refused_total',
    help: 'Requests that were refused, by error code.',
    labelNames: ['code'],
    registers: [this.#registry],
  });
  readonly #gauges: { readonly [name in keyof State['numbers']]: Gauge };

  constructor() {
    const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
      new Gauge({ name: `holdfast_${name}`, help, labelNames, registers: [this.#registry] });
    this.#gauges = {
      sealed: gauge('log_sealed_records', 'Records sealed, by log.', ['log']),
      indexed: gauge('log_indexed_records', 'Records of the log that the index has.', ['log']),
      pending: gauge('stream_pending_entries', 'Entries on the stream that no commit covers.', ['log']),
      incidents: gauge('incidents', 'Logs that stopped for cause.'),
      freeBytes: gauge('vault_free_bytes', 'Free where the vault lies.'),
      ready: gauge('ready', '1 while the service is ready.'),
    };
  }

  answered(operation: string, status: number, ms: number, code: string | undefined): void {
    this.#seconds.observe({ operation, status: String(status) }, ms / 1000);
    if (code !== undefined) this.#refused.inc({ code });
  }

  async text(state: State): Promise<{ text: string; type: string }> {
    const { numbers } = state;
    for (const name of ['sealed', 'indexed', 'pending'] as const)
      for (const [log, value] of Object.entries(numbers[name])) this.#gauges[name].set({ log }, value);
    this.#gauges.incidents.set(numbers.incidents);
    this.#gauges.freeBytes.set(numbers.freeBytes);
    this.#gauges.ready.set(numbers.ready);
    return { text: await this.#registry.metrics(), type: this.#registry.contentType };
  }
}
