import { join } from 'node:path';
import { openReader } from '../../src/archive/read/open-reader.ts';
import type { ArchiveReader } from '../../src/archive/reader.ts';
import { HoldfastError, isHoldfastError } from '../../src/core/errors.ts';
import type { Index } from '../../src/core/ports/index.ts';
import { SqliteIndex } from '../../src/engines/embedded/sqlite-index.ts';
import { catchUp, type FeedEvent } from '../../src/search/feed.ts';
import { Indexer, rebuildIndex } from '../../src/search/indexer.ts';
import { BUCKET, carried, messageEvent, openWorkshop, RECEIPT, type Workshop } from '../archive/workshop.ts';
import { eventually } from '../eventually.ts';

const EVERYTHING = { op: 'all' } as const;

describe('The feed of an index', () => {
  let workshop: Workshop;
  let reader: ArchiveReader;
  let index: SqliteIndex;
  beforeEach(async () => {
    workshop = await openWorkshop();
    await workshop.found();
    reader = await openReader(workshop.vault, workshop.identity);
    index = new SqliteIndex({ folder: join(workshop.folder, 'index') });
  });
  afterEach(async () => {
    await index.close();
    await workshop.dispose();
  });

  const seal = async (from: number, to: number): Promise<void> => {
    const messages = Array.from({ length: to - from }, (_, i) => carried(messageEvent(from + i)));
    await workshop.stream.append('m0', messages);
    await workshop.sealAll();
  };
  const found = (): Promise<number> => index.count(EVERYTHING, { m0: 1_000_000 });
  /** The same index with some methods of its own. */
  const but = (methods: Partial<Index>): Pick<Index, 'add' | 'advance' | 'positions'> => ({
    add: (documents) => index.add(documents),
    advance: (log, position) => index.advance(log, position),
    positions: () => index.positions(),
    ...methods,
  });

  test('brings what every log has sealed, counts rejects, and records how far it is', async () => {
    const reject = JSON.stringify({
      type: 'reject',
      reject: {
        receipt: RECEIPT,
        capture: '1'.repeat(64),
        path: 'a',
        position: { offset: 0, length: 1 },
        code: 'not-json',
      },
      ...BUCKET,
    });
    await workshop.stream.append('m0', [reject]);
    await seal(0, 20);
    await catchUp({ reader, index });
    expect(await found()).toBe(20);
    const positions = await index.positions();
    for (const log of await reader.logs())
      expect(positions.get(log)?.size ?? 0).toBe((await reader.head(log)).size);
    expect(positions.get('m0')?.rejects).toBe(1);
  });

  test('that dies between adding and recording goes on from what was recorded, and nothing is there twice', async () => {
    await seal(0, 10);
    await catchUp({ reader, index });
    await seal(10, 30);
    const dying = but({ advance: () => Promise.reject(new Error('killed')) });
    await expect(catchUp({ reader, index: dying })).rejects.toThrow('killed');
    expect((await index.positions()).get('m0')?.size).toBe(10);
    await seal(30, 40);
    await catchUp({ reader, index });
    expect(await found()).toBe(40);
  });

  test('never records a position past a batch that failed, however many are under way', async () => {
    await seal(0, 30);
    const failing = but({ add: () => Promise.reject(new HoldfastError('storage-full', 'No room.')) });
    const failed: unknown = await catchUp({ reader, index: failing, inFlight: 3 }).catch(
      (error: unknown) => error,
    );
    expect(isHoldfastError(failed, 'storage-full')).toBe(true);
    expect((await index.positions()).get('m0')).toBeUndefined();
  });

  test('follows new commits until it is stopped, and reports what fails', async () => {
    const events: FeedEvent[] = [];
    let isFull = true;
    const add = index.add.bind(index);
    index.add = (documents) =>
      isFull ? Promise.reject(new HoldfastError('storage-full', 'No room.')) : add(documents);
    const indexer = new Indexer({ reader, index, report: (event) => events.push(event) });
    indexer.start();
    await seal(0, 5);
    await eventually(() => events.some(({ kind }) => kind === 'failed'));
    isFull = false;
    await eventually(async () => (await found()) === 5);
    await seal(5, 9);
    await eventually(async () => (await found()) === 9);
    await indexer.stop();
    await seal(9, 12);
    expect(await found()).toBe(9);
  });

  test('adds what is sealed while a position is being recorded, and records it next', async () => {
    const recording = Promise.withResolvers<void>();
    const advanced: number[] = [];
    const advance = index.advance.bind(index);
    index.advance = async (log, position) => {
      if (log === 'm0') advanced.push(position.size);
      if (log === 'm0' && advanced.length === 1) await recording.promise;
      await advance(log, position);
    };
    const indexer = new Indexer({ reader, index });
    indexer.start();
    await seal(0, 5);
    await eventually(() => advanced.length === 1);
    for (const size of [9, 12]) {
      await seal(size === 9 ? 5 : 9, size);
      await eventually(async () => (await found()) === size);
    }
    expect(advanced).toEqual([5]);
    expect((await index.positions()).has('m0')).toBe(false);
    recording.resolve();
    await eventually(async () => (await index.positions()).get('m0')?.size === 12);
    // What came in the meantime is one position.
    expect(advanced).toEqual([5, 12]);
    await indexer.stop();
  });

  test('adds again what a position did not count for, and records nothing past it', async () => {
    const recording = Promise.withResolvers<void>();
    const advanced: number[] = [];
    const added: number[] = [];
    const add = index.add.bind(index);
    const advance = index.advance.bind(index);
    index.add = async (documents) => {
      added.push(...documents.map(({ leaf }) => leaf));
      await add(documents);
    };
    index.advance = async (log, position) => {
      if (log === 'm0') advanced.push(position.size);
      if (log === 'm0' && advanced.length === 1) await recording.promise;
      await advance(log, position);
    };
    const events: FeedEvent[] = [];
    const indexer = new Indexer({ reader, index, report: (event) => events.push(event) });
    indexer.start();
    await seal(0, 5);
    await eventually(() => advanced.length === 1);
    await seal(5, 9);
    await eventually(() => added.includes(8));
    recording.reject(new HoldfastError('conflict', 'A new index took its place.'));
    await eventually(async () => (await index.positions()).get('m0')?.size === 9);
    expect(added).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(advanced).toEqual([5, 9]);
    expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
    await indexer.stop();
  });

  test('does not let a log wait for another', async () => {
    await seal(0, 5);
    const held = Promise.withResolvers<void>();
    index.add = () => held.promise;
    const indexer = new Indexer({ reader, index });
    indexer.start();
    await eventually(async () => (await index.positions()).has('control'));
    expect((await index.positions()).has('m0')).toBe(false);
    held.resolve();
    await indexer.stop();
  });

  test('rests while the index is made anew, and the new one is what the vault says', async () => {
    await seal(0, 10);
    const indexer = new Indexer({ reader, index });
    indexer.start();
    await eventually(async () => (await found()) === 10);
    expect(await indexer.rebuild()).toEqual({ documents: 10 });
    await seal(10, 15);
    await eventually(async () => (await found()) === 15);
    await indexer.stop();
  });

  test('a rebuild that is stopped leaves the index that was in use', async () => {
    await seal(0, 10);
    await catchUp({ reader, index });
    const stopped: unknown = await rebuildIndex({ reader, index }, undefined, AbortSignal.abort()).catch(
      (error: unknown) => error,
    );
    expect(isHoldfastError(stopped, 'interrupted')).toBe(true);
    expect(await found()).toBe(10);
  });
});
