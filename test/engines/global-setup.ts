import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EngineName, reason, SharedEngines } from './shared.ts';

/**
 * Runs once, in jest's own process, before any test: a small door on the loopback interface behind which the engines
 * are started the first time that a suite asks. A run of pure tests starts nothing.
 */
export interface Door {
  readonly engines: SharedEngines;
  readonly server: Server;
}

const NAMES: readonly string[] = ['kafka', 'elasticsearch'] satisfies EngineName[];

export default async function globalSetup(): Promise<void> {
  const engines = new SharedEngines();
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const found = NAMES.includes(name)
      ? engines.find(name as EngineName)
      : Promise.reject(new Error(`no engine is called ${name}`));
    found
      .catch((error: unknown) => ({ skip: reason(error) }))
      .then((answer) => response.end(JSON.stringify(answer)))
      .catch(() => response.destroy());
  });
  // The first start of an engine may have to fetch it.
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  process.env.HOLDFAST_TEST_ENGINES = `http://127.0.0.1:${port}`;
  (globalThis as { holdfastDoor?: Door }).holdfastDoor = { engines, server };
}
