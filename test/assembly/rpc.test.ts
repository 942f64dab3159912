import { MessageChannel } from 'node:worker_threads';
import { Caller, remote, serve } from '../../src/assembly/rpc.ts';
import { HoldfastError, isHoldfastError } from '../../src/core/errors.ts';

interface Counter {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<void>;
  count(to: number): AsyncIterable<number>;
}

function connect(target: object): { counter: Counter; caller: Caller; close(): void } {
  const { port1, port2 } = new MessageChannel();
  serve(port1, target);
  const caller = new Caller(port2);
  return {
    counter: remote<Counter>(caller, ['add', 'fail'], ['count']),
    caller,
    close: () => port1.close(),
  };
}

describe('calls between threads', () => {
  test('answer a call with its value', async () => {
    const { counter, close } = connect({ add: async (a: number, b: number) => a + b });
    await expect(counter.add(2, 3)).resolves.toBe(5);
    close();
  });

  test('carry an error with its code and hint', async () => {
    const { counter, close } = connect({
      async fail() {
        throw new HoldfastError('storage-full', 'No room.', { hint: 'Make room.' });
      },
    });
    const error: unknown = await counter.fail().catch((caught: unknown) => caught);
    expect(isHoldfastError(error, 'storage-full') && error.hint).toBe('Make room.');
    close();
  });

  test('stream an iterable of any length and stop it when the reader leaves', async () => {
    let stopped = false;
    const { counter, close } = connect({
      async *count(to: number) {
        try {
          for (let i = 0; i < to; i++) yield i;
        } finally {
          stopped = true;
        }
      },
    });
    const all: number[] = [];
    for await (const value of counter.count(1_000)) all.push(value);
    expect(all).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    stopped = false;
    for await (const value of counter.count(1_000_000)) if (value === 10) break;
    await expect(counter.count(1)[Symbol.asyncIterator]().next()).resolves.toEqual({ done: false, value: 0 });
    expect(stopped).toBe(true);
    close();
  });

  test('fail everything that waits when the other side dies', async () => {
    const { counter, caller, close } = connect({ add: () => new Promise(() => {}) });
    const waiting = counter.add(1, 1);
    caller.fail(new HoldfastError('internal', 'The worker died.'));
    await expect(waiting).rejects.toThrow('The worker died.');
    await expect(counter.add(1, 1)).rejects.toThrow('The worker died.');
    close();
  });
});
