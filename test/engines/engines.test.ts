import { Kafka, logLevel } from 'kafkajs';
import { describeWith, uniqueName } from './index.ts';
import { makeTopics } from './make-topics.ts';

await describeWith(['kafka'], 'the shared Kafka of a test run', ({ kafka }) => {
  test('takes a topic and answers for it', async () => {
    const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const topic = uniqueName('harness');
    await makeTopics(admin, [{ topic, numPartitions: 2 }]);
    const [described] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
    expect(described?.partitions).toHaveLength(2);
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });
});

await describeWith(['elasticsearch'], 'the shared Elasticsearch of a test run', ({ elasticsearch }) => {
  test('takes a document and finds it', async () => {
    const index = uniqueName('harness');
    const headers = { 'content-type': 'application/json' };
    await fetch(`${elasticsearch.node}/${index}/_doc/1?refresh=true`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ text: 'hello' }),
    });
    const answer = await fetch(`${elasticsearch.node}/${index}/_search?q=text:hello`);
    expect(await answer.json()).toMatchObject({ hits: { total: { value: 1 } } });
    await fetch(`${elasticsearch.node}/${index}`, { method: 'DELETE' });
  });
});
