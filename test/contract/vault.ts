import { createHash, randomBytes } from 'node:crypto';
import { isHoldfastError } from '../../src/core/errors.ts';
import type { Vault } from '../../src/core/ports/vault.ts';

/** A vault for one test: `open` gives another instance on the same storage, as another process would have. */
export interface VaultUnderTest {
  readonly vault: Vault;
  open(): Promise<Vault>;
  dispose(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What every implementation of the `Vault` port must do. */
export function vaultContract(name: string, make: () => Promise<VaultUnderTest>): void {
  describe(`${name} keeps the contract of a vault`, () => {
    let under: VaultUnderTest;
    let vault: Vault;
    beforeEach(async () => {
      under = await make();
      vault = under.vault;
    });
    afterEach(() => under.dispose());

    test('what is put can be read, by another instance too', async () => {
      expect(await vault.put([{ name: 'captures/a', bytes: bytes('one') }])).toEqual(['stored']);
      for (const reader of [vault, await under.open()]) {
        expect(await text(reader, 'captures/a')).toBe('one');
        expect(await reader.size('captures/a')).toBe(3);
      }
    });

    test('a name that is taken keeps its bytes', async () => {
      await vault.put([{ name: 'captures/a', bytes: bytes('first') }]);
      const outcomes = await vault.put([
        { name: 'captures/a', bytes: bytes('second') },
        { name: 'captures/b', bytes: bytes('other') },
      ]);
      expect(outcomes).toEqual(['exists', 'stored']);
      expect(await text(vault, 'captures/a')).toBe('first');
      expect(await text(vault, 'captures/b')).toBe('other');
    });

    test('of many that put one name at once, one stores and all see its bytes', async () => {
      const contenders = await Promise.all(Array.from({ length: 8 }, () => under.open()));
      const outcomes = await Promise.all(
        contenders.map((contender, i) =>
          contender.put([{ name: 'ledger/m0/commits/1', bytes: bytes(`${i}`) }]),
        ),
      );
      const winners = outcomes.flatMap(([outcome], i) => (outcome === 'stored' ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(await text(vault, 'ledger/m0/commits/1')).toBe(String(winners[0]));
    });

    test('a group that repeats a name stores it once', async () => {
      const object = { name: 'captures/twice', bytes: bytes('x') };
      expect((await vault.put([object, object])).sort()).toEqual(['exists', 'stored']);
    });

    test('a group of many and of none is put', async () => {
      expect(await vault.put([])).toEqual([]);
      const many = Array.from({ length: 300 }, (_, i) => ({ name: `captures/${i}`, bytes: bytes(`${i}`) }));
      expect(await vault.put(many)).toEqual(many.map(() => 'stored'));
      expect(await text(vault, 'captures/299')).toBe('299');
    });

    test('empty objects and names with every allowed character are kept', async () => {
      await vault.put([{ name: 'segments/A-Z_a.z/0', bytes: new Uint8Array() }]);
      expect(await vault.get('segments/A-Z_a.z/0')).toHaveLength(0);
    });

    test('what does not exist is undefined, also where a folder has the name', async () => {
      await vault.put([{ name: 'a/b/c', bytes: bytes('x') }]);
      for (const name of ['a/b/d', 'a/b', 'z', 'a/b/c/d']) {
        expect(await vault.get(name)).toBeUndefined();
        expect(await vault.size(name)).toBeUndefined();
      }
      await expect(drain(vault.read('a/b/d'))).rejects.toMatchObject({ code: 'not-found' });
    });

    test('names that climb, are absolute or hostile are refused by every call', async () => {
      const hostile = [
        '',
        '/etc/passwd',
        '../x',
        'a/../../x',
        'a//b',
        'a/',
        './a',
        'a/.hidden',
        'a\\b',
        'a\0b',
        'ä',
        'a b',
        'x'.repeat(300),
      ];
      for (const name of hostile) {
        const calls = [
          () => vault.put([{ name, bytes: bytes('x') }]),
          () => vault.get(name),
          () => vault.size(name),
          () => drain(vault.read(name)),
          () => vault.lock(name, '2030-01-01T00:00:00.000Z'),
          () => vault.remove(name),
          () => vault.publish(name, bytes('x')),
        ];
        for (const call of calls) {
          const error: unknown = await call().catch((thrown: unknown) => thrown);
          expect([name, isHoldfastError(error)]).toEqual([name, true]);
        }
      }
    });

    test('a stream is stored under its own digest, once', async () => {
      const chunks = Array.from({ length: 40 }, () => randomBytes(50_000));
      const sha256 = createHash('sha256').update(Buffer.concat(chunks)).digest('hex');
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield* chunks;
      };
      expect(await vault.putStream('captures/', source())).toEqual({
        sha256,
        size: 2_000_000,
        outcome: 'stored',
      });
      expect(await vault.putStream('captures/', source())).toEqual({
        sha256,
        size: 2_000_000,
        outcome: 'exists',
      });
      expect(Buffer.compare(await drain(vault.read(`captures/${sha256}`)), Buffer.concat(chunks))).toBe(0);
      expect(await names(vault, 'captures')).toEqual([`captures/${sha256}`]);
    });

    test('a stream whose source breaks leaves no object, and the source’s error is what the caller sees', async () => {
      const broken = Object.assign(new Error('the source broke'), { code: 'ENOSPC', syscall: 'read' });
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield bytes('half');
        throw broken;
      };
      await expect(vault.putStream('captures/', source())).rejects.toBe(broken);
      expect(await names(vault, 'captures')).toEqual([]);
    });

    test('a range is read exactly, cut at the end', async () => {
      await vault.put([{ name: 'captures/r', bytes: bytes('0123456789') }]);
      expect((await drain(vault.read('captures/r', { offset: 3, length: 4 }))).toString()).toBe('3456');
      expect((await drain(vault.read('captures/r', { offset: 8, length: 40 }))).toString()).toBe('89');
      expect((await drain(vault.read('captures/r', { offset: 3, length: 0 }))).toString()).toBe('');
    });

    test('names are listed ascending, below a folder, after a name', async () => {
      const all = ['l/a-b', 'l/a.b', 'l/a/1', 'l/a/2', 'l/a0', 'l/b/c/d', 'm/x'];
      await vault.put([...all].reverse().map((name) => ({ name, bytes: bytes(name) })));
      const below = all.filter((name) => name.startsWith('l/'));
      expect(await names(vault, 'l')).toEqual([...below].sort());
      expect(await names(vault, 'l/a')).toEqual(['l/a/1', 'l/a/2']);
      expect(await names(vault, 'none')).toEqual([]);
      for (const after of ['l/a', 'l/a/1', 'l/a/2', 'l/b/c/d', 'l/a-b', 'k', 'z']) {
        expect(await names(vault, 'l', after)).toEqual([...below].sort().filter((name) => name > after));
      }
    });

    test('a lock is taken, and removing is refused with and without it', async () => {
      await vault.put([{ name: 'captures/a', bytes: bytes('x') }]);
      await expect(vault.remove('captures/a')).rejects.toMatchObject({ code: 'removal-refused' });
      await vault.lock('captures/a', '2199-01-01T00:00:00.000Z');
      await vault.lock('captures/a', '2150-01-01T00:00:00.000Z');
      await expect(vault.remove('captures/a')).rejects.toMatchObject({ code: 'removal-refused' });
      await expect(vault.lock('captures/none', '2199-01-01T00:00:00.000Z')).rejects.toMatchObject({
        code: 'not-found',
      });
      expect(await text(vault, 'captures/a')).toBe('x');
    });

    test('an object may be locked as it is put, new or not, and a date that is none is refused', async () => {
      const until = '2199-01-01T00:00:00.000Z';
      expect(await vault.put([{ name: 'captures/a', bytes: bytes('x'), until }])).toEqual(['stored']);
      expect(await vault.put([{ name: 'captures/a', bytes: bytes('x'), until }])).toEqual(['exists']);
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield bytes('y');
      };
      expect((await vault.putStream('captures/', source(), until)).outcome).toBe('stored');
      expect((await vault.putStream('captures/', source(), until)).outcome).toBe('exists');
      await expect(
        vault.put([{ name: 'captures/b', bytes: bytes('x'), until: 'some day' }]),
      ).rejects.toMatchObject({ code: 'bad-usage' });
      expect(await vault.get('captures/b')).toBeUndefined();
    });

    test('only a checkpoint can be published, and it moves', async () => {
      await vault.publish('ledger/m0/checkpoint', bytes('one'));
      await vault.publish('ledger/m0/checkpoint', bytes('two'));
      expect(await text(await under.open(), 'ledger/m0/checkpoint')).toBe('two');
      await expect(vault.publish('ledger/m0/commits/1', bytes('x'))).rejects.toMatchObject({
        code: 'bad-usage',
      });
      await expect(vault.publish('captures/checkpoint', bytes('x'))).rejects.toMatchObject({
        code: 'bad-usage',
      });
    });
  });
}

async function text(vault: Vault, name: string): Promise<string | undefined> {
  const found = await vault.get(name);
  return found === undefined ? undefined : new TextDecoder().decode(found);
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks));
}

function names(vault: Vault, prefix: string, after?: string): Promise<string[]> {
  return Array.fromAsync(vault.list(prefix, after));
}
