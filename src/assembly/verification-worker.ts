import { parentPort, workerData } from 'node:worker_threads';
import { verifyArchive } from '../archive/verify/verify.ts';
import type { Settings } from '../config/settings.ts';
import type { Verification } from '../core/faults.ts';
import { inspectArchive } from './inspection.ts';
import { serve } from './rpc.ts';

export interface VerificationWorkerData {
  readonly settings: Settings;
}

export interface VerificationWorker {
  /** Verifies vault and index once, as they stand. */
  verify(): Promise<Verification>;
}

/** A whole verification, in a thread beside those that requests and sealing wait for. It only reads. */
if (parentPort !== null) {
  const { settings } = workerData as VerificationWorkerData;
  serve(parentPort, {
    async verify() {
      const { vault, index, close } = await inspectArchive(settings, () => undefined);
      try {
        return await verifyArchive({ vault, ...(index && { index }) });
      } finally {
        await close();
      }
    },
  } satisfies VerificationWorker);
}
