import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '../src/core/event.ts';
import { sha256Hex } from '../src/core/hash.ts';
import {
  changeKey,
  contentKey,
  directConversation,
  eventId,
  normaliseAddress,
  partitionOf,
} from '../src/core/ids.ts';
import { logKey, logOrigin, signCheckpoint } from '../src/core/ledger/checkpoint.ts';
import { commitBytes, commitDigest, commitName, packValues } from '../src/core/ledger/commit.ts';
import { LEAF_FIELDS, redact, sealLeaf, segmentLine } from '../src/core/ledger/leaf.ts';
import { verifierKeyText } from '../src/core/ledger/note.ts';
import { proofText } from '../src/core/ledger/proof.ts';
import { toBase64 } from '../src/core/ledger/read.ts';
import {
  EMPTY_EDGE,
  edgeRoot,
  edgeTiles,
  growTree,
  nodesFromLeaves,
  tileName,
} from '../src/core/ledger/tiles.ts';
import { consistencyProof, inclusionProof } from '../src/core/ledger/tree.ts';
import type { Signer } from '../src/core/ports/signer.ts';
import { encodeReceipt } from '../src/core/receipt.ts';
import type { Commit, RecordType } from '../src/core/record.ts';

/**
 * The test vectors of `docs/record-format.md`: `test/vectors/*.json`. Everything in them is made up and fixed; the key
 * is public. A sealed format never changes, so a difference here is a fault in the code, and never a reason to write
 * these files anew: new versions get new files.
 */
const ARCHIVE = 'example-archive';
const SEALED_AT = '2026-01-02T03:04:05.678Z';
const BUCKET = { class: 'sec-17a-4-b-4', quarter: '2026Q1' };
const STAMP = { ...BUCKET, sealedAt: SEALED_AT };
const RECEIPT = encodeReceipt({
  files: [{ path: '/in/desk.ndjson', sha256: sha256Hex('capture'), size: 7 }],
  connector: 'folder',
  format: 'holdfast-ndjson',
  settings: { format: 'auto', zone: 'Europe/London' },
});
const PROVENANCE = {
  receipt: RECEIPT.sha256,
  capture: sha256Hex('capture'),
  path: 'in/desk.ndjson',
  position: { offset: 0, length: 7 },
};

interface Vector {
  readonly name: string;
  readonly type: RecordType;
  readonly record: { readonly [field: string]: Json };
}

const VECTORS: readonly Vector[] = [
  {
    name: 'the smallest message',
    type: 'event',
    record: {
      id: eventId('aim', 'ada bert', contentKey('ada', '2005-06-07T08:09:00.000Z', 'hi', 0)),
      kind: 'message',
      network: 'aim',
      conversation: { id: 'ada bert', kind: 'direct' },
      sender: { address: 'ada' },
      at: { instant: '2005-06-07T08:09:00.000Z', zoneSource: 'assumed', precision: 'min' },
      text: 'hi',
      provenance: PROVENANCE,
      ...STAMP,
    },
  },
  {
    name: 'a message with every part, in several scripts, with characters that JSON escapes',
    type: 'event',
    record: {
      id: eventId('slack', 'C0EXAMPLE', '1767323045.000100'),
      kind: 'message',
      network: 'slack',
      conversation: { id: 'C0EXAMPLE', kind: 'room', name: 'börse-東京', thread: sha256Hex('thread') },
      sender: { address: 'u01', name: 'Ada “The Desk” Example', written: 'U01' },
      recipients: [
        { address: 'bert@example.com', role: 'to' },
        { address: 'cleo@example.org', name: 'Cleo', role: 'cc' },
      ],
      actor: { address: 'u02' },
      at: {
        instant: '2026-01-02T03:04:05.000Z',
        wall: '2026-01-02 04:04:05',
        zone: 'Europe/Berlin',
        zoneSource: 'stated',
        precision: 's',
      },
      text: 'Kauf 10\u00a0Mio. 😀\u2028"quoted" \\ back\tslash\u0001 שלום',
      markup: { type: 'slack-mrkdwn', source: '*Kauf* <@U02>' },
      attachments: [
        {
          name: 'terms.pdf',
          size: 9_007_199_254_740_991,
          mediaType: 'application/pdf',
          sha256: sha256Hex('terms'),
          state: 'held',
        },
        { reference: 'https://files.example.com/F1', state: 'referenced' },
      ],
      payload: { replyTo: sha256Hex('root'), automatic: false },
      provenance: {
        ...PROVENANCE,
        position: { member: 'desk/2026-01-02.json', offset: 12, length: 340, part: 'reactions/0' },
        perspective: 'ada@example.com',
        facts: { zone: 'setting' },
        repairs: [{ code: 'lone-surrogate', what: 'text' }],
      },
      extra: { '\u{1f600}': 1, '\ufb33': -0, a: null, B: [true, {}, []], ratio: '0.1' },
      ...STAMP,
    },
  },
  {
    name: 'a deletion by a moderator',
    type: 'event',
    record: {
      id: eventId('slack', 'C0EXAMPLE', changeKey('deletion', '1767323045.000100', 'u02', '', SEALED_AT)),
      kind: 'deletion',
      network: 'slack',
      conversation: { id: 'C0EXAMPLE', kind: 'room' },
      actor: { address: 'u02' },
      target: eventId('slack', 'C0EXAMPLE', '1767323045.000100'),
      at: { instant: SEALED_AT, zone: 'UTC', zoneSource: 'stated', precision: 'ms' },
      payload: { earlier: 'captured', what: 'message' },
      provenance: PROVENANCE,
      ...STAMP,
    },
  },
  {
    name: 'a reject',
    type: 'reject',
    record: {
      receipt: RECEIPT.sha256,
      capture: sha256Hex('capture'),
      path: 'in/desk.ndjson',
      position: { offset: 7, length: 3 },
      code: 'json-malformed',
      ...STAMP,
    },
  },
  {
    name: 'an observation of the first record',
    type: 'observation',
    record: {
      record: 'm0/0',
      event: eventId('aim', 'ada bert', contentKey('ada', '2005-06-07T08:09:00.000Z', 'hi', 0)),
      provenance: { ...PROVENANCE, perspective: 'bert' },
      ...STAMP,
    },
  },
  {
    name: 'the entry of the receipt',
    type: 'receipt',
    record: {
      receipt: RECEIPT.sha256,
      connector: 'folder',
      format: 'holdfast-ndjson',
      receivedAt: SEALED_AT,
      account: {
        units: 6,
        events: 4,
        rejects: 1,
        excluded: 1,
        exclusions: { 'client-chatter': 1 },
        logs: { m0: 4 },
      },
      ...STAMP,
    },
  },
  {
    name: 'an act',
    type: 'act',
    record: {
      id: '000102030405060708090a0b0c0d0e0f',
      action: 'search',
      actor: 'os:ada@desk',
      at: SEALED_AT,
      details: { query: 'from:ada "ten-year"', shown: 50, total: 1204 },
      ...BUCKET,
      class: 'acts',
      sealedAt: SEALED_AT,
    },
  },
];

const saltOf = (i: number): string => sha256Hex(`salt ${i}`).slice(0, 32);
const SEALED = VECTORS.map((vector, i) => {
  const salt = saltOf(i);
  const { leaf, json } = sealLeaf(vector.type, salt, vector.record);
  return { ...vector, salt, value: leaf, line: segmentLine(i, salt, vector.type, json) };
});

/** `test/vectors/leaves.json`: records with their salts, leaves and segment lines; one of them redacted. */
function leafVectors(): string {
  const leaves = SEALED.map(({ name, type, salt, record, value, line }) => ({
    name,
    type,
    salt,
    record,
    leaf: Buffer.from(value).toString('hex'),
    line,
  }));
  const [, full] = SEALED;
  const redacted = full && redact(full.type, full.salt, full.record, ['id', 'kind', 'at', 'sealedAt']);
  return text({ fields: LEAF_FIELDS, leaves, redacted: { of: full?.name ?? '', ...redacted } });
}

/** `test/vectors/ids.json`: ids, normalised addresses, partitions and a receipt's name. */
function idVectors(): string {
  const keys: readonly [string, string, Json][] = [
    ['slack', 'C0EXAMPLE', '1767323045.000100'],
    ['aim', 'ada bert', contentKey('ada', '2005-06-07T08:09:00.000Z', 'hi', 0)],
    ['slack', 'C0EXAMPLE', changeKey('reaction', '1767323045.000100', 'u02', '👍', SEALED_AT)],
  ];
  const addresses: readonly [string, string][] = [
    ['aim', ' Ada Trader 7 '],
    ['xmpp', 'Ada@Example.com/Desk'],
    ['icq', 'A\u030angstro\u0308m'],
  ];
  return text({
    ids: keys.map(([network, conversation, key]) => ({
      network,
      conversation,
      key,
      id: eventId(network, conversation, key),
    })),
    addresses: addresses.map(([network, address]) => ({
      network,
      address,
      normal: normaliseAddress(network, address),
    })),
    direct: { addresses: ['bert', 'ada', 'bert'], id: directConversation(['bert', 'ada', 'bert']) },
    partitions: keys.map(([network, conversation]) => ({
      network,
      conversation,
      of: 8,
      partition: partitionOf(network, conversation, 8),
    })),
    receipt: RECEIPT,
  });
}

/** PKCS#8 of an Ed25519 private key: this prefix, then its 32 bytes. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that everybody knows. */
function publicSigner(): Signer {
  const seed = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const x = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  return { publicKey: Buffer.from(x, 'base64url'), sign: async (message) => sign(null, message, key) };
}

/** `test/vectors/ledger.json`: one small log of these leaves, with everything that derives from it. */
async function ledgerVectors(): Promise<string> {
  const signer = publicSigner();
  const leaves = Buffer.concat(SEALED.map(({ value }) => value));
  const { edge } = growTree(EMPTY_EDGE, leaves);
  const noteOf = (at: typeof edge): Promise<string> =>
    signCheckpoint({ origin: logOrigin(ARCHIVE, 'm0'), size: at.size, root: edgeRoot(at) }, signer);
  const genesis: Commit = {
    v: 1,
    log: 'm0',
    n: 0,
    previous: null,
    from: 0,
    to: 0,
    last: null,
    sizeAfter: 0,
    sealedAt: SEALED_AT,
    segments: [],
    leaves: '',
    dedup: '',
    receipts: [],
    checkpoint: await noteOf(EMPTY_EDGE),
  };
  const note = await noteOf(edge);
  const count = SEALED.length;
  const commit: Commit = {
    ...genesis,
    n: 1,
    previous: commitDigest(commitBytes(genesis)),
    to: count,
    last: sha256Hex('the last message'),
    sizeAfter: count,
    segments: [{ ...BUCKET, digest: sha256Hex('stored segment'), count }],
    leaves: packValues(SEALED.map(({ value }) => value)),
    dedup: toBase64(Buffer.alloc(32 * count)),
    receipts: [{ receipt: RECEIPT.sha256, records: 3, entry: true }],
    checkpoint: note,
  };
  const nodes = nodesFromLeaves(leaves);
  const base64 = (hashes: readonly Uint8Array[]): string[] => hashes.map(toBase64);
  return text({
    archive: ARCHIVE,
    log: 'm0',
    verifierKey: verifierKeyText(logKey(ARCHIVE, 'm0', signer.publicKey)),
    leaves: SEALED.map(({ value }) => Buffer.from(value).toString('hex')),
    roots: Array.from({ length: count + 1 }, (_, size) =>
      toBase64(edgeRoot(growTree(EMPTY_EDGE, leaves.subarray(0, size * 32)).edge)),
    ),
    inclusion: {
      leaf: 2,
      size: count,
      path: base64(await inclusionProof(2, count, nodes)),
      proof: proofText({ index: 2, path: await inclusionProof(2, count, nodes), note }),
    },
    consistency: { from: 3, to: count, proof: base64(await consistencyProof(3, count, nodes)) },
    tiles: edgeTiles(edge).map(({ name, bytes }) => ({ name, bytes: toBase64(bytes) })),
    tileNames: [
      { level: 0, n: 1_234_067, width: 256, name: tileName(0, 1_234_067, 256) },
      { level: 1, n: 1000, width: 17, name: tileName(1, 1000, 17) },
    ],
    commits: [genesis, commit].map((one) => ({
      name: commitName('m0', one.n),
      text: Buffer.from(commitBytes(one)).toString('utf8'),
      digest: commitDigest(commitBytes(one)),
    })),
  });
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Path from the top → what must stand there. */
export const VECTORS_BY_PATH: { readonly [path: string]: string } = {
  'test/vectors/ids.json': idVectors(),
  'test/vectors/leaves.json': leafVectors(),
  'test/vectors/ledger.json': await ledgerVectors(),
};

// Run by itself, it writes the files that do not exist yet, and no other.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  for (const [path, content] of Object.entries(VECTORS_BY_PATH)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) writeFileSync(file, content, { flag: 'wx' });
  }
}
