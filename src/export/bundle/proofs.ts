/** Proofs of the selected records: one file each, or above a number of records the tiles that cover them. */
import type { ArchiveReader, Head } from '../../archive/reader.ts';
import { proofPath, tilePath } from '../../core/bundle/layout.ts';
import { HoldfastError } from '../../core/errors.ts';
import { sameBytes } from '../../core/ledger/read.ts';
import { EMPTY_EDGE, edgeRoot, edgeTiles, growTree, TILE_WIDTH, tileName } from '../../core/ledger/tiles.ts';
import type { BundleWriter } from './folder.ts';

/** One proof file for each leaf. */
export async function writeProofs(
  writer: BundleWriter,
  reader: ArchiveReader,
  head: Head,
  leaves: readonly number[],
): Promise<void> {
  for (let from = 0; from < leaves.length; from += AT_ONCE) {
    const write = async (leaf: number): Promise<void> =>
      await writer.write(proofPath(head.log, leaf), await reader.proof(`${head.log}/${leaf}`, head));
    await Promise.all(leaves.slice(from, from + AT_ONCE).map(write));
  }
}

/** Small files made durable together cost the disk one turn in place of many. */
const AT_ONCE = 64;

/** The tiles above each leaf and those of the right edge, made from the leaf values in the log's commits. */
export async function writeTiles(
  writer: BundleWriter,
  reader: ArchiveReader,
  head: Head,
  leaves: Iterable<number>,
): Promise<void> {
  const wanted = new Set<string>();
  for (const leaf of leaves) {
    for (let level = 0, n = leaf; TILE_WIDTH ** level <= head.size; level++) {
      n = Math.floor(n / TILE_WIDTH);
      const name = tileName(level, n, TILE_WIDTH);
      // What lies above a tile that is wanted already is wanted too.
      if (wanted.has(name)) break;
      wanted.add(name);
    }
  }
  let edge = EMPTY_EDGE;
  for await (const commit of reader.commits(head.log)) {
    const values = Buffer.from(commit.leaves, 'base64').subarray(0, (head.size - edge.size) * 32);
    const grown = growTree(edge, values);
    edge = grown.edge;
    for (const tile of grown.completed) {
      if (wanted.has(tile.name)) await writer.write(tilePath(head.log, tile.name), tile.bytes);
    }
    if (edge.size === head.size) break;
  }
  if (edge.size !== head.size || !sameBytes(edgeRoot(edge), head.root)) {
    throw new HoldfastError(
      'damaged-archive',
      `ledger/${head.log}: its commits are not what its head signs.`,
      {
        hint: 'Run "holdfast verify" to see everything that does not fit.',
      },
    );
  }
  for (const tile of edgeTiles(edge)) {
    if (!tile.name.startsWith('tile/entries/')) await writer.write(tilePath(head.log, tile.name), tile.bytes);
  }
}
