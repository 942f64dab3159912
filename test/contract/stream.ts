import { sha256Hex } from '../../src/core/hash.ts';
import {
  BATCH_LIMITS,
  type Stream,
  type StreamBatch,
  type StreamConsumer,
  type StreamStart,
} from '../../src/core/ports/stream.ts';
import { eventually } from '../eventually.ts';

/** A stream for one test: fresh storage; `open` gives another instance on it, as another process would have. */
export interface StreamUnderTest {
  readonly stream: Stream;
  open(): Promise<Stream>;
  dispose(): Promise<void>;
}

/** What every implementation of the `Stream` port must do. The stream must carry the logs `m0` and `control`. */
export function streamContract(name: string, make: () => Promise<StreamUnderTest>): void {
  describe(`${name} keeps the contract of a stream`, () => {
    let under: StreamUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(() => under.dispose());

    test('messages come back in order, batch after batch without a gap, log by log', async () => {
      const sent = { m0: messages(5_000, 'm'), control: messages(3, 'c') };
      await under.stream.append('m0', sent.m0.slice(0, 1));
      await under.stream.append('m0', sent.m0.slice(1, 3_000));
      await under.stream.append('control', sent.control);
      const consumer = new Recorder();
      const consumption = await under.stream.consume(consumer);
      await under.stream.append('m0', sent.m0.slice(3_000));
      await eventually(() => consumer.count('m0') === 5_000 && consumer.count('control') === 3);
      await consumption.stop();
      expect(consumer.messages('m0')).toEqual(sent.m0);
      expect(consumer.messages('control')).toEqual(sent.control);
      expect(consumer.faults).toEqual([]);
      expect(await under.stream.bounds('m0')).toEqual({ low: 0, high: 5_000 });
    });

    test('a batch stays within the limits, and one message that is larger travels alone', async () => {
      const large = 'x'.repeat(3 * 1024 * 1024);
      const huge = 'y'.repeat(BATCH_LIMITS.bytes + 1_000);
      await under.stream.append('m0', ['a', large, large, 'b', huge, 'c']);
      const consumer = new Recorder();
      const consumption = await under.stream.consume(consumer);
      await eventually(() => consumer.count('m0') === 6);
      await consumption.stop();
      expect(consumer.messages('m0').map((message) => message.length)).toEqual([
        1,
        large.length,
        large.length,
        1,
        huge.length,
        1,
      ]);
      for (const { messages } of consumer.batches('m0')) {
        const size = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
        expect(messages.length === 1 || size <= BATCH_LIMITS.bytes).toBe(true);
      }
    });

    test('every character survives', async () => {
      const odd = ['"\\\u0000\u001f', '日本語 😀 e\u0301', '\u2028\u2029\ufeff', '', 'after nothing'];
      await under.stream.append('m0', odd);
      const consumer = new Recorder();
      const consumption = await under.stream.consume(consumer);
      await eventually(() => consumer.count('m0') === odd.length);
      await consumption.stop();
      expect(consumer.messages('m0')).toEqual(odd);
    });

    test('after a stop another instance goes on exactly where the commits end', async () => {
      const sent = messages(10, 'm');
      await under.stream.append('m0', sent);
      const consumer = new Recorder();
      consumer.start.set('m0', startAfter(sent, 4));
      const other = await under.open();
      const consumption = await other.consume(consumer);
      await eventually(() => consumer.count('m0') === 6);
      await consumption.stop();
      expect(consumer.batches('m0')[0]?.from).toBe(4);
      expect(consumer.messages('m0')).toEqual(sent.slice(4));
      await other.close();
    });

    test('the next batch starts where the consumer says, ahead or behind', async () => {
      const sent = messages(10, 'm');
      await under.stream.append('m0', sent);
      const consumer = new Recorder();
      const jumps = [4, 2, 10];
      consumer.answer = (_log, batch) => jumps.shift() ?? batch.from + batch.messages.length;
      const consumption = await under.stream.consume(consumer);
      await eventually(() => consumer.batches('m0').length === 3);
      await consumption.stop();
      expect(consumer.batches('m0').map(({ from }) => from)).toEqual([0, 4, 2]);
      expect(consumer.batches('m0').map(({ messages: [first] }) => first)).toEqual([
        sent[0],
        sent[4],
        sent[2],
      ]);
    });

    test('trimmed entries are gone, offsets are never used twice, and what is left is consumed', async () => {
      const sent = messages(10, 'm');
      await under.stream.append('m0', sent);
      await under.stream.trim('m0', 10);
      expect(await under.stream.bounds('m0')).toEqual({ low: 10, high: 10 });
      const other = await under.open();
      await other.append('m0', ['later']);
      expect(await other.bounds('m0')).toEqual({ low: 10, high: 11 });
      const consumer = new Recorder();
      consumer.start.set('m0', startAfter(sent, 10));
      const consumption = await other.consume(consumer);
      await eventually(() => consumer.count('m0') === 1);
      await consumption.stop();
      expect(consumer.batches('m0')).toEqual([{ from: 10, messages: ['later'] }]);
      await other.close();
    });

    test('entries deleted before they were sealed are an incident, never a skip; other logs go on', async () => {
      const sent = messages(10, 'm');
      await under.stream.append('m0', sent);
      await under.stream.append('control', ['c']);
      await under.stream.trim('m0', 6);
      const consumer = new Recorder();
      consumer.start.set('m0', startAfter(sent, 5));
      const consumption = await under.stream.consume(consumer);
      await eventually(() => consumer.faults.length > 0 && consumer.count('control') === 1);
      await consumption.stop();
      expect(consumer.faults).toEqual(['m0 incident-gap']);
      expect(consumer.batches('m0')).toEqual([]);
    });

    test('another message at the last sealed position is an incident', async () => {
      await under.stream.append('m0', messages(10, 'm'));
      const consumer = new Recorder();
      consumer.start.set('m0', { next: 5, last: sha256Hex('something else') });
      const consumption = await under.stream.consume(consumer);
      await eventually(() => consumer.faults.length > 0);
      await consumption.stop();
      expect(consumer.faults).toEqual(['m0 incident-mismatch']);
      expect(consumer.batches('m0')).toEqual([]);
    });

    test('a stream that ends before the last sealed position is an incident', async () => {
      await under.stream.append('m0', messages(3, 'm'));
      const consumer = new Recorder();
      consumer.start.set('m0', { next: 5, last: sha256Hex('gone') });
      const consumption = await under.stream.consume(consumer);
      await eventually(() => consumer.faults.length > 0);
      await consumption.stop();
      expect(consumer.faults).toEqual(['m0 incident-mismatch']);
    });

    test('a consumer that fails stops its log, is told so, and is released', async () => {
      await under.stream.append('m0', messages(3, 'm'));
      await under.stream.append('control', ['c']);
      const consumer = new Recorder();
      consumer.answer = (log, batch) => {
        if (log === 'm0') throw new Error('cannot seal');
        return batch.from + batch.messages.length;
      };
      const consumption = await under.stream.consume(consumer);
      await eventually(() => consumer.faults.length > 0 && consumer.count('control') === 1);
      await consumption.stop();
      expect(consumer.faults).toEqual(['m0 cannot seal']);
      expect(consumer.batches('m0')).toHaveLength(1);
      expect(consumer.released_).toContain('m0');
    });

    test('the consumer is told when nothing more is there, and released on stop', async () => {
      await under.stream.append('m0', messages(3, 'm'));
      const consumer = new Recorder();
      const consumption = await under.stream.consume(consumer);
      await eventually(() => consumer.count('m0') === 3 && consumer.idles.includes('m0 after 3'));
      await consumption.stop();
      expect([...new Set(consumer.released_)].sort()).toContain('m0');
      const before = consumer.count('m0');
      await under.stream.append('m0', messages(3, 'n'));
      expect(consumer.count('m0')).toBe(before);
    });

    test('an empty append appends nothing, and an unknown log has no messages', async () => {
      await under.stream.append('m0', []);
      expect(await under.stream.bounds('m0')).toEqual({ low: 0, high: 0 });
    });
  });
}

/** A consumer that keeps what it got. */
class Recorder implements StreamConsumer {
  readonly start = new Map<string, StreamStart>();
  readonly faults: string[] = [];
  readonly idles: string[] = [];
  readonly released_: string[] = [];
  answer: (log: string, batch: StreamBatch) => number = (_log, batch) => batch.from + batch.messages.length;
  readonly #batches = new Map<string, StreamBatch[]>();

  async assigned(log: string): Promise<StreamStart> {
    return this.start.get(log) ?? { next: 0, last: null };
  }
  async batch(log: string, batch: StreamBatch): Promise<number> {
    this.#batches.set(log, [...this.batches(log), batch]);
    return this.answer(log, batch);
  }
  async idle(log: string): Promise<void> {
    this.idles.push(`${log} after ${this.count(log)}`);
  }
  async released(log: string): Promise<void> {
    this.released_.push(log);
  }
  incident(log: string, error: Error): void {
    this.faults.push(`${log} ${'code' in error ? String(error.code) : error.message}`);
  }
  batches(log: string): StreamBatch[] {
    return this.#batches.get(log) ?? [];
  }
  messages(log: string): string[] {
    return this.batches(log).flatMap(({ messages }) => messages);
  }
  count(log: string): number {
    return this.messages(log).length;
  }
}

const messages = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

const startAfter = (sent: readonly string[], next: number): StreamStart => ({
  next,
  last: sha256Hex(sent[next - 1] ?? ''),
});
