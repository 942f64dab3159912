import type { MessagePort, Worker } from 'node:worker_threads';
import { type ErrorCode, HoldfastError, isErrorCode } from '../core/errors.ts';

/**
 * Method calls between threads: a worker serves an object, the other side gets a proxy of the methods it names.
 * Answers are promises; a method named in `streams` answers an async iterable, pulled in small batches.
 */
type Method = (...args: never[]) => unknown;
type Wire =
  | { readonly id: number; readonly call: string; readonly args: readonly unknown[] }
  | { readonly id: number; readonly pull: true }
  | { readonly id: number; readonly cancel: true };
interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
  readonly end?: boolean;
  readonly error?: WireError;
}
interface WireError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}
type Port = MessagePort | Worker;

const PULL = 256;

/** Answers calls on `target` that arrive at `port`, in the order in which they end. */
export function serve(port: Port, target: object): void {
  const open = new Map<number, AsyncIterator<unknown>>();
  const reply = (message: Reply): void => port.postMessage(message);
  port.on('message', (message: Wire) => {
    handle(message).catch((error: unknown) => {
      open.delete(message.id);
      reply({ id: message.id, error: toWire(error) });
    });
  });
  async function handle(message: Wire): Promise<void> {
    if ('cancel' in message) {
      const iterator = open.get(message.id);
      open.delete(message.id);
      await iterator?.return?.();
      return;
    }
    if ('pull' in message) return await pull(message.id);
    const method = (target as { readonly [name: string]: Method | undefined })[message.call];
    if (typeof method !== 'function') throw new TypeError(`no method ${message.call}`);
    const value: unknown = method.apply(target, message.args as never[]);
    if (isAsyncIterable(value)) {
      open.set(message.id, value[Symbol.asyncIterator]());
      return await pull(message.id);
    }
    reply({ id: message.id, value: await value });
  }
  async function pull(id: number): Promise<void> {
    const iterator = open.get(id);
    const values: unknown[] = [];
    let end = iterator === undefined;
    while (!end && values.length < PULL) {
      const next = await (iterator as AsyncIterator<unknown>).next();
      if (next.done === true) end = true;
      else values.push(next.value);
    }
    if (end) open.delete(id);
    reply({ id, values, end });
  }
}

/** A caller for what `serve` answers at the other end. */
export class Caller {
  readonly #port: Port;
  readonly #waiting = new Map<number, { resolve(reply: Reply): void; reject(error: unknown): void }>();
  #next = 0;
  #failed: unknown;

  constructor(port: Port) {
    this.#port = port;
    port.on('message', (message: Reply) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message);
      else waiting?.reject(fromWire(message.error));
    });
  }

  /** The other side died: everything that waits, and everything that is asked later, fails with `error`. */
  fail(error: unknown): void {
    this.#failed = error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    return (await this.#ask({ id: this.#next++, call: method, args })).value;
  }

  async *stream(method: string, args: readonly unknown[]): AsyncGenerator<unknown> {
    const id = this.#next++;
    let reply = await this.#ask({ id, call: method, args });
    let ended = false;
    try {
      while (true) {
        yield* reply.values ?? [];
        if (reply.end !== false) break;
        reply = await this.#ask({ id, pull: true });
      }
      ended = true;
    } finally {
      if (!ended) this.#port.postMessage({ id, cancel: true } satisfies Wire);
    }
  }

  #ask(message: Wire): Promise<Reply> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      this.#port.postMessage(message);
    });
  }
}

/** The methods of `T` as calls to the other thread. `streams` names those that answer async iterables. */
export function remote<T extends object>(
  caller: Caller,
  methods: readonly (keyof T & string)[],
  streams: readonly (keyof T & string)[] = [],
): T {
  const proxy: Record<string, unknown> = {};
  for (const name of methods) proxy[name] = (...args: unknown[]) => caller.call(name, args);
  for (const name of streams) proxy[name] = (...args: unknown[]) => caller.stream(name, args);
  return proxy as T;
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

function toWire(error: unknown): WireError {
  if (error instanceof HoldfastError)
    return { code: error.code, message: error.message, hint: error.hint, stack: error.stack };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: undefined,
    message,
    hint: undefined,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

function fromWire(error: WireError): Error {
  if (isErrorCode(error.code)) {
    return new HoldfastError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
  }
  const plain = new Error(error.message);
  if (error.stack !== undefined) plain.stack = error.stack;
  return plain;
}
