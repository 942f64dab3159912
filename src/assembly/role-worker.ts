import { parentPort, workerData } from 'node:worker_threads';
import { News } from './news.ts';
import type { RoleWorker, RoleWorkerData } from './role-threads.ts';
import { serve } from './rpc.ts';

/** Serves a role in this thread: `begin` sets it to work and answers how it is ended. Nothing where this is no thread. */
export function serveRole(begin: (data: RoleWorkerData, news: News) => Promise<() => Promise<void>>): void {
  if (parentPort === null) return;
  const news = new News();
  const working = begin(workerData as RoleWorkerData, news);
  working.catch(() => {});
  serve(parentPort, {
    started: async () => void (await working),
    news: () => news.next(),
    async close() {
      const end = await working;
      await end();
      news.end();
    },
  } satisfies RoleWorker);
}
