import { fromBase64 } from '../ledger/read.ts';
import type { Hash } from '../ledger/tree.ts';
import { parseLogName } from '../logs.ts';
import type { BundleRecord } from './layout.ts';

export interface StatedHead {
  readonly log: string;
  readonly size: number;
  readonly root: Hash;
}

/** The heads that a `heads` act of control names; undefined for any other record or what is not of its form. */
export function statedHeads(line: BundleRecord): StatedHead[] | undefined {
  if (line.type !== 'act' || line.record.action !== 'heads') return undefined;
  const { heads } = line.record.details;
  if (!Array.isArray(heads)) return undefined;
  const stated: StatedHead[] = [];
  for (const head of heads as readonly unknown[]) {
    if (typeof head !== 'object' || head === null) return undefined;
    const { log, size, root } = head as { readonly [key: string]: unknown };
    const bytes = typeof root === 'string' ? fromBase64(root, 32) : undefined;
    if (typeof log !== 'string' || parseLogName(log) === undefined) return undefined;
    if (!Number.isSafeInteger(size) || (size as number) < 0 || bytes === undefined) return undefined;
    stated.push({ log, size: size as number, root: bytes });
  }
  return stated;
}
