import { z } from 'zod';

/**
 * Every setting, once. A value comes from the command line, else the environment, else the configuration file, else the
 * default here. `docs/deploy.md` lists this table; a test holds the two together.
 */

const zone = z
  .string()
  .refine(isZone, { message: 'is no time zone: give an IANA name such as America/New_York, or UTC' });
const folder = z.string().min(1);
const url = z.url({ protocol: /^https?$/ });

/** How a server is spoken to over TLS. */
const clientTls = z
  .strictObject({
    ca: folder
      .optional()
      .describe(
        'File of the certificates to trust, PEM; without it, those that Node trusts. `{}` turns TLS on.',
      ),
    certificate: folder
      .optional()
      .describe('File of this client’s certificate chain, PEM, where one is asked for.'),
    key: folder.optional().describe('File of its private key, PEM.'),
  })
  .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
    message: 'names a certificate and its key, or neither',
  })
  .optional();
const secret = z.string().min(1).max(4_096);

/** The HTTP service. */
const service = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .max(255)
      .default('127.0.0.1')
      .describe('Address to listen at; beyond loopback only with TLS.'),
    port: z.int().min(0).max(65_535).default(8420).describe('Port of the service; 0 takes a free one.'),
    rate: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1_200)
      .describe('Requests a minute that one account may send.'),
    tls: z
      .strictObject({
        certificate: folder.describe('File of the certificate chain, PEM.'),
        key: folder.describe('File of its private key, PEM.'),
      })
      .optional(),
  })
  .prefault({});

/** A provider whose bearer tokens are taken. Its roles narrow what an account has here, and never widen it. */
const openId = z
  .strictObject({
    issuer: url.describe('Issuer, exactly as its tokens state it.'),
    audience: z.string().min(1).max(200).describe('Audience that tokens must be for.'),
    jwks: url.describe('Where the provider publishes its keys.'),
    accountClaim: z
      .string()
      .min(1)
      .max(100)
      .default('preferred_username')
      .describe('Claim that names the account.'),
    rolesClaim: z
      .string()
      .min(1)
      .max(100)
      .default('groups')
      .describe('Claim that lists roles or groups; `realm_access.roles` is one inside another.'),
    roles: z.record(z.string(), z.string()).default({}).describe('Value of that claim → role here.'),
  })
  .optional();

const common = {
  service,
  openId,
  zone: zone.default('UTC').describe('Zone in which dates without one are read, and in which reports print.'),
  timestampAuthority: url
    .optional()
    .describe('RFC 3161 authority; with it, reports are signed at PAdES-BASELINE-T.'),
  patience: z
    .int()
    .min(0)
    .max(86_400)
    .default(0)
    .describe('Seconds to wait for a server that is away before giving up; 0 waits for ever.'),
  verification: z
    .strictObject({
      everyHours: z
        .int()
        .min(0)
        .max(8_760)
        .default(24)
        .describe('Hours between two whole verifications by the service, each sealed in audit; 0: none.'),
    })
    .prefault({}),
  firm: z
    .strictObject({
      name: z.string().max(200).optional().describe('Printed on the cover of reports.'),
      crd: z.string().max(40).optional().describe('CRD number, printed beside the name.'),
    })
    .prefault({}),
  report: z
    .strictObject({
      legend: z.string().max(200).optional().describe('Confidentiality legend, on every page.'),
      preparer: z.string().max(200).optional().describe('Name and title of the preparer.'),
      recipient: z.string().max(200).optional().describe('Whom the report is for.'),
      matter: z.string().max(200).optional().describe('External reference of the matter.'),
    })
    .prefault({}),
};

/** One process, one folder, no other server. */
export const embeddedSchema = z.strictObject({
  mode: z.literal('embedded'),
  data: folder.describe('Folder of the archive: vault, keys, index, stream.'),
  ...common,
});

/** Kafka carries, Elasticsearch finds, a folder that all nodes see keeps. */
export const distributedSchema = z.strictObject({
  mode: z.literal('distributed'),
  vault: folder.describe('Folder of the vault, on storage that every node sees.'),
  keys: folder.describe('Folder of the encrypted keys.'),
  cache: folder.describe('Folder for caches of this node; may be lost at any time.'),
  jobs: folder
    .optional()
    .describe(
      'Folder of jobs and finished exports, on storage that every node sees; default: jobs, beside the vault.',
    ),
  partitions: z.int().min(1).max(64).default(8).describe('Transcript logs; fixed when the archive is made.'),
  kafka: z
    .strictObject({
      brokers: z.array(z.string().min(3)).min(1).describe('host:port of the brokers to start from.'),
      prefix: z
        .string()
        .regex(/^[a-zA-Z0-9._-]{1,100}$/)
        .default('holdfast')
        .describe('Prefix of the topics and of the consumer group.'),
      production: z
        .boolean()
        .default(false)
        .describe('Require replication factor 3, min.insync.replicas 2 and no unclean election.'),
      sessionTimeout: z
        .int()
        .min(1_000)
        .max(600_000)
        .default(30_000)
        .describe('Consumer session timeout, ms.'),
      tls: clientTls,
      sasl: z
        .strictObject({
          mechanism: z
            .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
            .describe('SASL mechanism of the listener.'),
          username: z.string().min(1).max(200).describe('Name that this node signs in with.'),
          password: secret.describe('Its password; never in this file.'),
          passwordFile: folder.optional().describe('File that holds the password alone.'),
        })
        .optional(),
    })
    .refine(({ sasl, tls }) => sasl?.mechanism !== 'plain' || tls !== undefined, {
      message: 'would send the password readable: plain needs kafka.tls',
    }),
  elasticsearch: z
    .strictObject({
      node: url.describe('Address of Elasticsearch.'),
      tls: clientTls,
      username: z.string().min(1).max(200).optional().describe('Name that this node signs in with.'),
      password: secret.optional().describe('Its password; never in this file.'),
      passwordFile: folder.optional().describe('File that holds the password alone.'),
      apiKey: secret
        .optional()
        .describe('API key in place of name and password, in its encoded form; never in this file.'),
      apiKeyFile: folder.optional().describe('File that holds the API key alone.'),
      shards: z.int().min(1).max(64).default(1).describe('Primary shards of each bucket.'),
      replicas: z.int().min(0).max(5).default(0).describe('Replicas of each bucket.'),
    })
    .refine(({ node, tls }) => tls === undefined || node.startsWith('https:'), {
      message: 'has TLS settings: its node must begin with https:',
    })
    .refine(({ username, password }) => (username === undefined) === (password === undefined), {
      message: 'names an account and its password, or neither',
    })
    .refine(({ username, apiKey }) => username === undefined || apiKey === undefined, {
      message: 'names an account or an API key, not both',
    }),
  ...common,
});

export const settingsSchema = z.discriminatedUnion('mode', [embeddedSchema, distributedSchema]);

export type EmbeddedSettings = z.infer<typeof embeddedSchema>;
export type DistributedSettings = z.infer<typeof distributedSchema>;
export type Settings = z.infer<typeof settingsSchema>;

/** Environment variable → path of the setting. The passphrase is read apart: it is never part of the settings. */
export const ENVIRONMENT = {
  HOLDFAST_ZONE: ['zone'],
  HOLDFAST_TIMESTAMP_AUTHORITY: ['timestampAuthority'],
  HOLDFAST_PATIENCE: ['patience'],
  HOLDFAST_FIRM_NAME: ['firm', 'name'],
  HOLDFAST_FIRM_CRD: ['firm', 'crd'],
  HOLDFAST_REPORT_LEGEND: ['report', 'legend'],
  HOLDFAST_REPORT_PREPARER: ['report', 'preparer'],
  HOLDFAST_KAFKA_BROKERS: ['kafka', 'brokers'],
  HOLDFAST_KAFKA_PASSWORD: ['kafka', 'sasl', 'password'],
  HOLDFAST_ELASTICSEARCH: ['elasticsearch', 'node'],
  HOLDFAST_ELASTICSEARCH_PASSWORD: ['elasticsearch', 'password'],
  HOLDFAST_ELASTICSEARCH_API_KEY: ['elasticsearch', 'apiKey'],
} as const satisfies Record<string, readonly string[]>;

/** Settings that stand in the environment or in a file of their own (`<name>File`), never in the configuration. */
export const SECRETS = [
  ['kafka', 'sasl', 'password'],
  ['elasticsearch', 'password'],
  ['elasticsearch', 'apiKey'],
] as const satisfies readonly (readonly string[])[];

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
