import type { Clock } from '../../core/ports/clock.ts';
import type { ServerTls } from './server-tls.ts';

export interface ElasticsearchIndexSettings {
  /** Address of a node: `http://host:9200`. */
  readonly node: string;
  /** For an `https:` node. */
  readonly tls?: ServerTls;
  /** Absent: nobody signs in. */
  readonly auth?: { readonly apiKey: string } | { readonly username: string; readonly password: string };
  /** Id of the archive: part of every index name. */
  readonly archive: string;
  /** Primary shards of a bucket (default 1). */
  readonly shards?: number;
  /** Replicas of a bucket (default 0). */
  readonly replicas?: number;
  /** How long a server that is away is waited for; 0: for ever. */
  readonly patienceMs: number;
  readonly clock: Clock;
  /** Told what is waited for, at most every ten seconds. */
  readonly waiting?: (line: string) => void;
}
