import { zstdDecompressSync } from 'node:zlib';
import { newestCommit, newestGeneration, readCommit } from '../../src/archive/read/commits.ts';
import { generationName, segmentName } from '../../src/core/logs.ts';
import type { Vault } from '../../src/core/ports/vault.ts';
import type { Commit, SealedRecord } from '../../src/core/record.ts';

/** Every commit of a log, in order. */
export async function commitsOf(vault: Vault, log: string): Promise<Commit[]> {
  const commits: Commit[] = [];
  const newest = (await newestCommit(vault, log)) ?? -1;
  for (let n = 0; n <= newest; n++) {
    const stored = await readCommit(vault, log, n);
    if (stored !== undefined) commits.push(stored.commit);
  }
  return commits;
}

/** Every record of a log, as its commits name them. */
export async function recordsOf(vault: Vault, log: string): Promise<SealedRecord[]> {
  const records: SealedRecord[] = [];
  for (const commit of await commitsOf(vault, log)) {
    for (const segment of commit.segments) {
      const bytes = (await vault.get(segmentName(segment))) ?? new Uint8Array();
      const lines = zstdDecompressSync(bytes).toString('utf8').split('\n').slice(0, -1);
      records.push(...lines.map((line) => JSON.parse(line) as SealedRecord));
    }
  }
  return records;
}

/** Every record of a log over all its generations. */
export async function recordsOfAll(vault: Vault, base: string): Promise<SealedRecord[]> {
  const records: SealedRecord[] = [];
  const newest = (await newestGeneration(vault, base)) ?? 0;
  for (let generation = 1; generation <= newest; generation++) {
    records.push(...(await recordsOf(vault, generationName(base, generation))));
  }
  return records;
}
