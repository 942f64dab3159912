import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { transcriptLogs } from '../../src/core/logs.ts';
import { ACTS_CLASS, DEFAULT_CLASS, retainUntil } from '../../src/core/retention.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { ingestPaths } from '../../src/ingest/ingest.ts';
import { openWorkshop } from '../archive/workshop.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

test('originals, receipts and segments are locked until their class and quarter are over, from their first moment', async () => {
  const workshop = await openWorkshop();
  const vault = new FolderVault(workshop.vault.root);
  const names = async (): Promise<string[]> => {
    const tops = ['captures', 'receipts', 'segments'];
    return (await Promise.all(tops.map((top) => Array.fromAsync(vault.list(top))))).flat();
  };
  try {
    await workshop.found();
    await workshop.sealAll();
    // The workshop puts an original of its own, as nobody should.
    const before = new Set(await names());
    await ingestPaths({
      vault: workshop.vault,
      stream: workshop.stream,
      clock: workshop.clock,
      reader: await openReader(vault),
      logs: transcriptLogs(1),
      paths: [join(FIXTURES, 'ndjson')],
    });
    await workshop.sealAll();
    const dates = new Map<string, Set<string | undefined>>();
    for (const name of await names()) {
      if (before.has(name) || name.startsWith(`segments/${ACTS_CLASS}/`)) continue;
      const kind = name.replace(/[0-9a-f]{64}/u, '…');
      dates.set(kind, (dates.get(kind) ?? new Set()).add(await vault.lockedUntil(name)));
    }
    const quarter = (await Array.fromAsync(vault.list(`segments/${DEFAULT_CLASS}`)))[0]?.split('/')[2] ?? '';
    const until = new Set([retainUntil(DEFAULT_CLASS, quarter)]);
    expect(quarter).toMatch(/^\d{4}Q[1-4]$/u);
    expect(Object.fromEntries(dates)).toMatchObject({
      'captures/…': until,
      'receipts/…': until,
      [`segments/${DEFAULT_CLASS}/${quarter}/…`]: until,
    });
  } finally {
    await workshop.dispose();
  }
});
