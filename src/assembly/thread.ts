import { type Transferable, Worker } from 'node:worker_threads';
import { HoldfastError, isErrorCode } from '../core/errors.ts';
import { Caller } from './rpc.ts';

/** A worker thread that serves calls. */
export interface Thread {
  readonly caller: Caller;
  /** Ends the thread at once; whoever cares has closed what it holds before. */
  end(): Promise<void>;
}

/**
 * Starts `module` with `data`. Should the thread die, everything that waits for it fails with the reason. Messages that
 * are sent before it listens are kept by the channel. `transferred`: what of `data` moves to it.
 */
export function startThread(module: URL, data: unknown, transferred: readonly Transferable[] = []): Thread {
  const worker = new Worker(module, { workerData: data, transferList: [...transferred] });
  const caller = new Caller(worker);
  worker.on('error', (cause) => caller.fail(causeOfDeath(cause)));
  worker.on('exit', () => caller.fail(new HoldfastError('internal', 'A worker thread has ended.')));
  return {
    caller,
    async end() {
      await worker.terminate();
    },
  };
}

/** Between threads an error keeps what it has, but not its class: one of ours is known by its code. */
function causeOfDeath(cause: unknown): HoldfastError {
  const { code, hint } = Object(cause) as { code?: unknown; hint?: unknown };
  if (!isErrorCode(code))
    return new HoldfastError('internal', `A worker thread died: ${messageOf(cause)}`, { cause });
  return new HoldfastError(code, messageOf(cause), typeof hint === 'string' ? { hint } : {});
}

const messageOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : String(cause);
