import type { Door } from './global-setup.ts';

/** Stops what the run has started. A run that is killed needs no teardown: the engines end with it. */
export default async function globalTeardown(): Promise<void> {
  const { holdfastDoor: door } = globalThis as { holdfastDoor?: Door };
  if (!door) return;
  door.server.close();
  door.server.closeAllConnections();
  await door.engines.close();
}
