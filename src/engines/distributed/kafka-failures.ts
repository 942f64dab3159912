import { HoldfastError } from '../../core/errors.ts';
import type { Failures } from './patience.ts';

/** Errors of the protocol that waiting does not mend, and what to do about them. */
const LASTING: { readonly [type: string]: string } = {
  TOPIC_AUTHORIZATION_FAILED: 'Grant this client read, write, create, describe and delete on the topics.',
  GROUP_AUTHORIZATION_FAILED: 'Grant this client read on the consumer group.',
  CLUSTER_AUTHORIZATION_FAILED: 'Grant this client idempotent write and create on the cluster.',
  SASL_AUTHENTICATION_FAILED: 'Check the credentials for Kafka.',
  MESSAGE_TOO_LARGE: 'Set max.message.bytes of the topics to 8388608 or more.',
  RECORD_LIST_TOO_LARGE: 'Set segment.bytes of the topics above max.message.bytes.',
  INVALID_TOPIC_EXCEPTION: 'Choose a prefix of letters, digits, dots, dashes and underscores.',
  INVALID_REPLICATION_FACTOR: 'Production mode needs at least three brokers.',
  INVALID_CONFIG: 'The brokers refuse the settings of the topics; see their log.',
  POLICY_VIOLATION: 'A policy of the brokers refuses the topics; make them by hand as docs/deploy.md lists.',
  UNSUPPORTED_VERSION: 'Use Kafka 3.0 or newer.',
  INVALID_SESSION_TIMEOUT:
    'Set kafka.sessionTimeout between group.min.session.timeout.ms and group.max.session.timeout.ms of the brokers.',
  INCONSISTENT_GROUP_PROTOCOL: 'Another program uses this consumer group: choose another prefix.',
};

function lasting(what: string, error: unknown): HoldfastError | undefined {
  if (error instanceof HoldfastError) return error;
  const type = protocolType(error);
  const hint = type === undefined ? undefined : LASTING[type];
  if (hint === undefined) return undefined;
  return new HoldfastError('bad-settings', `${what}: Kafka refuses it (${type}).`, { hint, cause: error });
}

function away(what: string, error: unknown): HoldfastError {
  return new HoldfastError('stream-away', `${what}: Kafka does not answer (${describe(error)}).`, {
    hint: 'Check that the brokers of the settings run and can be reached; then run the command again.',
    cause: error,
  });
}

/** The protocol error's type, where there is one: kafkajs wraps it when its retries are used up, and lists several. */
function protocolType(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('type' in error && typeof error.type === 'string') return error.type;
  // The one refusal that the client words by itself.
  if (error.name === 'KafkaJSSASLAuthenticationError') return 'SASL_AUTHENTICATION_FAILED';
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors : [error.cause];
  for (const one of inner) {
    const type = protocolType(one);
    if (type !== undefined) return type;
  }
  return undefined;
}

function describe(error: unknown): string {
  const type = protocolType(error);
  if (type !== undefined) return type;
  return error instanceof Error ? error.message.slice(0, 200) : 'no reason given';
}

/** What is known of Kafka's failures. */
export const kafkaFailures: Failures = { server: 'Kafka', lasting, away, describe };
