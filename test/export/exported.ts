import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { nodeOf, recordHeads } from '../../src/archive/acts.ts';
import { openReader } from '../../src/archive/read/open-reader.ts';
import type { Event } from '../../src/core/event.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import { attachmentName, type Entry } from '../../src/core/record.ts';
import { createKeys } from '../../src/engines/embedded/key-file.ts';
import {
  type ExportRequest,
  type ExportResult,
  exportBundle,
} from '../../src/export/bundle/export-bundle.ts';
import { openWorkshop, type Workshop } from '../archive/workshop.ts';

export const random = { bytes: (length: number) => Uint8Array.from(randomBytes(length)) };

/** An archive with these events sealed in m0, heads in control, and a way to export. */
export interface Exporting {
  readonly workshop: Workshop;
  readonly seal: ExportRequest['seal'];
  export(name: string, request?: Partial<ExportRequest>): Promise<ExportResult>;
}

export async function openExporting(events: Iterable<Event>): Promise<Exporting> {
  const workshop = await openWorkshop();
  await workshop.found();
  const { vault, stream, identity, clock, node } = workshop;
  // What the story's one held file holds.
  const bucket = { class: 'default', quarter: '2026Q1' };
  await vault.put([{ name: attachmentName(bucket, sha256Hex('x')), bytes: Buffer.from('x') }]);
  let batch: string[] = [];
  let total = 0;
  for (const event of events) {
    total++;
    batch.push(JSON.stringify({ type: 'event', event, ...bucket } satisfies Entry));
    if (batch.length === 1000) {
      await stream.append('m0', batch);
      batch = [];
    }
  }
  if (batch.length > 0) await stream.append('m0', batch);
  await workshop.sealAll();
  const reader = await openReader(vault);
  expect((await reader.head('m0')).size).toBe(total);
  await recordHeads(reader, stream, 'os:test@host', { clock, random, node: nodeOf(identity, node) });
  await workshop.sealAll();
  const { seal } = await createKeys(join(workshop.folder, 'seal-keys'), {
    passphrase: 'test',
    clock,
    random,
    names: { archive: identity.id, firm: 'Example Securities LLC' },
  });
  return {
    workshop,
    seal,
    async export(name, request = {}) {
      const { size } = await reader.head('m0');
      return await exportBundle({
        reader,
        hits: (async function* () {
          for (let leaf = 0; leaf < size; leaf++) yield { name: `m0/${leaf}`, context: leaf % 3 === 0 };
        })(),
        out: join(workshop.folder, name),
        seal,
        selection: { criteria: ['Everything in the log m0'] },
        settings: { firm: { name: 'Example Securities LLC', crd: '123456' }, legend: 'Confidential' },
        zone: 'America/New_York',
        clock,
        random,
        ...request,
      });
    },
  };
}
