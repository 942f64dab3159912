import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ELASTICSEARCH_VERSION, KAFKA_VERSION } from './artefacts.ts';
import { elasticsearchAnswers } from './elasticsearch-server.ts';
import { kafkaAnswers, SHORTEST_SESSION_MS } from './kafka-server.ts';
import { freePorts } from './server.ts';

const run = promisify(execFile);

/** A shared server in a container: the last way to have one. */
export interface Container {
  readonly address: string;
  close(): Promise<void>;
}

export async function kafkaContainer(): Promise<Container> {
  const [port] = (await freePorts(1)) as [number];
  const address = `127.0.0.1:${port}`;
  const settings = {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${address}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: String(SHORTEST_SESSION_MS),
  };
  return container(`apache/kafka:${KAFKA_VERSION}`, `${port}:9092`, settings, address, () =>
    kafkaAnswers([address]),
  );
}

export async function elasticsearchContainer(): Promise<Container> {
  const [port] = (await freePorts(1)) as [number];
  const address = `127.0.0.1:${port}`;
  const settings = {
    'discovery.type': 'single-node',
    'xpack.security.enabled': 'false',
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
    ES_JAVA_OPTS: '-Xms512m -Xmx512m',
  };
  const image = `docker.elastic.co/elasticsearch/elasticsearch:${ELASTICSEARCH_VERSION}`;
  return container(image, `${port}:9200`, settings, address, () => elasticsearchAnswers(`http://${address}`));
}

async function container(
  image: string,
  publish: string,
  settings: Record<string, string>,
  address: string,
  answers: () => Promise<boolean>,
): Promise<Container> {
  const name = `holdfast-test-${randomBytes(6).toString('hex')}`;
  const environment = Object.entries(settings).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  await run('docker', [
    'run',
    '--rm',
    '-d',
    '--name',
    name,
    '-p',
    `127.0.0.1:${publish}`,
    ...environment,
    image,
  ]);
  const close = async (): Promise<void> => {
    await run('docker', ['rm', '-f', name]).catch(() => {});
  };
  const deadline = Date.now() + 240_000;
  while (!(await answers().catch(() => false))) {
    if (Date.now() > deadline) {
      await close();
      throw new Error(`${image} did not start`);
    }
    await sleep(300);
  }
  return { address, close };
}
