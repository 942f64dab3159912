import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openReader } from '../../../src/archive/read/open-reader.ts';
import { eventId } from '../../../src/core/ids.ts';
import { transcriptLogs } from '../../../src/core/logs.ts';
import type { Stream } from '../../../src/core/ports/stream.ts';
import { ingestPaths } from '../../../src/ingest/ingest.ts';
import type { CarryContext } from '../../../src/ingest/ingest-types.ts';
import { sweep } from '../../../src/ingest/sweep.ts';
import { systemClock } from '../../archive/workshop.ts';
import type { Site } from './site.ts';

const NETWORK = 'slack';
/** Enough that every log gets some. */
const ROOMS = 16;

let files = 0;

/** Ingests one file with messages [from, to); resolves to their event ids when all is on the stream. */
export async function ingestMessages(
  site: Site,
  stream: Stream,
  from: number,
  to: number,
): Promise<string[]> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  const folder = join(site.folder, 'transcripts');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${files++}.ndjson`);
  await writeFile(path, numbers.map((n) => `${JSON.stringify(message(n))}\n`).join(''));
  await ingestPaths({ ...(await carrying(site, stream)), paths: [path] });
  return numbers.map((n) => eventId(NETWORK, room(n), `m${n}`));
}

/** Carries again every receipt that some log has not sealed. */
export async function sweepAll(site: Site, stream: Stream): Promise<void> {
  await sweep({ ...(await carrying(site, stream)), olderThan: 0 });
}

/** Files ingested one after the other until it is told to stop. */
export interface Load {
  /** Ids of the events whose ingest resolved. */
  readonly sent: ReadonlySet<string>;
  /** Ends it after the file in work; rejects with what ingest was rejected with. */
  stop(): Promise<void>;
}

/** Every tenth file has the messages of the one before it once more. */
export function startLoad(site: Site, stream: Stream, { chunk = 40, pauseMs = 30 } = {}): Load {
  const sent = new Set<string>();
  let isOver = false;
  const work = async (): Promise<void> => {
    for (let round = 0; !isOver; round++) {
      const again = round % 10 === 9 ? chunk : 0;
      const ids = await ingestMessages(site, stream, round * chunk - again, (round + 1) * chunk);
      for (const id of ids) sent.add(id);
      await sleep(pauseMs);
    }
  };
  const running = work();
  // Awaited in `stop`; until then a rejection is not unhandled.
  running.catch(() => {});
  return {
    sent,
    async stop() {
      isOver = true;
      await running;
    },
  };
}

async function carrying(site: Site, stream: Stream): Promise<CarryContext> {
  return {
    vault: site.vault,
    stream,
    clock: systemClock,
    logs: transcriptLogs(site.identity.partitions),
    reader: await openReader(site.vault, site.identity),
  };
}

const room = (n: number): string => `desk-${n % ROOMS}`;

const message = (n: number): object => ({
  id: `m${n}`,
  network: NETWORK,
  conversation: room(n),
  from: `trader${n % 7}@desk.example`,
  at: new Date(Date.UTC(2016, 3, 5) + n * 1_000).toISOString(),
  text: `message ${n}: can you show me where the ten-year is trading, please?`,
});
