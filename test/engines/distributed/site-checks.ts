import { openReader } from '../../../src/archive/read/open-reader.ts';
import type { Head } from '../../../src/archive/reader.ts';
import { type VerifyOptions, verifyArchive } from '../../../src/archive/verify/verify.ts';
import { verifyConsistency } from '../../../src/core/ledger/tree.ts';
import { transcriptLogs } from '../../../src/core/logs.ts';
import type { Index } from '../../../src/core/ports/index.ts';
import { recordsOfAll } from '../../archive/records.ts';
import { eventually } from '../../eventually.ts';
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

/** Resolves when so many events are sealed, and every receipt in all its logs. */
export async function allSealed(site: Site, sent: ReadonlySet<string>): Promise<void> {
  await eventually(
    async () => (await sealedIds(site)).length >= sent.size,
    () => ({ sent: sent.size }),
  );
  await eventually(async () => {
    const { checked } = await verifyArchive({ vault: site.vault });
    return checked.pendingReceipts === 0;
  });
}

/** Resolves when the index holds everything that is sealed in transcript logs. */
export async function allIndexed(site: Site, index: Pick<Index, 'positions'>): Promise<void> {
  const transcripts = (await headsOf(site)).filter(({ log }) => log.startsWith('m'));
  await eventually(async () => {
    const positions = await index.positions();
    return transcripts.every(({ log, size }) => (positions.get(log)?.size ?? 0) >= size);
  });
}

/** The newest heads of all logs at this moment. */
export async function headsOf(site: Site): Promise<Head[]> {
  const reader = await openReader(site.vault, site.identity);
  return Promise.all((await reader.logs()).map((log) => reader.head(log)));
}

/**
 * A full verification finds nothing: every record fits its leaf, every receipt is sealed and adds up, the index (where
 * it is given) holds what the vault holds. Every head that was ever seen is a prefix of the newest.
 */
export async function expectVerified(
  site: Site,
  seen: readonly Head[],
  index?: VerifyOptions['index'],
): Promise<void> {
  const verification = await verifyArchive({ vault: site.vault, ...(index && { index }) });
  expect(verification.faults).toEqual([]);
  expect(verification).toMatchObject({ ok: true, checked: { pendingReceipts: 0 } });
  const reader = await openReader(site.vault, site.identity);
  for (const head of seen) {
    const newest = await reader.head(head.log);
    const proof = await reader.consistency(head.log, head.size, newest.size);
    const isPrefix = verifyConsistency(head.size, newest.size, head.root, newest.root, proof);
    expect({ log: head.log, size: head.size, isPrefix }).toEqual({
      log: head.log,
      size: head.size,
      isPrefix: true,
    });
  }
}
