import { createHash, createPublicKey, randomBytes, verify, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeys, openKeys } from '../../../src/engines/embedded/key-file.ts';

const passphrase = 'correct horse battery staple';
const clock = { now: () => Date.UTC(2026, 10, 21, 12) };
const random = { bytes: (length: number) => Uint8Array.from(randomBytes(length)) };
const names = { archive: 'north-desk', firm: 'Example Securities' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The same bytes from a seed, so that a test can look for secrets in files and messages. */
function seeded(seed: string) {
  let count = 0;
  return {
    bytes(length: number): Uint8Array {
      const out: number[] = [];
      while (out.length < length) out.push(...createHash('sha256').update(`${seed}${count++}`).digest());
      return Uint8Array.from(out.slice(0, length));
    },
  };
}

test('keys come back from the folder as they were made', async () => {
  const dir = join(folder, 'keys');
  const made = await createKeys(dir, { passphrase, clock, random, names });
  const opened = await openKeys(dir, passphrase);
  for (const name of ['ledger', 'node', 'seal'] as const) {
    expect(Buffer.from(opened[name].publicKey)).toEqual(Buffer.from(made[name].publicKey));
  }
  expect(Buffer.from(opened.dedup)).toEqual(Buffer.from(made.dedup));
  expect(opened.dedup).toHaveLength(32);
  expect(opened.ledger.publicKey).toHaveLength(32);
});

test('what the keys sign is verified with the public keys', async () => {
  const keys = await createKeys(join(folder, 'keys'), { passphrase, clock, random, names });
  const message = Buffer.from('a checkpoint');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(keys.ledger.publicKey).toString('base64url') };
  const ed25519 = createPublicKey({ key: jwk, format: 'jwk' });
  expect(verify(null, message, ed25519, await keys.ledger.sign(message))).toBe(true);
  const leaf = new X509Certificate(keys.seal.chain[0] ?? '');
  expect(verify('sha256', message, leaf.publicKey, await keys.seal.sign(message))).toBe(true);
});

test('the seal has a leaf under an own root, and a list made after the leaf', async () => {
  const { seal } = await createKeys(join(folder, 'keys'), { passphrase, clock, random, names });
  const [leaf, root] = seal.chain.map((bytes) => new X509Certificate(bytes));
  expect(leaf?.checkIssued(root as X509Certificate)).toBe(true);
  expect(leaf?.verify((root as X509Certificate).publicKey)).toBe(true);
  expect(root?.ca).toBe(true);
  expect(leaf?.ca).toBe(false);
  expect(leaf?.subject).toBe('O=Example Securities\nCN=Holdfast seal north-desk');
  expect(seal.crls).toHaveLength(1);
});

test('folder and file are closed to others, and no secret stands in the file', async () => {
  const dir = join(folder, 'keys');
  const source = seeded('fixed');
  const keys = await createKeys(dir, { passphrase, clock, random: source, names });
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
  expect(await readdir(dir)).toEqual(['keys.json']);
  expect((await stat(join(dir, 'keys.json'))).mode & 0o777).toBe(0o600);
  const text = await readFile(join(dir, 'keys.json'), 'utf8');
  const secrets = [keys.dedup, ...[0, 1, 2, 3].map((n) => createHash('sha256').update(`fixed${n}`).digest())];
  for (const secret of secrets) {
    expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12));
    expect(text).not.toContain(Buffer.from(secret).toString('hex').slice(0, 12));
  }
});

test('a wrong passphrase is said to be wrong, and appears nowhere in the error', async () => {
  const dir = join(folder, 'keys');
  await createKeys(dir, { passphrase, clock, random, names });
  const error = await openKeys(dir, 'not-the-passphrase').catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'wrong-passphrase' });
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('not-the-passphrase');
});

test('a folder without keys is told apart from a damaged file', async () => {
  await expect(openKeys(join(folder, 'none'), passphrase)).rejects.toMatchObject({ code: 'key-missing' });
  for (const text of ['', '{', '{"v":1}', JSON.stringify({ v: 1, kdf: { name: 'scrypt', N: 2 ** 40 } })]) {
    await writeFile(join(folder, 'keys.json'), text);
    await expect(openKeys(folder, passphrase)).rejects.toMatchObject({ code: 'damaged-archive' });
  }
});

test('a changed certificate, salt or tag in the file is never accepted', async () => {
  const dir = join(folder, 'keys');
  await createKeys(dir, { passphrase, clock, random, names });
  const file = join(dir, 'keys.json');
  const good = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const other = join(folder, 'other');
  await createKeys(other, { passphrase, clock, random, names });
  const foreign = JSON.parse(await readFile(join(other, 'keys.json'), 'utf8')) as Record<string, unknown>;
  for (const part of ['chain', 'crls', 'nonce', 'tag', 'kdf', 'secrets']) {
    await writeFile(file, JSON.stringify({ ...good, [part]: foreign[part] }));
    await expect(openKeys(dir, passphrase)).rejects.toMatchObject({ code: 'wrong-passphrase' });
  }
});

test('keys are never replaced', async () => {
  const dir = join(folder, 'keys');
  await createKeys(dir, { passphrase, clock, random, names });
  const before = await readFile(join(dir, 'keys.json'));
  await expect(createKeys(dir, { passphrase, clock, random, names })).rejects.toMatchObject({
    code: 'archive-exists',
  });
  expect(await readFile(join(dir, 'keys.json'))).toEqual(before);
  expect(await readdir(dir)).toEqual(['keys.json']);
});
