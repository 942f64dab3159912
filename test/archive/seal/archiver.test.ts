import { zstdDecompressSync } from 'node:zlib';
import { newestCommit, readCommit } from '../../../src/archive/seal/commits.ts';
import { segmentName } from '../../../src/core/logs.ts';
import type { SealedRecord } from '../../../src/core/record.ts';
import { carried, carriedReceipt, messageEvent, openWorkshop, RECEIPT, type Workshop } from '../workshop.ts';

/** Every record of a log, as its commits name them. */
export async function recordsOf(workshop: Workshop, log: string): Promise<SealedRecord[]> {
  const records: SealedRecord[] = [];
  const newest = (await newestCommit(workshop.vault, log)) ?? -1;
  for (let n = 0; n <= newest; n++) {
    const stored = await readCommit(workshop.vault, log, n);
    for (const segment of stored?.commit.segments ?? []) {
      const bytes = (await workshop.vault.get(segmentName(segment))) ?? new Uint8Array();
      const lines = zstdDecompressSync(bytes).toString('utf8').split('\n').slice(0, -1);
      records.push(...lines.map((line) => JSON.parse(line) as SealedRecord));
    }
  }
  return records;
}

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.dispose());

test('what the stream carries is sealed once, in order, with numbers without gaps', async () => {
  const events = Array.from({ length: 4_500 }, (_, i) => messageEvent(i));
  await workshop.stream.append('m0', events.map((event) => carried(event)));
  await workshop.stream.append('m0', [carriedReceipt(RECEIPT, 4_500)]);
  await workshop.sealAll();
  const records = await recordsOf(workshop, 'm0');
  expect(records.map(({ leaf }) => leaf)).toEqual(Array.from({ length: 4_501 }, (_, i) => i));
  expect(records.slice(0, 4_500).map(({ record }) => ('id' in record ? record.id : ''))).toEqual(events.map(({ id }) => id));
});
