import { messages, roomName, senderAddress } from '../corpus/messages.ts';
import { timed } from '../output.ts';

const PER_REQUEST = 2_000;
const IN_FLIGHT = 3;

const MAPPING = {
  settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '30s' },
  mappings: {
    dynamic: false,
    properties: {
      network: { type: 'keyword' },
      conversation: {
        properties: { id: { type: 'keyword' }, kind: { type: 'keyword' }, name: { type: 'keyword' } },
      },
      from: { properties: { address: { type: 'keyword' }, name: { type: 'keyword' } } },
      at: { type: 'date' },
      text: { type: 'text', analyzer: 'standard' },
    },
  },
};

/**
 * The bare bulk that distributed ingest is measured against: the same messages as JSON of some 340 bytes, create-only
 * by id, 2,000 a request, 3 requests in flight, one shard, until a refresh makes them searchable. Making the requests'
 * text is not counted. Answers messages a second.
 */
export async function bareElasticsearch(node: string, index: string, count: number): Promise<number> {
  const bodies = [...requests(count)];
  await call(node, 'PUT', index, JSON.stringify(MAPPING));
  const { ms } = await timed(async () => {
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => send(node, index, bodies)));
    await call(node, 'POST', `${index}/_refresh`);
  });
  await call(node, 'DELETE', index);
  return (count / ms) * 1_000;
}

async function send(node: string, index: string, bodies: string[]): Promise<void> {
  for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
    const answer = await call(node, 'POST', `${index}/_bulk?filter_path=errors`, body);
    if (answer.includes('"errors":true'))
      throw new Error('Elasticsearch refused documents of the bare bulk.');
  }
}

function* requests(count: number): Generator<string> {
  let lines: string[] = [];
  for (const { id, room, sender, at, text } of messages(count)) {
    const name = roomName(room);
    lines.push(
      `{"create":{"_id":"${id}"}}`,
      JSON.stringify({
        id,
        network: 'slack',
        conversation: { id: name, kind: 'room', name },
        from: { address: senderAddress(sender), name: `Person ${sender}` },
        at: new Date(at).toISOString(),
        text,
      }),
    );
    if (lines.length < 2 * PER_REQUEST) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

async function call(node: string, method: string, path: string, body?: string): Promise<string> {
  const type = path.includes('_bulk') ? 'application/x-ndjson' : 'application/json';
  const response = await fetch(`${node}/${path}`, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': type } }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`Elasticsearch answered ${response.status} to ${method} ${path}: ${text.slice(0, 300)}`);
  return text;
}
