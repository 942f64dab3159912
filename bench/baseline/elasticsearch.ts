import { eventId } from '../../src/core/ids.ts';
import type { IndexDocument } from '../../src/core/search/document.ts';
import {
  bucketMappings,
  INDEX_VERSION,
  sourceOf,
} from '../../src/engines/distributed/elasticsearch-source.ts';
import { type Message, messages, roomName, senderAddress } from '../corpus/messages.ts';
import { timed } from '../output.ts';

const PER_REQUEST = 2_000;
const IN_FLIGHT = 3;
const BUCKET = { class: 'bench', quarter: '2026Q1' } as const;

/**
 * The bare bulk that distributed ingest is measured against: the documents that the product indexes, with its mapping,
 * create-only, 2,000 a request, 3 requests in flight, one shard, until a refresh makes them searchable. Making the
 * requests' text is not counted. Answers messages a second.
 */
export async function bareElasticsearch(node: string, index: string, count: number): Promise<number> {
  const bodies = [...requests(count)];
  const settings = { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '30s' };
  const mappings = bucketMappings({ ...BUCKET, archive: 'bare', version: INDEX_VERSION });
  await call(node, 'PUT', index, JSON.stringify({ settings, mappings }));
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
  let leaf = 0;
  for (const message of messages(count)) {
    lines.push(`{"create":{"_id":"m0/${leaf}"}}`, JSON.stringify(sourceOf(documentOf(message, leaf))));
    leaf += 1;
    if (lines.length < 2 * PER_REQUEST) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

function documentOf({ id, room, sender, at, text }: Message, leaf: number): IndexDocument {
  const name = roomName(room);
  const event = eventId('slack', name, id);
  return {
    log: 'm0',
    leaf,
    id: event,
    family: event,
    kind: 'message',
    network: 'slack',
    conversation: { id: name, kind: 'room', name },
    at: { instant: new Date(at).toISOString(), zoneSource: 'stated', precision: 'ms' },
    sender: { address: senderAddress(sender), name: `Person ${sender}` },
    text,
    ...BUCKET,
    sealedAt: new Date(at).toISOString(),
  };
}

async function call(node: string, method: string, path: string, body?: string): Promise<string> {
  const type = path.includes('_bulk') ? 'application/x-ndjson' : 'application/json';
  const response = await fetch(`${node}/${path}`, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': type } }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`Elasticsearch answered ${response.status} to ${method} ${path}: ${text.slice(0, 300)}`);
  }
  return text;
}
