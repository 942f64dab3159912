import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { logKey } from '../../src/core/ledger/checkpoint.ts';
import { sealLeaf } from '../../src/core/ledger/leaf.ts';
import { verifierKeyText } from '../../src/core/ledger/note.ts';
import { rewriteLog } from '../archive/verify/rewrite.ts';
import { openSealedArchive, type SealedArchive } from '../archive/verify/sealed-archive.ts';
import { type GoTools, goTools, runTool } from './go-tools.ts';

const VECTORS = join(import.meta.dirname, '../vectors/leaves.json');
const tools = await goTools();

if (!('skip' in tools)) describe('an outsider with public Go tools', () => suite(tools));
else if (process.env.HOLDFAST_REQUIRE_ENGINES === '1')
  test('an outsider with public Go tools', () => {
    throw new Error(`HOLDFAST_REQUIRE_ENGINES=1, and ${tools.skip}.`);
  });
else
  describe.skip(`an outsider with public Go tools (${tools.skip})`, () => test('needs Go', () => undefined));

function suite({ outsider, fsck }: GoTools): void {
  let archive: SealedArchive;
  let older: string;
  let vkey: string;

  beforeEach(async () => {
    archive = await openSealedArchive();
    await archive.add('a', 700);
    older = join(archive.workshop.folder, 'older-checkpoint');
    await copyFile(archive.path('ledger/m0/checkpoint'), older);
    await archive.add('b', 900);
    await archive.sealHeads();
    const { identity } = archive.workshop;
    vkey = verifierKeyText(logKey(identity.id, 'm0', Buffer.from(identity.keys.ledger, 'base64')));
  });
  afterEach(() => archive.workshop.dispose());

  const checkLog = (...more: string[]): Promise<{ ok: boolean; said: string }> =>
    runTool(outsider, ['log', '-dir', archive.path('ledger/m0'), '-vkey', vkey, '-older', older, ...more]);

  /** fsck ends 0 on failure too, and hangs on one with few workers: only its words count. */
  async function fsckSucceeds(): Promise<boolean> {
    const key = join(archive.workshop.folder, 'log.pub');
    await writeFile(key, vkey);
    const url = `file://${archive.path('ledger/m0')}/`;
    const { said } = await runTool(fsck, [
      '-N',
      '8',
      '--ui=false',
      `--storage_url=${url}`,
      `--public_key=${key}`,
    ]);
    return said.includes("Successfully fsck'd");
  }

  test('agrees with checkpoint, tiles, entries, an inclusion, a consistency and a proof file', async () => {
    const reader = await openReader(archive.workshop.vault);
    const { type, salt, record } = await reader.record('m0/1234');
    const proof = join(archive.workshop.folder, 'record.tlog-proof');
    await writeFile(proof, await reader.proof('m0/1234'));
    const leaf = Buffer.from(sealLeaf(type, salt, record).leaf).toString('hex');
    const { ok, said } = await checkLog('-proof', proof, '-leaf', leaf);
    expect(said.trim().split('\n')).toEqual([
      '1602 entries lead to the signed root',
      'entry 801 is included',
      'the tree extends the older checkpoint',
      'the proof file proves its leaf',
    ]);
    expect(ok).toBe(true);
    const other = `${leaf.startsWith('0') ? '1' : '0'}${leaf.slice(1)}`;
    expect((await checkLog('-proof', proof, '-leaf', other)).ok).toBe(false);
  });

  test('recomputes the log with tessera’s fsck', async () => {
    expect(await fsckSucceeds()).toBe(true);
  });

  test('finds a byte changed in checkpoint, tile and entry bundle, with both tools', async () => {
    for (const name of [
      'checkpoint',
      'tile/0/003',
      'tile/0/006.p/66',
      'tile/1/000.p/6',
      'tile/entries/002',
    ]) {
      await archive.flip(`ledger/m0/${name}`);
      expect({ name, ok: (await checkLog()).ok }).toEqual({ name, ok: false });
      expect({ name, ok: await fsckSucceeds() }).toEqual({ name, ok: false });
      await archive.flip(`ledger/m0/${name}`);
    }
    expect((await checkLog()).ok).toBe(true);
  });

  test('finds a tile that is gone, and a log rewritten and signed anew against the older checkpoint', async () => {
    await rewriteLog(archive, 'm0', (sealed) =>
      sealed.leaf === 3 && sealed.type === 'event'
        ? { ...sealed, record: { ...sealed.record, text: 'as if' } }
        : sealed,
    );
    expect(await fsckSucceeds()).toBe(true);
    const { ok, said } = await checkLog();
    expect({ ok, said }).toEqual({ ok: false, said: expect.stringContaining('consistency') });
    await rm(archive.path('ledger/m0/tile/0/001'));
    expect(await fsckSucceeds()).toBe(false);
    expect((await checkLog()).ok).toBe(false);
  });

  test('computes every leaf of the test vectors', async () => {
    expect(await runTool(outsider, ['leaves', '-vectors', VECTORS])).toEqual({
      ok: true,
      said: '7 leaves are what the format says\n',
    });
  });
}
