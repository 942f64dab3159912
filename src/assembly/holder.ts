import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Io } from '../cli/io.ts';
import type { Owner } from './claim.ts';

/**
 * The loopback channel by which a command reaches the process that holds the archive. The answer is one JSON line per
 * thing printed: `{o}` for stdout, `{e}` for stderr, `{t}` transient, and last `{x}` with the exit code.
 */
const requestSchema = z.object({
  argv: z.array(z.string()),
  cwd: z.string(),
  /** `os:<user>@<host>` of the caller. The token proves that it is the same user, so his word is taken. */
  actor: z.string().max(300),
});
export type ForwardedCommand = z.infer<typeof requestSchema>;

/** Runs one forwarded command to its exit code; `signal` aborts when the caller has gone. */
export type RunForwarded = (command: ForwardedCommand, io: Io, signal: AbortSignal) => Promise<number>;

export interface Holder {
  readonly port: number;
  /** Takes no new command, and resolves when those in work have ended. */
  close(): Promise<void>;
}

const LARGEST_REQUEST = 4 * 1024 * 1024;

/** Listens on a free loopback port for commands that carry `token`. */
export async function hold(token: string, run: RunForwarded): Promise<Holder> {
  const running = new Set<Promise<void>>();
  const server = createServer((incoming, answer) => {
    if (!isBearer(incoming, token)) {
      answer.writeHead(401).end();
      return;
    }
    const done = serve(incoming, answer, run).finally(() => running.delete(done));
    running.add(done);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all(running);
      server.closeIdleConnections();
      await closed;
    },
  };
}

async function serve(incoming: IncomingMessage, answer: ServerResponse, run: RunForwarded): Promise<void> {
  const gone = new AbortController();
  answer.on('close', () => gone.abort());
  const frame = (value: unknown): void => {
    if (!answer.destroyed) answer.write(`${JSON.stringify(value)}\n`);
  };
  const io: Io = {
    out: (line) => frame({ o: line }),
    err: (line) => frame({ e: line }),
    transient: (line) => frame({ t: line }),
    drained: () => drained(answer),
  };
  try {
    const command = requestSchema.parse(JSON.parse(await text(incoming)));
    answer.writeHead(200, { 'content-type': 'application/x-ndjson' });
    frame({ x: await run(command, io, gone.signal) });
  } catch {
    if (!answer.headersSent) answer.writeHead(400);
  }
  answer.end();
}

/**
 * Has the owner run a command, printing what it prints. Undefined when the owner could not be reached at all, so that
 * the caller may try to take the folder himself; an answer that breaks off is exit code 1.
 */
export function runThroughHolder(
  owner: Owner,
  command: ForwardedCommand,
  io: Io,
  signal: AbortSignal,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: owner.port,
        method: 'POST',
        path: '/run',
        headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
        signal,
        agent: false,
      },
      (answer) => {
        if (answer.statusCode !== 200) {
          answer.resume();
          resolve(undefined);
          return;
        }
        resolve(relay(answer, io));
      },
    );
    outgoing.on('error', () => resolve(signal.aborted ? 1 : undefined));
    outgoing.end(JSON.stringify(command));
  });
}

async function relay(answer: IncomingMessage, io: Io): Promise<number> {
  let rest = '';
  let code: number | undefined;
  try {
    answer.setEncoding('utf8');
    for await (const chunk of answer) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const frame = frameSchema.parse(JSON.parse(line));
        if (frame.o !== undefined) io.out(frame.o);
        if (frame.e !== undefined) io.err(frame.e);
        if (frame.t !== undefined) io.transient(frame.t);
        if (frame.x !== undefined) code = frame.x;
      }
      await io.drained();
    }
  } catch {
    code = undefined;
  }
  if (code === undefined)
    io.err('The process that holds the archive ended before it answered. [archive-held]');
  return code ?? 1;
}

const frameSchema = z.object({
  o: z.string().optional(),
  e: z.string().optional(),
  t: z.string().optional(),
  x: z.int().optional(),
});

async function text(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > LARGEST_REQUEST) throw new Error('request too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isBearer(incoming: IncomingMessage, token: string): boolean {
  const given = Buffer.from(incoming.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function drained(answer: ServerResponse): Promise<void> {
  if (!answer.writableNeedDrain || answer.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      answer.off('drain', done);
      answer.off('close', done);
      resolve();
    };
    answer.on('drain', done);
    answer.on('close', done);
  });
}
