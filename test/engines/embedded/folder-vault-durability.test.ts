import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { type Call, FaultyFileSystem } from './faulty-file-system.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-vault-'));
});
afterEach(() => rm(folder, { recursive: true }));

const object = (name: string, text: string) => ({ name, bytes: Buffer.from(text) });

/** Where a call stands among those recorded; fails the test where it is not. */
function place(calls: readonly Call[], is: (call: Call) => boolean, after = -1): number {
  const found = calls.findIndex((call, i) => i > after && is(call));
  expect(found).toBeGreaterThan(after);
  return found;
}

describe('when a put is acknowledged', () => {
  test('each object was written, synced, and linked, and its folder and every new folder above it were synced after that', async () => {
    const files = new FaultyFileSystem();
    const root = join(folder, 'deep', 'vault');
    const vault = new FolderVault(root, files);
    const objects = [
      object('segments/a/2026Q1/x', 'x'),
      object('segments/a/2026Q1/y', 'y'),
      object('captures/z', 'z'),
    ];
    await vault.put(objects);
    const { calls } = files;
    for (const { name } of objects) {
      const path = join(root, name);
      const linked = place(calls, ({ call, to }) => call === 'link' && to === path);
      const temporary = calls[linked]?.path;
      const order = ['create', 'write', 'sync', 'close'].map((call) =>
        calls.findIndex((each) => each.call === call && each.path === temporary),
      );
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(order[0]).toBeGreaterThanOrEqual(0);
      expect(order.at(-1)).toBeLessThan(linked);
      place(calls, ({ call, path: synced }) => call === 'syncFolder' && synced === dirname(path), linked);
    }
    for (const path of ['', 'segments', 'segments/a', 'segments/a/2026Q1', 'captures'].map((name) =>
      join(root, name),
    )) {
      const made = place(calls, (call) => call.call === 'makeFolder' && call.path === path);
      place(calls, (call) => call.call === 'syncFolder' && call.path === dirname(path), made);
    }
    expect(
      calls.filter(({ call, path }) => call === 'syncFolder' && path === join(root, 'segments/a/2026Q1')),
    ).toHaveLength(1);
  });

  test('an object that existed is durable too: its folder was synced again', async () => {
    await new FolderVault(folder).put([object('captures/a', 'a')]);
    const files = new FaultyFileSystem();
    await new FolderVault(folder, files).put([object('captures/a', 'a')]);
    place(files.calls, ({ call, path }) => call === 'syncFolder' && path === join(folder, 'captures'));
    place(files.calls, ({ call, path }) => call === 'syncFolder' && path === folder);
  });

  test('a published checkpoint was synced, renamed, and its folder synced', async () => {
    const files = new FaultyFileSystem();
    await new FolderVault(folder, files).publish('ledger/m0/checkpoint', Buffer.from('x'));
    const path = join(folder, 'ledger/m0/checkpoint');
    const synced = place(files.calls, ({ call }) => call === 'sync');
    const renamed = place(files.calls, ({ call, to }) => call === 'rename' && to === path, synced);
    place(files.calls, (call) => call.call === 'syncFolder' && call.path === dirname(path), renamed);
  });
});

describe('when any one call fails', () => {
  const objects = [
    object('captures/a', 'aaa'),
    { ...object('captures/b', 'bbb'), until: '2150-01-01T00:00:00.000Z' },
    object('receipts/c', 'ccc'),
  ];

  test.each(['lost', 'kept', 'power'] as const)(
    'a put that resolved is whole, one that did not can be repeated, and no object is ever half there (%s)',
    async (how) => {
      for (let at = 0; ; at++) {
        const root = join(folder, `${at}`);
        const files = new FaultyFileSystem({ at, how });
        const vault = new FolderVault(root, files);
        const acknowledged = await vault.put(objects).then(
          () => true,
          (error: { code: string }) => {
            expect(error.code).toBe('storage-failed');
            return false;
          },
        );
        if (how === 'power') await files.losePower();
        const reopened = new FolderVault(root);
        for (const { name, bytes } of objects) {
          const found = await reopened.get(name);
          if (acknowledged) expect(found).toBeDefined();
          if (found === undefined) continue;
          expect(Buffer.compare(found, bytes)).toBe(0);
          if (name === 'captures/b')
            expect(await reopened.lockedUntil(name)).toBe('2150-01-01T00:00:00.000Z');
        }
        await reopened.put(objects);
        await reopened.clean();
        for (const { name, bytes } of objects)
          expect(Buffer.compare((await reopened.get(name)) ?? Buffer.of(), bytes)).toBe(0);
        expect(await Array.fromAsync(reopened.list(''))).toEqual(objects.map(({ name }) => name));
        if (!files.struck) break;
      }
    },
  );

  test('a full disk is named as such, and nothing is left half written', async () => {
    for (const call of [4, 5, 6, 7, 8]) {
      const root = join(folder, `${call}`);
      const vault = new FolderVault(root, new FaultyFileSystem({ at: call, how: 'lost' }, 'ENOSPC'));
      await vault.put(objects).then(
        () => undefined,
        (error: { code: string; hint: string }) => {
          expect(error).toMatchObject({ code: 'storage-full', hint: expect.stringContaining('Free space') });
        },
      );
      expect((await vault.put(objects)).length).toBe(3);
    }
  });

  test('a stream that fails leaves no object, or the whole one', async () => {
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one');
      yield Buffer.from('two');
    };
    for (let at = 0; ; at++) {
      const root = join(folder, `${at}`);
      const files = new FaultyFileSystem({ at, how: at % 2 === 0 ? 'lost' : 'kept' });
      await new FolderVault(root, files).putStream('captures/', chunks()).catch(() => undefined);
      const reopened = new FolderVault(root);
      const { sha256 } = await reopened.putStream('captures/', chunks());
      expect(Buffer.from((await reopened.get(`captures/${sha256}`)) ?? '').toString()).toBe('onetwo');
      expect(await Array.fromAsync(reopened.list('captures'))).toHaveLength(1);
      if (!files.struck) break;
    }
  });
});
