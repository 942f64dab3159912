import type { Clock } from '../../core/ports/clock.ts';
import type { ServerTls } from './server-tls.ts';

/** What a {@link import('./kafka-stream.ts').KafkaStream} is made of. Times are milliseconds. */
export interface KafkaStreamSettings {
  /** `host:port` of brokers to start from. */
  readonly brokers: readonly string[];
  /** Absent: no TLS. */
  readonly tls?: ServerTls;
  /** Absent: nobody signs in. */
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Prefix of the topics: `<prefix>.m`, `<prefix>.control`, `<prefix>.audit`. */
  readonly prefix: string;
  /** Number of transcript logs; `<prefix>.m` has exactly so many partitions. */
  readonly partitions: number;
  /** Consumer group of the archivers; default `<prefix>.archivers`. All archivers of one archive share it. */
  readonly group?: string;
  /** Require and create replication factor 3, `min.insync.replicas` 2, no unclean election. */
  readonly production?: boolean;
  /** How long a silent member of the group keeps its logs; default 30 s. */
  readonly sessionTimeoutMs?: number;
  /** How long a batch waits for more; default as `BATCH_LIMITS`. */
  readonly lingerMs?: number;
  /** How long a call waits for brokers that are away; default 0, for ever. */
  readonly patienceMs?: number;
  readonly clock: Clock;
  /** Told in words, at first and then every ten seconds, that and why the stream is waited for. */
  readonly waiting?: (reason: string) => void;
  /** Gets the client's own log lines. Without it they are dropped; nothing is ever printed. */
  readonly log?: (level: 'error' | 'warn' | 'info' | 'debug', line: string) => void;
}
