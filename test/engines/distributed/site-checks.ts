import { openReader } from '../../../src/archive/read/open-reader.ts';
import type { Head } from '../../../src/archive/reader.ts';
import { verifyConsistency } from '../../../src/core/ledger/tree.ts';
import { transcriptLogs } from '../../../src/core/logs.ts';
import { recordsOfAll } from '../../archive/records.ts';
import type { Site } from './site.ts';

/** Ids of the events that a site's logs seal, over all generations. */
export async function sealedIds(site: Site): Promise<string[]> {
  const ids: string[] = [];
  for (const log of transcriptLogs(site.identity.partitions)) {
    for (const sealed of await recordsOfAll(site.vault, log))
      if (sealed.type === 'event') ids.push(sealed.record.id);
  }
  return ids;
}

/** Each of these events is sealed exactly once, and no other is. */
export async function expectSealedOnce(site: Site, sent: ReadonlySet<string>): Promise<void> {
  const sealed = await sealedIds(site);
  const distinct = new Set(sealed);
  expect({
    twice: sealed.length - distinct.size,
    lost: [...sent].filter((id) => !distinct.has(id)).length,
    strange: [...distinct].filter((id) => !sent.has(id)).length,
  }).toEqual({ twice: 0, lost: 0, strange: 0 });
}

/** The newest heads of all logs at this moment. */
export async function headsOf(site: Site): Promise<Head[]> {
  const reader = await openReader(site.vault, site.identity);
  return Promise.all((await reader.logs()).map((log) => reader.head(log)));
}

/** Every record of every log fits its leaf, and every head that was ever seen is a prefix of the newest. */
export async function expectLedgerHolds(site: Site, seen: readonly Head[]): Promise<void> {
  const reader = await openReader(site.vault, site.identity);
  for (const log of await reader.logs()) {
    const newest = await reader.head(log);
    let records = 0;
    for await (const _ of reader.scan(log, 0, newest.size)) records += 1;
    expect({ log, records }).toEqual({ log, records: newest.size });
    for (const head of seen.filter((one) => one.log === log)) {
      const proof = await reader.consistency(log, head.size, newest.size);
      const isPrefix = verifyConsistency(head.size, newest.size, head.root, newest.root, proof);
      expect({ log, size: head.size, isPrefix }).toEqual({ log, size: head.size, isPrefix: true });
    }
  }
}
