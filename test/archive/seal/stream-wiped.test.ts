import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader } from '../../../src/archive/read/open-reader.ts';
import { openLostGenerations } from '../../../src/archive/seal/generation.ts';
import { baseLogs, transcriptLogs } from '../../../src/core/logs.ts';
import { ingestPaths } from '../../../src/ingest/ingest.ts';
import { sweep } from '../../../src/ingest/sweep.ts';
import { recordsOfAll } from '../records.ts';
import { openWorkshop, type Workshop } from '../workshop.ts';

const LOGS = transcriptLogs(1);
let input: string;
beforeAll(() => {
  input = mkdtempSync(join(tmpdir(), 'holdfast-input-'));
  for (let file = 0; file < 3; file++) {
    const lines = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({
        network: 'example',
        kind: 'message',
        id: `${file}-${i}`,
        conversation: { id: 'desk', kind: 'room' },
        sender: { address: 'ada@example.com' },
        at: '2026-01-05T09:00:00Z',
        text: `line ${i} of file ${file}`,
      }),
    );
    writeFileSync(join(input, `${file}.ndjson`), `${lines.join('\n')}\nno line of this format\n`);
  }
});
afterAll(() => rmSync(input, { recursive: true }));

async function context(workshop: Workshop) {
  const { vault, stream, clock } = workshop;
  return { vault, stream, clock, logs: LOGS, reader: await openReader(vault) };
}

/** What is sealed, without what differs from one sealing to another. */
async function sealed(workshop: Workshop): Promise<string[]> {
  const records = await recordsOfAll(workshop.vault, 'm0');
  return records
    .map(({ type, record }) => JSON.stringify([type, { ...record, sealedAt: '', receivedAt: '' }]))
    .sort();
}

test.each([
  'before anything was sealed',
  'after everything was sealed',
  'when only some of it was sealed',
] as const)(
  'a stream that is wiped %s costs nothing: the sweeper brings everything back, once',
  async (when) => {
    const whole = await openWorkshop();
    let workshop = await openWorkshop();
    try {
      for (const each of [whole, workshop]) {
        await each.found();
        await sweep({ ...(await context(each)), olderThan: 0 });
        await each.sealAll();
      }
      await ingestPaths({ ...(await context(whole)), paths: [input] });
      await whole.sealAll();
      expect((await sealed(whole)).filter((record) => record.startsWith('["event"'))).toHaveLength(120);

      const [one, rest] = [join(input, '1.ndjson'), input];
      await ingestPaths({ ...(await context(workshop)), paths: [one] });
      if (when !== 'before anything was sealed') await workshop.sealAll();
      await ingestPaths({ ...(await context(workshop)), paths: [rest] });
      if (when === 'after everything was sealed') await workshop.sealAll();
      workshop = await workshop.wipeStream();
      await openLostGenerations({ ...workshop, actor: 'os:ada@desk' }, baseLogs(1));
      const { carried } = await sweep({ ...(await context(workshop)), olderThan: 0 });
      expect(carried.length).toBe(
        {
          'before anything was sealed': 3,
          'after everything was sealed': 0,
          'when only some of it was sealed': 2,
        }[when],
      );
      const events = await workshop.sealAll();
      expect(events.filter(({ kind }) => kind === 'incident')).toEqual([]);
      expect(await sealed(workshop)).toEqual(await sealed(whole));
      await workshop.expectVerified();
    } finally {
      await Promise.all([whole.dispose(), workshop.dispose()]);
    }
  },
);
