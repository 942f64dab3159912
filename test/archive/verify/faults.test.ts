import { recordAct } from '../../../src/archive/acts.ts';
import { openNextGeneration } from '../../../src/archive/seal/generation.ts';
import { putGenesis } from '../../../src/archive/seal/genesis.ts';
import { FAULTS } from '../../../src/core/faults.ts';
import type { Commit, SealedRecord } from '../../../src/core/record.ts';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { carried, messageEvent } from '../workshop.ts';
import { rewriteLog } from './rewrite.ts';
import { openSealedArchive, overwrite, type SealedArchive } from './sealed-archive.ts';

/**
 * What an archiver at fault, or somebody who holds its keys, could have sealed: everything is signed and derived as it
 * should be, and only makes no sense.
 */
let archive: SealedArchive;
beforeEach(async () => {
  archive = await openSealedArchive();
  await archive.add('a', 20);
  await archive.add('b', 20);
});
afterEach(() => archive.workshop.dispose());

const same = (sealed: SealedRecord): SealedRecord => sealed;
/** The same place and salt with another record, of whatever form. */
const forged = (sealed: SealedRecord, change: object): SealedRecord => Object.assign({}, sealed, change);

/** Writes m0 anew with one record changed; its fault codes. */
async function withRecord(leaf: number, change: (record: never) => object): Promise<string[]> {
  await rewriteLog(archive, 'm0', (sealed) =>
    sealed.leaf === leaf ? forged(sealed, { record: change(sealed.record as never) }) : sealed,
  );
  return archive.codes();
}

/** Writes m0 anew with commit 1 changed; its fault codes. */
async function withCommit(change: (commit: Commit) => Partial<Commit>): Promise<string[]> {
  await rewriteLog(archive, 'm0', same, (commit) =>
    commit.n === 1 ? { ...commit, ...change(commit) } : commit,
  );
  return archive.codes();
}

test('a log written anew with nothing changed has no fault', async () => {
  expect(await withCommit(() => ({}))).toEqual([]);
});

test('a record that bears another class, quarter or time than its segment and commit is named', async () => {
  expect(await withRecord(3, (record: object) => ({ ...record, quarter: '2020Q1' }))).toEqual([
    'record-stamp',
  ]);
  expect(
    await withRecord(3, (record: object) => ({ ...record, sealedAt: '2020-01-01T00:00:00.000Z' })),
  ).toEqual(['record-stamp']);
});

test('an account that does not add up, in itself or with what was sealed, is named', async () => {
  const account = { units: 20, events: 20, rejects: 0, excluded: 0, exclusions: {}, logs: { m0: 20 } };
  const entry = (change: object) => (record: object) => ({ ...record, account: { ...account, ...change } });
  expect(await withRecord(20, entry({ units: 21 }))).toEqual(['receipt-account']);
  expect(await withRecord(20, entry({ excluded: 1, units: 21 }))).toEqual(['receipt-account']);
  expect(await withRecord(20, entry({ units: 19, events: 19, logs: { m0: 19 } }))).toEqual([
    'receipt-account',
  ]);
  expect(await withRecord(20, entry({}))).toEqual([]);
});

test('records that are not of their type’s form are named and do not stop the verification', async () => {
  expect(await withRecord(3, (record: object) => ({ ...record, provenance: null }))).toContain(
    'record-differs',
  );
  expect(await withRecord(3, (record: object) => ({ ...record, provenance: { capture: 7 } }))).toContain(
    'record-differs',
  );
  expect(await withRecord(20, (record: object) => ({ ...record, account: null }))).toContain(
    'record-differs',
  );
  expect(await withRecord(20, (record: object) => ({ ...record, receipt: '../../x' }))).toContain(
    'record-differs',
  );
});

test('a held attachment that is gone is named, and so is one whose bytes are others', async () => {
  const sha256 = 'ab'.repeat(32);
  const attachments = [{ state: 'held', sha256 }];
  const held = (record: object) => ({ ...record, attachments });
  expect(await withRecord(3, held)).toEqual(['attachment-missing']);
  const sealed = await archive.workshop.vault.get('ledger/archive.json');
  const bucket = 'attachments/sec-17a-4-b-4/2026Q1';
  const own = new FolderVault(archive.workshop.vault.root);
  await own.put([{ name: `${bucket}/${sha256}`, bytes: sealed ?? new Uint8Array(1) }]);
  expect(await archive.codes()).toEqual(['attachment-damaged']);
});

test('a commit that goes back in time, or jumps in the stream, is named', async () => {
  expect(await withCommit(() => ({ sealedAt: '2020-01-01T00:00:00.000Z' }))).toEqual([
    'commit-order',
    'record-stamp',
  ]);
  expect(await withCommit(({ to }) => ({ to: to + 1 }))).toContain('commit-order');
});

test('a commit that counts other records of a receipt than it sealed is named', async () => {
  expect(await withCommit(() => ({ receipts: [] }))).toEqual(['commit-counts']);
  expect(
    await withCommit(({ receipts }) => ({
      receipts: receipts.map((one) => ({ ...one, entry: !one.entry })),
    })),
  ).toEqual(['commit-counts']);
});

test('a commit whose checkpoint is of another tree, or by another key, is named', async () => {
  const other = await openSealedArchive();
  await other.add('x', 1);
  const foreign = await other.workshop.vault.get('ledger/m0/commits/000000000000');
  await other.workshop.dispose();
  const note = (JSON.parse(Buffer.from(foreign ?? []).toString()) as Commit).checkpoint;
  expect(await withCommit(() => ({ checkpoint: note }))).toContain('checkpoint-signature');
  const genesis = await archive.workshop.vault.get('ledger/m0/commits/000000000000');
  const empty = (JSON.parse(Buffer.from(genesis ?? []).toString()) as Commit).checkpoint;
  expect(await withCommit(() => ({ checkpoint: empty }))).toContain('checkpoint-root');
});

test('a checkpoint file that no commit holds is named', async () => {
  const before = await archive.workshop.vault.get('ledger/m0/checkpoint');
  await withRecord(3, (record: object) => ({ ...record, text: 'as if' }));
  await overwrite(archive.path('ledger/m0/checkpoint'), before ?? '');
  expect(await archive.codes()).toEqual(['checkpoint-differs']);
});

test('an observation of a record that does not exist is named', async () => {
  const provenance = {
    receipt: 'ab'.repeat(32),
    capture: 'cd'.repeat(32),
    path: 'x',
    position: { offset: 0, length: 1 },
  };
  await rewriteLog(archive, 'm0', (sealed) =>
    sealed.leaf === 3
      ? forged(sealed, {
          type: 'observation',
          record: {
            record: 'm0/9000',
            event: 'ef'.repeat(32),
            provenance,
            class: sealed.record.class,
            quarter: sealed.record.quarter,
            sealedAt: sealed.record.sealedAt,
          },
        })
      : sealed,
  );
  expect(await archive.codes()).toContain('observation-dangling');
});

test('an act in control that the node did not sign is named', async () => {
  await archive.sealHeads();
  await rewriteLog(archive, 'control', (sealed) =>
    sealed.leaf === 1 && sealed.type === 'act'
      ? { ...sealed, record: { ...sealed.record, actor: 'os:mallory@desk' } }
      : sealed,
  );
  expect(await archive.codes()).toEqual(['act-signature']);
});

test('a generation that no act opened is named, and so is one that was closed at another head', async () => {
  const { identity, ledger, clock, stream, acts } = archive.workshop;
  const vault = new FolderVault(archive.workshop.vault.root);
  await putGenesis(vault, identity, ledger, {
    base: 'audit',
    generation: 2,
    position: 0,
    sealedAt: new Date(clock.now()).toISOString(),
  });
  expect(await archive.verify()).toMatchObject({ ok: true, checked: { pendingGenerations: 1 } });
  const actor = 'os:test@host';
  await recordAct(stream, { log: 'audit', action: 'search', actor, details: {} }, acts);
  const tools = { vault, stream, identity, ledger, clock, acts, actor };
  await openNextGeneration(tools, 'm0', 'decided');
  await stream.append('m0', [carried(messageEvent('after'))]);
  await archive.workshop.sealAll();
  expect((await archive.codes()).filter((code) => code !== 'capture-missing')).toEqual([
    'generation-unnamed',
  ]);
  await withRecord(3, (record: object) => ({ ...record, text: 'as if' }));
  expect(await archive.codes()).toEqual(expect.arrayContaining(['generation-differs', 'log-rewritten']));
});

test('what the storage refuses to read is named, and the rest is still verified', async () => {
  const { vault } = archive.workshop;
  const failing = new Proxy(vault, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (property === 'get' && String(args[0]).endsWith('commits/000000000001'))
          throw new Error('the disk failed');
        return member.apply(target, args) as unknown;
      };
    },
  });
  const { faults, checked } = await archive.verify({ vault: failing });
  expect(faults).toContainEqual({
    code: 'unreadable',
    where: 'ledger/m0/commits/000000000001',
    what: expect.any(String),
  });
  expect(checked.records).toBeGreaterThan(20);
});

test('more faults than are listed are counted', async () => {
  await archive.add('c', 1500);
  await rewriteLog(archive, 'm0', (sealed) =>
    forged(sealed, { record: { ...sealed.record, quarter: '2020Q1' } }),
  );
  const { faults } = await archive.verify();
  expect(faults).toHaveLength(1001);
  expect(faults.at(-1)).toMatchObject({ code: 'more-faults', what: expect.stringMatching(/^54\d more/) });
  expect(faults.every(({ code }) => code in FAULTS)).toBe(true);
});
