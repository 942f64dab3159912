import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetSessions } from '../../src/assembly/forget-sessions.ts';

const keys = mkdtempSync(join(tmpdir(), 'holdfast-forget-'));
afterAll(() => rmSync(keys, { recursive: true, force: true }));
const now = Date.UTC(2026, 10, 21, 9);

function put(name: string): string {
  const path = join(keys, 'access', name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '', { mode: 0o400 });
  return path;
}

test('old sessions, failures and used codes go; what may still count, and every credential and revocation, stays', async () => {
  const old = [
    put('sessions/20261118/aa/000000'),
    put('sessions/20261101/bb/ended'),
    put('tries/20261118/dd/000004'),
    put(`codes/cc/${now / 30_000 - 100}`),
  ];
  const kept = [
    put('sessions/20261121/aa/000000'),
    put('sessions/20261120/aa/ended'),
    put('sessions/20261119/aa/000001'),
    put('tries/20261120/dd/000009'),
    put(`codes/cc/${now / 30_000 - 1}`),
    put('credentials/cc/000000'),
    put('epochs/cc/000000'),
    put('api-keys/0000000000000000/revoked'),
  ];
  await forgetSessions(keys, now);
  expect(old.map(existsSync)).toEqual(old.map(() => false));
  expect(kept.map(existsSync)).toEqual(kept.map(() => true));
});

test('where nobody has signed in yet there is nothing to do', async () => {
  await forgetSessions(join(keys, 'nowhere'), now);
});
