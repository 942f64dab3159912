import type { AuditedIndex } from '../archive/verify/index-checks.ts';
import type { AuditWorker, AuditWorkerData } from './audit-worker.ts';
import { remote } from './rpc.ts';
import { startThread } from './thread.ts';

/** An embedded index in a thread of its own, as verification reads it. */
export function auditingOf(folder: string): { readonly index: AuditedIndex; close(): Promise<void> } {
  const thread = startThread(new URL('./audit-worker.ts', import.meta.url), {
    folder,
  } satisfies AuditWorkerData);
  const { close, ...index } = remote<AuditWorker>(
    thread.caller,
    ['positions', 'logs', 'close'],
    ['scan', 'flaws'],
  );
  return {
    index,
    async close() {
      // What cannot be closed was not opened either, and was named.
      await close().catch(() => {});
      await thread.end();
    },
  };
}
