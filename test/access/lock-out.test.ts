import { LockOut } from '../../src/access/lock-out.ts';

const MINUTE = 60_000;

function fail(lockOut: LockOut, account: string, address: string, times: number, now = 0): void {
  for (let i = 0; i < times; i++) lockOut.tried(account, address, now);
}

test('a few failures cost nothing, more of them longer and longer', () => {
  const lockOut = new LockOut();
  fail(lockOut, 'mara', '192.0.2.1', 4);
  expect(lockOut.wait('mara', '192.0.2.1', 0)).toBe(0);
  const waits = Array.from({ length: 8 }, () => {
    fail(lockOut, 'mara', '192.0.2.1', 1);
    return lockOut.wait('mara', '192.0.2.1', 0);
  });
  expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 15 * MINUTE, 15 * MINUTE, 15 * MINUTE]);
});

test('the wait passes', () => {
  const lockOut = new LockOut();
  fail(lockOut, 'mara', '192.0.2.1', 5);
  expect(lockOut.wait('mara', '192.0.2.1', 29_000)).toBe(1_000);
  expect(lockOut.wait('mara', '192.0.2.1', 30_000)).toBe(0);
});

test('a stranger elsewhere does not keep the owner out', () => {
  const lockOut = new LockOut();
  fail(lockOut, 'mara', '192.0.2.66', 10);
  expect(lockOut.wait('mara', '192.0.2.66', 0)).toBeGreaterThan(0);
  expect(lockOut.wait('mara', '192.0.2.1', 0)).toBe(0);
});

test('one address that tries many accounts is held up for all of them', () => {
  const lockOut = new LockOut();
  for (let i = 0; i < 30; i++) fail(lockOut, `account-${i}`, '192.0.2.66', 1);
  expect(lockOut.wait('mara', '192.0.2.66', 0)).toBeGreaterThan(0);
  expect(lockOut.wait('mara', '192.0.2.1', 0)).toBe(0);
});

test('one account that is tried from everywhere is held up everywhere', () => {
  const lockOut = new LockOut();
  for (let i = 0; i < 50; i++) fail(lockOut, 'mara', `192.0.2.${i}`, 1);
  expect(lockOut.wait('mara', '198.51.100.7', 0)).toBeGreaterThan(0);
});

test('a good sign-in forgets the account, and not what its address tried with others', () => {
  const lockOut = new LockOut();
  for (let i = 0; i < 30; i++) fail(lockOut, `account-${i}`, '192.0.2.66', 1);
  fail(lockOut, 'mara', '192.0.2.66', 4);
  lockOut.succeeded('mara', '192.0.2.66');
  expect(lockOut.wait('mara', '192.0.2.1', 0)).toBe(0);
  expect(lockOut.wait('mara', '192.0.2.66', 0)).toBeGreaterThan(0);
});

test('memory is bounded however many accounts are tried', () => {
  const lockOut = new LockOut();
  for (let i = 0; i < 60_000; i++) lockOut.tried(`account-${i}`, '192.0.2.66', 0);
  fail(lockOut, 'mara', '192.0.2.66', 5);
  expect(lockOut.wait('mara', '192.0.2.66', 0)).toBe(15 * MINUTE);
});
