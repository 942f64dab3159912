/**
 * Real engines for tests. A suite names the engines that it needs; where one cannot be had the suite is skipped and
 * named at the end of the run, and with `HOLDFAST_REQUIRE_ENGINES=1` it fails.
 *
 *     await describeWith(['kafka'], 'KafkaStream', ({ kafka }) => {
 *       test('…', async () => { connect(kafka.brokers); });
 *     });
 *
 * The servers are shared by the whole run: use topic and index names of your own ({@link uniqueName}). A test that
 * stops a server takes `ownKafka` or `ownElasticsearch`.
 */
import { randomBytes } from 'node:crypto';
import { elasticsearchHome, kafkaJars } from './artefacts.ts';
import { localElasticsearch } from './elasticsearch-server.ts';
import {
  kafkaCluster,
  localKafka,
  type SecuredListener,
  type SecuredServer,
  SHORTEST_SESSION_MS,
  securedKafka,
} from './kafka-server.ts';
import { keycloakHome, localKeycloak, type Realm } from './keycloak-server.ts';
import { localPostgres, postgresPrograms } from './postgres-server.ts';
import type { Server } from './server.ts';
import { type EngineName, elasticsearchUrl, type Found, reason } from './shared.ts';

export type { Server } from './server.ts';

/** Why an engine cannot be had here. */
export interface Skip {
  readonly skip: string;
}

export interface KafkaForTests {
  readonly brokers: string[];
  /** The shortest consumer session that these brokers are known to allow; ms. */
  readonly shortestSessionMs: number;
}

export interface Engines {
  readonly kafka: KafkaForTests;
  readonly elasticsearch: { readonly node: string };
  /** Makes a broker of the test's own, started; the test closes it. */
  readonly ownKafka: () => Promise<Server>;
  /** The same with a second listener that speaks TLS and asks who is there. */
  readonly ownSecuredKafka: (listener: SecuredListener) => Promise<SecuredServer>;
  /** Makes a cluster of so many brokers of the test's own, all started; the test closes them. */
  readonly ownKafkaCluster: (count: number) => Promise<Server[]>;
  /** Makes a node of the test's own, started; the test closes it. */
  readonly ownElasticsearch: () => Promise<Server>;
  /** Makes an OpenID provider of the test's own with one realm, started; the test closes it. */
  readonly ownKeycloak: (realm: Realm) => Promise<Server>;
  /** Makes a PostgreSQL of the test's own, started; the test closes it. */
  readonly ownPostgres: () => Promise<Server>;
}

/** What brokers allow unless they are told otherwise. */
const DEFAULT_SESSION_MS = 6_000;

const FINDERS: { readonly [K in keyof Engines]: () => Promise<Engines[K] | Skip> } = {
  kafka,
  elasticsearch,
  ownKafka: () => own(kafkaJars, localKafka),
  ownSecuredKafka: () => own(kafkaJars, securedKafka),
  ownKafkaCluster: async () => {
    const found = await own(kafkaJars, async (count: number) => {
      const brokers = await kafkaCluster(count);
      // None answers before most of them are there to choose a controller.
      return { brokers, start: () => Promise.all(brokers.map((broker) => broker.start())) };
    });
    return 'skip' in found ? found : async (count) => (await found(count)).brokers;
  },
  ownElasticsearch: () => own(elasticsearchHome, localElasticsearch),
  ownKeycloak: () => own(keycloakHome, localKeycloak),
  ownPostgres: () => own(postgresPrograms, localPostgres),
};

/** The run's Kafka, started now if nobody asked before. */
export async function kafka(): Promise<Engines['kafka'] | Skip> {
  const found = await ask('kafka');
  if ('skip' in found) return found;
  return {
    brokers: found.address.split(','),
    shortestSessionMs: process.env.HOLDFAST_TEST_KAFKA ? DEFAULT_SESSION_MS : SHORTEST_SESSION_MS,
  };
}

/** The run's Elasticsearch, started now if nobody asked before. */
export async function elasticsearch(): Promise<Engines['elasticsearch'] | Skip> {
  const found = await ask('elasticsearch');
  if ('skip' in found) return found;
  return { node: elasticsearchUrl(found.address) };
}

/** `describe` for a suite that needs engines; await it at the top level of the test file. */
export async function describeWith<K extends keyof Engines>(
  needed: readonly K[],
  name: string,
  suite: (engines: Pick<Engines, K>) => void,
): Promise<void> {
  const engines: Partial<Engines> = {};
  for (const engine of needed) {
    const found = await FINDERS[engine]();
    if ('skip' in found) {
      without(name, engine, found.skip);
      return;
    }
    engines[engine] = found;
  }
  describe(name, () => suite(engines as Pick<Engines, K>));
}

/** A name that no other test uses: lower case, fit for topics, groups and indices. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

function without(name: string, engine: string, why: string): void {
  const required = process.env.HOLDFAST_REQUIRE_ENGINES === '1';
  const title = `${name} (no ${engine}: ${why})`;
  const missing = (): void => {
    throw new Error(`HOLDFAST_REQUIRE_ENGINES=1, and there is no ${engine} here: ${why}`);
  };
  if (required) describe(title, () => test('has the engine that it needs', missing));
  else describe.skip(title, () => test('needs an engine that is not here', missing));
}

async function ask(name: EngineName): Promise<Found> {
  const door = process.env.HOLDFAST_TEST_ENGINES;
  if (!door) return { skip: 'the run was not started through `npm test`' };
  const answer = await fetch(`${door}/${name}`);
  return (await answer.json()) as Found;
}

async function own<S extends { start(): Promise<unknown> }, A extends readonly unknown[]>(
  fetchArtefact: () => Promise<string>,
  make: (...how: A) => Promise<S>,
): Promise<((...how: A) => Promise<S>) | Skip> {
  try {
    await fetchArtefact();
  } catch (error) {
    return { skip: `a server that can be stopped needs a local start: ${reason(error)}` };
  }
  return async (...how) => {
    const server = await make(...how);
    await server.start();
    return server;
  };
}
