import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { HoldfastError } from '../core/errors.ts';

export interface ListenOptions {
  /** Address to listen at; beyond loopback only with TLS. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** PEM of the certificate chain and of its key. */
  readonly tls?: { readonly certificate: Uint8Array; readonly key: Uint8Array };
}

export interface Listening {
  readonly url: string;
  /** Takes no new request, lets those in work end for a while, and resolves when all connections are closed. */
  close(): Promise<void>;
}

/** Headers must be there after this; ms. Bodies have times of their own (`slow-body.ts`). */
const HEADERS = 15_000;
const KEEP_ALIVE = 10_000;
/** How long answers in work may take when the service stops; ms. */
const GRACE = 10_000;
const MOST_CONNECTIONS = 4_000;

/** Listens until `close`. Throws `bad-settings` for an address beyond loopback without TLS, and for a port that is taken. */
export async function listen(
  answer: RequestListener,
  { host, port, tls }: ListenOptions,
): Promise<Listening> {
  if (tls === undefined && !isLoopback(host)) {
    throw new HoldfastError('bad-settings', `Listening at ${host} takes TLS.`, {
      hint: 'Set service.tls.certificate and service.tls.key, or listen at 127.0.0.1 behind something that has them.',
    });
  }
  const options = {
    headersTimeout: HEADERS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE,
    maxHeaderSize: 32_768,
  };
  const server: Server =
    tls === undefined
      ? createPlain(options, answer)
      : createSecure(
          {
            ...options,
            cert: Buffer.from(tls.certificate),
            key: Buffer.from(tls.key),
            minVersion: 'TLSv1.2',
          },
          answer,
        );
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new HoldfastError('bad-settings', `Nothing can listen at ${host}, port ${port}.`, {
          hint: 'Another service may have the port: name another one with --port.',
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  const { port: given } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${name}:${given}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), GRACE);
      await closed;
      clearTimeout(late);
    },
  };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
