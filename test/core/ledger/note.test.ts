import {
  openNote,
  parseVerifierKey,
  signNote,
  verifierKey,
  verifierKeyText,
} from '../../../src/core/ledger/note.ts';
import fc from '../../property.ts';
import { freshSigner } from './signer.ts';

// The example of https://c2sp.org/signed-note.
const EXAMPLE_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const EXAMPLE_NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

function exampleKey() {
  const key = parseVerifierKey(EXAMPLE_KEY);
  if (!key.ok) throw new Error(key.why);
  return key.value;
}

test('the specification’s example key is read, written back and opens its example note', () => {
  expect(verifierKeyText(exampleKey())).toBe(EXAMPLE_KEY);
  expect(openNote(EXAMPLE_NOTE, [exampleKey()])).toMatchObject({
    ok: true,
    value: { text: 'This is an example message.\n' },
  });
});

test('a note with any one byte of text or signature changed does not open', () => {
  const bytes = Buffer.from(EXAMPLE_NOTE);
  for (let i = 0; i < bytes.length; i++) {
    const spoilt = Buffer.from(bytes);
    spoilt[i] = (spoilt[i] as number) ^ 1;
    expect(openNote(spoilt.toString(), [exampleKey()]).ok).toBe(false);
  }
});

test('a signature of an unknown key beside a good one is ignored, one of a known key that fails spoils the note', async () => {
  const [one, two] = [freshSigner(), freshSigner()];
  const keys = [verifierKey('log/m0', one.publicKey), verifierKey('witness', two.publicKey)];
  const note = await signNote('text\n', 'log/m0', one);
  const line = (await signNote('text\n', 'witness', two)).slice('text\n\n'.length);
  const other = (await signNote('other\n', 'witness', two)).slice('other\n\n'.length);
  expect(openNote(note + line, keys.slice(0, 1)).ok).toBe(true);
  expect(openNote(note + line, keys)).toMatchObject({ ok: true, value: { by: keys } });
  expect(openNote(note + other, keys.slice(0, 1)).ok).toBe(true);
  expect(openNote(note + other, keys).ok).toBe(false);
  expect(openNote(line === '' ? note : `text\n\n${line}`, keys.slice(0, 1)).ok).toBe(false);
});

test('hostile notes are refused with a reason: control characters, no signature, no end, too long, too many lines', () => {
  const key = exampleKey();
  const line = EXAMPLE_NOTE.slice(EXAMPLE_NOTE.indexOf('—'));
  for (const note of [
    '',
    '\n',
    '\n\n',
    'text\n',
    EXAMPLE_NOTE.slice(0, -1),
    EXAMPLE_NOTE.replace('message', 'mess\tage'),
    EXAMPLE_NOTE.replace('\n', '\r\n'),
    `${EXAMPLE_NOTE}\n`,
    `${EXAMPLE_NOTE}trailing\n`,
    `text\ud800\n\n${line}`,
    `${'x'.repeat(200_000)}\n\n${line}`,
    EXAMPLE_NOTE + line.repeat(200),
  ])
    expect(openNote(note, [key])).toMatchObject({ ok: false, why: expect.any(String) });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(openNote(`${a}\n\n${b}`, [key]).ok).toBe(false);
      expect(parseVerifierKey(`${a}+${b}`).ok).toBe(false);
    }),
  );
});

test('a verifier key whose id, type or length is wrong is refused', () => {
  for (const text of [
    EXAMPLE_KEY.replace('530d903a', '530d903b'),
    EXAMPLE_KEY.replace('530d903a', '530D903A'),
    EXAMPLE_KEY.replace('+Aek', '+Auk'),
    EXAMPLE_KEY.slice(0, -4),
    EXAMPLE_KEY.replace('example.com/foo', 'example.com/fo o'),
    'example.com/foo',
    '+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  ])
    expect(parseVerifierKey(text).ok).toBe(false);
  expect(() => verifierKey('a b', new Uint8Array(32))).toThrow(RangeError);
});
