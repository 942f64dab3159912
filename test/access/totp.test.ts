import { base32, stepOfCode, totpCode, totpStep, totpUri } from '../../src/access/totp.ts';

const secret = Buffer.from('12345678901234567890');

/** RFC 6238, appendix B, SHA-1. */
test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('at second %i the code is %s', (seconds, code) => {
  expect(totpCode(secret, totpStep(seconds * 1000), 8)).toBe(code);
});

test('a code is taken one step early and late, and no further', () => {
  const now = 1_234_567_890_000;
  const code = totpCode(secret, totpStep(now));
  expect(stepOfCode(secret, code, now)).toBe(totpStep(now));
  expect(stepOfCode(secret, code, now + 30_000)).toBe(totpStep(now));
  expect(stepOfCode(secret, code, now - 30_000)).toBe(totpStep(now));
  expect(stepOfCode(secret, code, now + 60_000)).toBeUndefined();
});

test.each(['', '12345', '1234567', 'abcdef', '00 000', '٠١٢٣٤٥'])('%p is no code', (code) => {
  expect(stepOfCode(secret, code, 59_000)).toBeUndefined();
});

/** RFC 4648, section 10. */
test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base 32 of %p is %p', (text, expected) => {
  expect(base32(Buffer.from(text))).toBe(expected);
});

test('the address for an app names archive and account', () => {
  const uri = new URL(totpUri(secret, 'mara.lind', 'north'));
  expect(uri.protocol).toBe('otpauth:');
  expect(uri.searchParams.get('secret')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(decodeURIComponent(uri.pathname)).toContain('mara.lind');
});
