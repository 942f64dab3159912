import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessStore } from '../../src/access/access-store.ts';
import { LockOut } from '../../src/access/lock-out.ts';
import { SecretBox } from '../../src/access/secret-box.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';

const MINUTE = 60_000;
const MARA = ['mara', '192.0.2.1'] as const;

let folder: string;
let now: number;
let key: Buffer;
const node = (): LockOut => {
  const random = { bytes: (length: number) => randomBytes(length) };
  return new LockOut(new AccessStore(new FolderVault(folder), new SecretBox(key, random)), {
    now: () => now,
  });
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-lock-out-'));
  now = Date.UTC(2026, 10, 21, 9);
  key = randomBytes(32);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Tries that fail, one after the other. */
async function fail(lockOut: LockOut, account: string, address: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) expect(await lockOut.admit(account, address)).toBe(0);
}

test('a few failures cost nothing, more of them longer and longer', async () => {
  const lockOut = node();
  await fail(lockOut, ...MARA, 5);
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const wait = await lockOut.admit(...MARA);
    waits.push(wait);
    now += wait;
    expect(await lockOut.admit(...MARA)).toBe(0);
  }
  expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 15 * MINUTE, 15 * MINUTE, 15 * MINUTE]);
});

test('the wait passes, and asking meanwhile does not make it longer', async () => {
  const lockOut = node();
  await fail(lockOut, ...MARA, 5);
  now += 29_000;
  expect(await lockOut.admit(...MARA)).toBe(1_000);
  expect(await lockOut.admit(...MARA)).toBe(1_000);
  now += 1_000;
  expect(await lockOut.admit(...MARA)).toBe(0);
});

test('what failed on one node counts on all, and after a restart', async () => {
  await fail(node(), ...MARA, 3);
  await fail(node(), ...MARA, 2);
  expect(await node().admit(...MARA)).toBe(30_000);
});

test('tries side by side on several nodes are counted exactly', async () => {
  const nodes = [node(), node(), node()];
  const waits = await Promise.all(Array.from({ length: 15 }, (_, i) => nodes[i % 3]?.admit(...MARA)));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  // Those that were not heard are not held against the address either.
  for (let i = 0; i < 25; i++) expect(await node().admit(`account-${i}`, MARA[1])).toBe(0);
  expect(await node().admit('account-25', MARA[1])).toBe(30_000);
});

test('a stranger elsewhere does not keep the owner out', async () => {
  const lockOut = node();
  await fail(lockOut, 'mara', '192.0.2.66', 5);
  expect(await lockOut.admit('mara', '192.0.2.66')).toBeGreaterThan(0);
  expect(await lockOut.admit(...MARA)).toBe(0);
});

test('one address that tries many accounts is held up for all of them', async () => {
  const lockOut = node();
  for (let i = 0; i < 30; i++) await fail(lockOut, `account-${i}`, '192.0.2.66', 1);
  expect(await lockOut.admit('mara', '192.0.2.66')).toBeGreaterThan(0);
  expect(await lockOut.admit(...MARA)).toBe(0);
});

test('one account that is tried from everywhere is held up everywhere', async () => {
  const lockOut = node();
  for (let i = 0; i < 50; i++) await fail(lockOut, 'mara', `192.0.2.${i}`, 1);
  expect(await lockOut.admit('mara', '198.51.100.7')).toBeGreaterThan(0);
});

test('a good sign-in forgets the account, and not what its address tried with others', async () => {
  const lockOut = node();
  for (let i = 0; i < 26; i++) await fail(lockOut, `account-${i}`, '192.0.2.66', 1);
  await fail(lockOut, 'mara', '192.0.2.66', 4);
  await lockOut.succeeded('mara', '192.0.2.66');
  expect(await lockOut.admit(...MARA)).toBe(0);
  expect(await lockOut.admit('mara', '192.0.2.66')).toBe(0);
  expect(await lockOut.admit('mara', '192.0.2.66')).toBeGreaterThan(0);
});

test('a try that was neither good nor bad is forgotten alone', async () => {
  const lockOut = node();
  await fail(lockOut, ...MARA, 4);
  for (let i = 0; i < 10; i++) {
    expect(await lockOut.admit(...MARA)).toBe(0);
    await lockOut.forgiven(...MARA);
  }
  await fail(lockOut, ...MARA, 1);
  expect(await lockOut.admit(...MARA)).toBeGreaterThan(0);
});

test('midnight forgets nothing; an hour without a failure does', async () => {
  now = Date.UTC(2026, 10, 21, 23, 59, 59);
  await fail(node(), ...MARA, 5);
  now += 2_000;
  expect(await node().admit(...MARA)).toBe(28_000);
  now += 61 * MINUTE;
  await fail(node(), ...MARA, 5);
  expect(await node().admit(...MARA)).toBe(30_000);
});
