import { rm } from 'node:fs/promises';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { nodeOf } from '../../../src/archive/acts.ts';
import { actMessage } from '../../../src/core/act.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import { logOrigin, signCheckpoint } from '../../../src/core/ledger/checkpoint.ts';
import {
  commitBytes,
  commitDigest,
  commitName,
  packValues,
  parseCommit,
} from '../../../src/core/ledger/commit.ts';
import { sealLeaf, segmentLine } from '../../../src/core/ledger/leaf.ts';
import { EMPTY_EDGE, edgeRoot, edgeTiles, growTree } from '../../../src/core/ledger/tiles.ts';
import { checkpointName, segmentName } from '../../../src/core/logs.ts';
import type { Commit, SealedRecord, SegmentName } from '../../../src/core/record.ts';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import type { Workshop } from '../workshop.ts';
import type { SealedArchive } from './sealed-archive.ts';

/** What an owner with all keys can do: writes a whole log anew with other records, everything signed and derived. */
export async function rewriteLog(
  archive: SealedArchive,
  log: string,
  change: (sealed: SealedRecord) => SealedRecord | Promise<SealedRecord>,
  alter: (commit: Commit) => Commit = (commit) => commit,
): Promise<{ size: number; root: string }> {
  const { ledger, identity } = archive.workshop;
  // A vault of its own: the workshop's remembers folders that this removes.
  const vault = new FolderVault(archive.workshop.vault.root);
  const commits: Commit[] = [];
  for (let n = 0; ; n++) {
    const bytes = await vault.get(commitName(log, n));
    if (bytes === undefined) break;
    const read = parseCommit(bytes, log, n);
    if (!read.ok) throw new Error(read.why);
    commits.push(read.value);
  }
  const lines = new Map<SegmentName, SealedRecord[]>();
  for (const { segments } of commits)
    for (const segment of segments) {
      const text = zstdDecompressSync((await vault.get(segmentName(segment))) ?? Buffer.alloc(0)).toString();
      lines.set(
        segment,
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as SealedRecord),
      );
    }
  await rm(archive.path(`ledger/${log}`), { recursive: true });
  let edge = EMPTY_EDGE;
  let previous: string | null = null;
  let note = '';
  for (const commit of commits) {
    const values: Uint8Array[] = [];
    const segments: SegmentName[] = [];
    for (const segment of commit.segments) {
      let text = '';
      for (const sealed of lines.get(segment) ?? []) {
        const { leaf, salt, type, record } = await change(sealed);
        const made = sealLeaf(type, salt, record);
        values.push(made.leaf);
        text += `${segmentLine(leaf, salt, type, made.json)}\n`;
      }
      const bytes = zstdCompressSync(text);
      segments.push({ ...segment, digest: sha256Hex(bytes) });
      await vault.put([{ name: segmentName({ ...segment, digest: sha256Hex(bytes) }), bytes }]);
    }
    const grown = growTree(edge, Buffer.concat(values));
    edge = grown.edge;
    note = await signCheckpoint(
      { origin: logOrigin(identity.id, log), size: edge.size, root: edgeRoot(edge) },
      ledger,
    );
    const rewritten = { ...commit, previous, segments, leaves: packValues(values), checkpoint: note };
    const bytes = commitBytes(alter(rewritten));
    previous = commitDigest(bytes);
    await vault.put([
      { name: commitName(log, commit.n), bytes },
      ...grown.completed.map((tile) => ({ ...tile, name: `ledger/${log}/${tile.name}` })),
    ]);
  }
  await vault.put(edgeTiles(edge).map((tile) => ({ ...tile, name: `ledger/${log}/${tile.name}` })));
  await vault.publish(checkpointName(log), Buffer.from(note));
  return { size: edge.size, root: Buffer.from(edgeRoot(edge)).toString('base64') };
}

/** Changes the text of one record of m0, and everything that would give it away inside the archive. */
export async function rewriteArchive(archive: SealedArchive, leaf: number, text: string): Promise<void> {
  const head = await rewriteLog(archive, 'm0', (sealed) =>
    sealed.leaf === leaf && sealed.type === 'event'
      ? { ...sealed, record: { ...sealed.record, text } }
      : sealed,
  );
  await rewriteLog(archive, 'control', (sealed) => withHead(archive.workshop, sealed, head));
}

async function withHead(
  { identity, node }: Workshop,
  sealed: SealedRecord,
  head: { size: number; root: string },
): Promise<SealedRecord> {
  if (sealed.type !== 'act' || sealed.record.action !== 'heads') return sealed;
  const { class: group, quarter, sealedAt, ...act } = sealed.record;
  const heads = [{ log: 'm0', ...head }];
  const changed = { ...act, details: { heads }, node: nodeOf(identity, node).name };
  const signature = Buffer.from(await node.sign(actMessage(changed))).toString('base64');
  return { ...sealed, record: { ...changed, signature, class: group, quarter, sealedAt } };
}
