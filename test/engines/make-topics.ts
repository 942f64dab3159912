import type { Admin, ITopicConfig } from 'kafkajs';
import { eventually } from '../eventually.ts';

/**
 * Makes topics and waits until every partition has a leader. The client's own wait ends in an error where the broker that
 * it asks has not heard of the topic yet.
 */
export async function makeTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false });
  const names = topics.map(({ topic }) => topic);
  await eventually(async () => {
    const known = await admin.fetchTopicMetadata({ topics: names }).catch(() => ({ topics: [] }));
    const led = known.topics.filter(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
    return led.length === names.length;
  });
}
