/**
 * RFC 6962 Merkle trees over SHA-256: hashes, proofs, and their verification. Pure; where hashes are stored is the
 * matter of a {@link NodeSource}. Verification takes hostile input: any sizes, any hashes.
 */
import { sha256 } from '../hash.ts';
import { sameBytes } from './read.ts';

/** A hash is 32 bytes. */
export type Hash = Uint8Array;

/** Gives the hash of the complete subtree of 2^`height` leaves that starts at leaf `index` · 2^`height`. */
export type NodeSource = (height: number, index: number) => Hash | Promise<Hash>;

const LEAF = new Uint8Array(33);
const NODE = new Uint8Array(65);
NODE[0] = 1;

/** Hash of a leaf: SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Hash {
  // The buffer is reused: nothing here awaits, and sha256() has read it when it returns.
  const input = entry.length === 32 ? LEAF : new Uint8Array(entry.length + 1);
  input.set(entry, 1);
  return sha256(input);
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  NODE.set(left, 1);
  NODE.set(right, 33);
  return sha256(NODE);
}

/** Root of the empty tree. */
export const EMPTY_ROOT: Hash = sha256(new Uint8Array(0));

/** Root over `hashes`, each the hash of a complete subtree of one size; the last may be of a smaller one. */
export function foldHashes(hashes: readonly Hash[]): Hash {
  let level: readonly Hash[] = hashes;
  if (level.length === 0) return EMPTY_ROOT;
  while (level.length > 1) {
    const next: Hash[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(nodeHash(level[i] as Hash, level[i + 1] as Hash));
    if (level.length % 2 === 1) next.push(level[level.length - 1] as Hash);
    level = next;
  }
  return level[0] as Hash;
}

/** Largest power of two that is smaller than `n` (n ≥ 2). Safe above 2^32, where bit operators are not. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Root over leaves [from, from + length), where `from` is a multiple of the smallest power of two ≥ `length`. */
async function rangeHash(from: number, length: number, nodes: NodeSource): Promise<Hash> {
  const height = Math.round(Math.log2(length));
  if (2 ** height === length) return nodes(height, from / length);
  const k = split(length);
  return nodeHash(await rangeHash(from, k, nodes), await rangeHash(from + k, length - k, nodes));
}

/** Root of the first `size` leaves. */
export async function treeRoot(size: number, nodes: NodeSource): Promise<Hash> {
  return size === 0 ? EMPTY_ROOT : rangeHash(0, size, nodes);
}

/** Inclusion path of leaf `index` in the tree of `size` leaves, from the leaf's sibling up (RFC 6962, 2.1.1). */
export async function inclusionProof(index: number, size: number, nodes: NodeSource): Promise<Hash[]> {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size))
    throw new RangeError('the leaf is not in the tree');
  const path: Hash[] = [];
  let from = 0;
  let length = size;
  while (length > 1) {
    const k = split(length);
    if (index - from < k) {
      path.push(await rangeHash(from + k, length - k, nodes));
      length = k;
    } else {
      path.push(await rangeHash(from, k, nodes));
      from += k;
      length -= k;
    }
  }
  return path.reverse();
}

/** Consistency proof between the trees of `from` and `to` leaves (RFC 6962, 2.1.2); empty when either says nothing. */
export async function consistencyProof(from: number, to: number, nodes: NodeSource): Promise<Hash[]> {
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to))
    throw new RangeError('the sizes are not in order');
  if (from === 0 || from === to) return [];
  const proof: Hash[] = [];
  let start = 0;
  let length = to;
  let older = from;
  // While true, the older tree's remaining part starts at leaf 0, and the verifier knows its root.
  let whole = true;
  while (older !== length) {
    const k = split(length);
    if (older <= k) {
      proof.push(await rangeHash(start + k, length - k, nodes));
      length = k;
    } else {
      proof.push(await rangeHash(start, k, nodes));
      start += k;
      length -= k;
      older -= k;
      whole = false;
    }
  }
  if (!whole) proof.push(await rangeHash(start, length, nodes));
  return proof.reverse();
}

/** The root that an inclusion path leads to; undefined where the path has not the length that index and size need. */
export function rootFromInclusion(
  index: number,
  size: number,
  leaf: Hash,
  path: readonly Hash[],
): Hash | undefined {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size))
    return undefined;
  let position = index;
  let last = size - 1;
  let root = leaf;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return undefined;
    if (position % 2 === 1 || position === last) {
      root = nodeHash(sibling, root);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      root = nodeHash(root, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : undefined;
}

/** True when `path` proves that `leaf` (a leaf hash) is leaf `index` of the tree of `size` leaves with `root`. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Hash,
  path: readonly Hash[],
  root: Hash,
): boolean {
  const found = rootFromInclusion(index, size, leaf, path);
  return found !== undefined && sameBytes(found, root);
}

/** True when `proof` shows that the tree (from, older) is a prefix of the tree (to, newer) (RFC 9162, 2.1.4.2). */
export function verifyConsistency(
  from: number,
  to: number,
  older: Hash,
  newer: Hash,
  proof: readonly Hash[],
): boolean {
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to)) return false;
  if (from === to) return proof.length === 0 && sameBytes(older, newer);
  if (from === 0) return proof.length === 0 && sameBytes(older, EMPTY_ROOT);
  if (proof.some((step) => step.length !== 32)) return false;
  const steps = isPowerOfTwo(from) ? [older, ...proof] : proof;
  const [first, ...rest] = steps;
  if (first === undefined || rest.length + 1 !== steps.length) return false;
  let position = from - 1;
  let last = to - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  let fromRoot: Hash = first;
  let toRoot: Hash = first;
  for (const step of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      fromRoot = nodeHash(step, fromRoot);
      toRoot = nodeHash(step, toRoot);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      toRoot = nodeHash(toRoot, step);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(fromRoot, older) && sameBytes(toRoot, newer);
}

function isPowerOfTwo(n: number): boolean {
  return n > 0 && Number.isInteger(Math.log2(n));
}
