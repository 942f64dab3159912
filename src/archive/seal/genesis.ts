import { logOrigin, signCheckpoint } from '../../core/ledger/checkpoint.ts';
import { commitBytes, commitDigest, commitName } from '../../core/ledger/commit.ts';
import { EMPTY_EDGE, edgeRoot } from '../../core/ledger/tiles.ts';
import { generationName } from '../../core/logs.ts';
import type { Signer } from '../../core/ports/signer.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { Commit } from '../../core/record.ts';
import { damaged, readCommit } from '../read/commits.ts';
import type { ArchiveIdentity } from '../reader.ts';
import { headOf, type LogHead } from './head.ts';

/**
 * Puts commit 0 of a generation: no leaves, and the offset at which the stream is read from. Whoever comes first
 * decides; the others take what is there.
 */
export async function putGenesis(
  vault: Vault,
  identity: ArchiveIdentity,
  ledger: Signer,
  opening: { base: string; generation: number; position: number; sealedAt: string },
): Promise<LogHead> {
  const log = generationName(opening.base, opening.generation);
  const origin = logOrigin(identity.id, log);
  const commit: Commit = {
    v: 1,
    log,
    n: 0,
    previous: null,
    from: opening.position,
    to: opening.position,
    last: null,
    sizeAfter: 0,
    sealedAt: opening.sealedAt,
    segments: [],
    leaves: '',
    dedup: '',
    receipts: [],
    checkpoint: await signCheckpoint({ origin, size: 0, root: edgeRoot(EMPTY_EDGE) }, ledger),
  };
  const bytes = commitBytes(commit);
  const [outcome] = await vault.put([{ name: commitName(log, 0), bytes }]);
  if (outcome === 'stored')
    return headOf(opening.generation, { commit, digest: commitDigest(bytes) }, EMPTY_EDGE);
  const stored = await readCommit(vault, log, 0);
  if (stored === undefined) throw damaged(commitName(log, 0), 'it was there and is gone');
  return headOf(opening.generation, stored, EMPTY_EDGE);
}
