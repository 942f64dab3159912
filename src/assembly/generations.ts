import { nodeOf } from '../archive/acts.ts';
import type { ArchiveIdentity } from '../archive/reader.ts';
import type { GenerationTools } from '../archive/seal/generation.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { Vault } from '../core/ports/vault.ts';
import type { ArchiveKeys } from '../engines/embedded/key-file.ts';
import { systemClock, systemRandom } from './system.ts';

/** What opening a log's next generation needs. */
export function generationTools(
  vault: Vault,
  stream: Stream,
  identity: ArchiveIdentity,
  keys: ArchiveKeys,
  actor: string,
): GenerationTools {
  return {
    vault,
    stream,
    identity,
    ledger: keys.ledger,
    clock: systemClock,
    acts: { clock: systemClock, random: systemRandom, node: nodeOf(identity, keys.node) },
    actor,
  };
}
