import { edgeRoot } from '../../core/ledger/tiles.ts';
import { CONTROL, generationName } from '../../core/logs.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Signer } from '../../core/ports/signer.ts';
import type { Stream } from '../../core/ports/stream.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { LogName } from '../../core/record.ts';
import { ACTIONS, type ActTools, actIdOf, recordAct } from '../acts.ts';
import type { ArchiveIdentity } from '../reader.ts';
import { putGenesis } from './genesis.ts';
import { type LogHead, loadHead } from './head.ts';
import { later } from './instants.ts';

/** Why a log's generation was closed. */
export type GenerationReason = 'stream-lost' | 'restored' | 'decided';

export interface GenerationTools {
  readonly vault: Vault;
  readonly stream: Stream;
  readonly identity: ArchiveIdentity;
  /** Signs checkpoints. */
  readonly ledger: Signer;
  readonly clock: Clock;
  readonly acts: ActTools;
  /** Who opens it: `os:<user>@<host>`. */
  readonly actor: string;
}

/**
 * Closes the newest generation of a log and opens the next, which reads the stream from what it now holds first. The act
 * in control names the last head that was known. No archiver may be at work on the log, or on control. Answers the new
 * log's name; undefined for a log that has no generation to close.
 *
 * A crash leaves the act without the generation (opening it again records the same act, which is sealed once), or, for
 * control itself, the generation without the act: its act can only stand in the new generation. `openLostGenerations`
 * and a second call mend both.
 */
export async function openNextGeneration(
  tools: GenerationTools,
  base: string,
  reason: GenerationReason,
): Promise<LogName | undefined> {
  const closed = await loadHead(tools.vault, tools.identity, base, async () => undefined);
  if (closed === undefined) return undefined;
  const { low } = await tools.stream.bounds(base);
  const generation = closed.generation + 1;
  const open = (): Promise<LogHead> =>
    putGenesis(tools.vault, tools.identity, tools.ledger, {
      base,
      generation,
      position: low,
      // Sealed time does not run backwards from one generation to the next either.
      sealedAt: later(new Date(tools.clock.now()).toISOString(), closed.sealedAt),
    });
  if (base === CONTROL) await open();
  await recordOpening(tools, base, closed, low, reason);
  if (base !== CONTROL) await open();
  return generationName(base, generation);
}

/**
 * Opens the next generation of every log whose stream ends before what is sealed: the stream was lost and made anew.
 * Only for a stream that this process alone owns, before anything is appended or consumed. Nothing is lost by it: the
 * sweeper carries again every receipt that is not sealed. Control comes first, because the other logs' acts go there.
 */
export async function openLostGenerations(
  tools: GenerationTools,
  bases: readonly string[],
): Promise<LogName[]> {
  const opened: LogName[] = [];
  for (const base of [CONTROL, ...bases.filter((name) => name !== CONTROL)]) {
    const head = await loadHead(tools.vault, tools.identity, base, async () => undefined);
    if (head === undefined) continue;
    const { high } = await tools.stream.bounds(base);
    if (high < head.to) {
      const log = await openNextGeneration(tools, base, 'stream-lost');
      if (log !== undefined) opened.push(log);
    } else if (base === CONTROL && head.generation > 1 && head.n === 0 && high === head.to) {
      // A crash between control's new genesis and its act: the act is the first thing that goes into the new stream.
      await recordControlOpening(tools, head);
    }
  }
  return opened;
}

async function recordControlOpening(tools: GenerationTools, opened: LogHead): Promise<void> {
  const closed = await loadHead(
    tools.vault,
    tools.identity,
    CONTROL,
    async () => undefined,
    opened.generation - 1,
  );
  if (closed !== undefined) await recordOpening(tools, CONTROL, closed, opened.to, 'stream-lost');
}

async function recordOpening(
  tools: GenerationTools,
  base: string,
  closed: LogHead,
  position: number,
  reason: GenerationReason,
): Promise<void> {
  const details = {
    log: generationName(base, closed.generation + 1),
    closes: closed.log,
    commit: closed.n,
    digest: closed.digest,
    size: closed.edge.size,
    root: Buffer.from(edgeRoot(closed.edge)).toString('base64'),
    position,
    reason,
  };
  // The same facts make the same act: recording it again after a crash seals it once.
  const id = actIdOf([ACTIONS.generation, { ...details, reason: null }]);
  await recordAct(
    tools.stream,
    { log: CONTROL, action: ACTIONS.generation, actor: tools.actor, details, id },
    tools.acts,
  );
}
