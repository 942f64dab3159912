import { createHash } from 'node:crypto';
import {
  logKey,
  openCheckpoint,
  peekCheckpoint,
  signCheckpoint,
} from '../../../src/core/ledger/checkpoint.ts';
import { parseProof, proofText, verifyProof } from '../../../src/core/ledger/proof.ts';
import { nodesFromLeaves } from '../../../src/core/ledger/tiles.ts';
import { inclusionProof, treeRoot } from '../../../src/core/ledger/tree.ts';
import fc from '../../property.ts';
import { freshSigner } from './signer.ts';

const signer = freshSigner();
const key = logKey('archive', 'm0', signer.publicKey);
const leaves = Buffer.concat(
  Array.from({ length: 11 }, (_, i) => createHash('sha256').update(String(i)).digest()),
);
const nodes = nodesFromLeaves(leaves);

async function proofOf(index: number): Promise<string> {
  const note = await signCheckpoint(
    { origin: 'archive/m0', size: 11, root: await treeRoot(11, nodes) },
    signer,
  );
  return proofText({ index, path: await inclusionProof(index, 11, nodes), note });
}

test('a proof text proves its leaf, and no other, under the log’s key, and no other', async () => {
  for (let index = 0; index < 11; index++) {
    const text = await proofOf(index);
    const leaf = leaves.subarray(index * 32, index * 32 + 32);
    expect(verifyProof(text, leaf, key)).toMatchObject({ ok: true, value: { index, size: 11 } });
    expect(verifyProof(text, leaves.subarray(0, index === 0 ? 31 : 32), key).ok).toBe(false);
    expect(verifyProof(text, leaf, logKey('archive', 'm1', signer.publicKey)).ok).toBe(false);
    expect(verifyProof(text, leaf, logKey('archive', 'm0', freshSigner().publicKey)).ok).toBe(false);
  }
});

test('a proof has the form of tlog-proof v1, with or without the extra line', async () => {
  const text = await proofOf(5);
  expect(text).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 5\n(?:[A-Za-z0-9+/]{43}=\n){4}\narchive\/m0\n11\n/);
  const withExtra = text.replace('\nindex', '\nextra AAAA\nindex');
  expect(verifyProof(withExtra, leaves.subarray(160, 192), key).ok).toBe(true);
});

test('a proof with any one byte changed proves nothing', async () => {
  const text = Buffer.from(await proofOf(5));
  for (let i = 0; i < text.length; i++) {
    const spoilt = Buffer.from(text);
    spoilt[i] = (spoilt[i] as number) ^ 1;
    expect(verifyProof(spoilt.toString(), leaves.subarray(160, 192), key).ok).toBe(false);
  }
});

test('hostile proofs are refused with a reason', async () => {
  const text = await proofOf(5);
  for (const hostile of [
    '',
    text.replace('@v1', '@v2'),
    text.replace('index 5', 'index 05'),
    text.replace('index 5', 'index -5'),
    text.replace('index 5', 'index 99999999999999999999'),
    text.replace('index 5\n', `index 5\n${`${'A'.repeat(43)}=\n`.repeat(64)}`),
    text.replace('\nindex', '\nextra ?\nindex'),
    text.replace('\n\n', '\n'),
  ])
    expect(verifyProof(hostile, leaves.subarray(160, 192), key)).toMatchObject({
      ok: false,
      why: expect.any(String),
    });
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (junk) => expect(parseProof(junk).ok).toBe(false)));
});

test('a checkpoint is three lines: another origin, an extension, a size or root of another form are refused', async () => {
  const root = await treeRoot(11, nodes);
  const sign = (origin: string, size: number) => signCheckpoint({ origin, size, root }, signer);
  expect(openCheckpoint(await sign('archive/m0', 11), key)).toMatchObject({ ok: true, value: { size: 11 } });
  expect(openCheckpoint(await sign('archive/m1', 11), key).ok).toBe(false);
  expect(openCheckpoint(await sign('archive/m0', -1), key).ok).toBe(false);
  expect(openCheckpoint(await sign('archive/m0', 1.5), key).ok).toBe(false);
  expect(peekCheckpoint(`a\n1\n${Buffer.from(root).toString('base64')}\nmore\n\n— a AAAA\n`).ok).toBe(false);
  expect(peekCheckpoint(`a\n01\n${Buffer.from(root).toString('base64')}\n\n— a AAAA\n`).ok).toBe(false);
});
