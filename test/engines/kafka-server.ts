import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaJars } from './artefacts.ts';
import type { Certificate } from './certificate.ts';
import { newestJdk } from './jdk.ts';
import { freePorts, type Server, server, serverFolder } from './server.ts';

const run = promisify(execFile);

/** A killed member holds its group up for one session: in tests that should be short. */
export const SHORTEST_SESSION_MS = 3_000;

/** A second listener that speaks TLS and asks who is there (SCRAM-SHA-256). */
export interface SecuredListener {
  readonly certificate: Certificate;
  readonly username: string;
  readonly password: string;
}

/** A broker with a listener of each kind; `address` is the open one, for looking after it. */
export interface SecuredServer extends Server {
  readonly secured: string;
}

/** A Kafka broker of its own (KRaft, broker and controller in one), formatted but not started. */
export async function localKafka(): Promise<Server> {
  return await prepare(await alone());
}

export async function securedKafka(listener: SecuredListener): Promise<SecuredServer> {
  const [port] = (await freePorts(1)) as [number];
  const secured = `127.0.0.1:${port}`;
  return { ...(await prepare({ ...(await alone()), listener: { ...listener, address: secured } })), secured };
}

/** So many brokers that are one cluster, and each a voter among the controllers; formatted but not started. */
export async function kafkaCluster(count: number): Promise<Server[]> {
  const ports = await freePorts(2 * count);
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  const controllers = addresses.slice(count);
  const cluster = clusterId();
  return await Promise.all(
    addresses.slice(0, count).map((address, i) => prepare({ cluster, id: i + 1, address, controllers })),
  );
}

/** One broker of a cluster. */
interface Member {
  readonly cluster: string;
  /** 1 and up: its controller is the one at that place. */
  readonly id: number;
  readonly address: string;
  readonly controllers: readonly string[];
  readonly listener?: SecuredListener & { readonly address: string };
}

async function alone(): Promise<Member> {
  const [client, controller] = (await freePorts(2)) as [number, number];
  return {
    cluster: clusterId(),
    id: 1,
    address: `127.0.0.1:${client}`,
    controllers: [`127.0.0.1:${controller}`],
  };
}

async function prepare(member: Member): Promise<Server> {
  const { cluster, address, listener } = member;
  const jdk = await newestJdk();
  if (!jdk || jdk.version < 17) throw new Error('Kafka needs Java 17 or newer in JAVA_HOME or /usr/lib/jvm');
  const jars = await kafkaJars();
  const folder = await serverFolder('kafka');
  const properties = join(folder, 'server.properties');
  await writeFile(properties, settings(folder, member));
  const java = join(jdk.home, 'bin', 'java');
  const classPath = ['-cp', `${jars}/*`];
  const user = listener && `SCRAM-SHA-256=[name=${listener.username},password=${listener.password}]`;
  const format = ['format', '-t', cluster, '-c', properties, ...(user ? ['--add-scram', user] : [])];
  await run(java, [...classPath, 'kafka.tools.StorageTool', ...format]);
  return server({
    name: 'Kafka',
    address,
    folder,
    command: {
      command: java,
      args: ['-Xms512m', '-Xmx512m', ...classPath, 'kafka.Kafka', properties],
      env: { PATH: process.env.PATH ?? '' },
      cwd: folder,
    },
    answers: () => kafkaAnswers([address]),
  });
}

/** True when the broker answers a metadata request. */
export async function kafkaAnswers(brokers: string[]): Promise<boolean> {
  const admin = new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers: known, controller } = await admin.describeCluster();
    return known.length > 0 && controller !== null;
  } finally {
    await admin.disconnect();
  }
}

/** 16 random bytes in URL-safe base64; Kafka refuses one that begins with a dash. */
function clusterId(): string {
  return `h${randomBytes(16).toString('base64url').slice(1)}`;
}

const settings = (folder: string, { id, address, controllers, listener }: Member): string => `
process.roles=broker,controller
node.id=${id}
controller.quorum.voters=${controllers.map((controller, i) => `${i + 1}@${controller}`).join(',')}
listeners=PLAINTEXT://${address},CONTROLLER://${controllers[id - 1]}${listener ? `,SECURED://${listener.address}` : ''}
advertised.listeners=PLAINTEXT://${address}${listener ? `,SECURED://${listener.address}` : ''}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=${join(folder, 'logs')}
auto.create.topics.enable=false
delete.topic.enable=true
offsets.topic.num.partitions=4
offsets.topic.replication.factor=${controllers.length}
transaction.state.log.replication.factor=${controllers.length}
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=${SHORTEST_SESSION_MS}
${listener ? secured(listener) : ''}`;

const secured = ({ certificate: { file, passphrase } }: SecuredListener): string => `
sasl.enabled.mechanisms=SCRAM-SHA-256
listener.name.secured.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PKCS12
ssl.keystore.location=${file}
ssl.keystore.password=${passphrase}
ssl.key.password=${passphrase}
`;
