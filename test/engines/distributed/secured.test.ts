import { request } from 'node:http';
import { createServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ElasticsearchIndex } from '../../../src/engines/distributed/elasticsearch-index.ts';
import type { ElasticsearchIndexSettings } from '../../../src/engines/distributed/elasticsearch-settings.ts';
import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { systemClock } from '../../archive/workshop.ts';
import { type Certificate, makeCertificate } from '../certificate.ts';
import { describeWith, uniqueName } from '../index.ts';
import type { SecuredServer } from '../kafka-server.ts';
import { kafkaSettings } from './kafka-settings.ts';

await describeWith(['elasticsearch'], 'Elasticsearch behind TLS', ({ elasticsearch }) => {
  let certificate: Certificate;
  let front: HttpsServer;
  const signedIn = new Set<string | undefined>();
  beforeAll(async () => {
    certificate = await makeCertificate();
    const { pfx, passphrase } = certificate;
    // What a firm puts in front of its node: TLS ends here, and who asks is looked at.
    front = createServer({ pfx, passphrase }, (asked, answer) => {
      signedIn.add(asked.headers.authorization);
      const { method, headers, url = '/' } = asked;
      const passed = request(new URL(url, elasticsearch.node), { method, headers }, (found) => {
        answer.writeHead(found.statusCode ?? 500, found.headers);
        found.pipe(answer);
      });
      asked.pipe(passed);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    front.closeAllConnections();
    front.close();
    await certificate.dispose();
  });

  const settings = (other: Partial<ElasticsearchIndexSettings>): ElasticsearchIndexSettings => ({
    node: `https://127.0.0.1:${(front.address() as AddressInfo).port}`,
    archive: uniqueName('secured'),
    patienceMs: 1_000,
    clock: systemClock,
    ...other,
  });

  test.each([
    ['an API key', { apiKey: 'aWQ6a2V5' }, 'ApiKey aWQ6a2V5'],
    ['a name and a password', { username: 'desk', password: 'hush' }, `Basic ${btoa('desk:hush')}`],
  ])('is asked with %s over a connection whose certificate is trusted', async (_, auth, header) => {
    signedIn.clear();
    const index = await ElasticsearchIndex.open(settings({ tls: { ca: certificate.ca }, auth }));
    expect([...(await index.positions())]).toEqual([]);
    await index.close();
    expect([...signedIn]).toEqual([header]);
  });

  test('is not spoken to where its certificate is not trusted', async () => {
    signedIn.clear();
    const opened = ElasticsearchIndex.open(settings({ auth: { apiKey: 'aWQ6a2V5' } }));
    const error: unknown = await opened.then(
      async (index) => index.close(),
      (refused: unknown) => refused,
    );
    expect(error).toMatchObject({ code: 'index-away' });
    expect(JSON.stringify(error)).not.toContain('aWQ6a2V5');
    expect(signedIn.size).toBe(0);
  });
});

await describeWith(['ownSecuredKafka'], 'Kafka with TLS and SCRAM', ({ ownSecuredKafka }) => {
  const account = { username: 'desk', password: 'hush-hush' };
  let certificate: Certificate;
  let broker: SecuredServer;
  beforeAll(async () => {
    certificate = await makeCertificate();
    broker = await ownSecuredKafka({ certificate, ...account });
  });
  afterAll(async () => {
    await broker?.close();
    await certificate?.dispose();
  });

  const open = (other: { ca?: string; password?: string }): Promise<KafkaStream> =>
    KafkaStream.open(
      kafkaSettings([broker.secured], uniqueName('secured'), {
        patienceMs: 2_000,
        tls: other.ca === undefined ? {} : { ca: other.ca },
        sasl: { mechanism: 'scram-sha-256', ...account, ...(other.password && { password: other.password }) },
      }),
    );

  test('carries for whoever signs in', async () => {
    const stream = await open({ ca: certificate.ca });
    await stream.append('m0', ['one', 'two']);
    expect(await stream.bounds('m0')).toEqual({ low: 0, high: 2 });
    await stream.close();
  });

  test.each([
    ['a wrong password', 'bad-settings', () => open({ ca: certificate.ca, password: 'wrong' })],
    ['a certificate that is not trusted', 'stream-away', () => open({})],
  ])('is refused with %s, and the password is not told', async (_, code, attempt) => {
    const error: unknown = await attempt().then(
      async (stream) => stream.close(),
      (refused: unknown) => refused,
    );
    expect(error).toMatchObject({ code, hint: expect.any(String) });
    expect(String((error as { message: string }).message)).not.toContain(account.password);
  });
});
