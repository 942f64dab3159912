import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAccessKeys } from '../../../src/engines/embedded/access-key-file.ts';

const random = { bytes: (length: number) => Uint8Array.from(randomBytes(length)) };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-access-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const jwk = (keys: Awaited<ReturnType<typeof openAccessKeys>>) => keys.token.export({ format: 'jwk' });

test('keys are made where there are none, once, though several nodes ask at the same moment', async () => {
  const [first, ...others] = await Promise.all(
    Array.from({ length: 3 }, () => openAccessKeys(folder, 'a passphrase', random)),
  );
  if (first === undefined) throw new Error('no keys');
  const again = await openAccessKeys(folder, 'a passphrase', random);
  for (const keys of [...others, again]) {
    expect(jwk(keys)).toEqual(jwk(first));
    expect(keys.store).toEqual(first.store);
  }
  expect(jwk(first)).toMatchObject({ crv: 'P-256' });
  expect(first.store).toHaveLength(32);
});

test('the file is for its owner only, and shows no secret', async () => {
  const keys = await openAccessKeys(folder, 'a passphrase', random);
  const path = join(folder, 'access.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const text = await readFile(path, 'utf8');
  expect(text).not.toContain(Buffer.from(keys.store).toString('base64'));
});

test('another passphrase does not open it', async () => {
  await openAccessKeys(folder, 'a passphrase', random);
  await expect(openAccessKeys(folder, 'another', random)).rejects.toThrow(
    expect.objectContaining({ code: 'wrong-passphrase' }),
  );
});
