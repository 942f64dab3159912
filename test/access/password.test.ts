import { randomBytes } from 'node:crypto';
import { checkNewPassword, hashPassword, isPassword, noPassword } from '../../src/access/password.ts';

const random = { bytes: (length: number) => randomBytes(length) };

test('a password is found again in its stored form, and no other is', async () => {
  const stored = await hashPassword('seven quiet herons', random);
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$/);
  expect(await isPassword('seven quiet herons', stored)).toBe(true);
  expect(await isPassword('seven quiet heron', stored)).toBe(false);
  expect(await isPassword('', stored)).toBe(false);
});

test('the same password is stored differently each time', async () => {
  expect(await hashPassword('seven quiet herons', random)).not.toBe(
    await hashPassword('seven quiet herons', random),
  );
});

test('the same letters written in another normal form are the same password', async () => {
  const stored = await hashPassword('caf\u00e9 au lait noir', random);
  expect(await isPassword('cafe\u0301 au lait noir', stored)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['another scheme', '$2b$10$abcdefghijklmnopqrstuv'],
  [
    'a cost that would take all memory',
    `$argon2id$v=19$m=9999999,t=3,p=4$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  ],
])('a stored form that is %s opens nothing', async (_, stored) => {
  expect(await isPassword('seven quiet herons', stored)).toBe(false);
});

test('an account without a password is never let in', async () => {
  expect(await noPassword('seven quiet herons')).toBe(false);
});

test.each([
  ['too short', 'short words'],
  ['one character over and over', 'aaaaaaaaaaaaaaaa'],
  ['the account itself', 'mara.lind-mara.lind'],
  ['endless', 'ab3x9'.repeat(60)],
])('a new password that is %s is refused', (_, password) => {
  expect(() => checkNewPassword(password, 'Mara.Lind')).toThrow(
    expect.objectContaining({ code: 'weak-password' }),
  );
});

test('a few words are a good password', () => {
  expect(() => checkNewPassword('seven quiet herons', 'mara.lind')).not.toThrow();
});
