/** The newest act in control that names the heads of all logs, and how each log grew from there to the export. */
import type { ArchiveReader, Head } from '../../archive/reader.ts';
import type { BundleRecord, HeadsFile } from '../../core/bundle/layout.ts';
import { statedHeads } from '../../core/bundle/stated-heads.ts';
import { toBase64 } from '../../core/ledger/read.ts';
import { baseOf, CONTROL } from '../../core/logs.ts';

/** Acts looked at in one step back from the end of control. */
const STEP = 500;

/** Undefined where control holds no such act yet. */
export async function newestHeads(
  reader: ArchiveReader,
  heads: readonly Head[],
): Promise<HeadsFile | undefined> {
  const controls = heads.filter(({ log }) => baseOf(log) === CONTROL).reverse();
  for (const control of controls) {
    const act = await newestHeadsAct(reader, control);
    if (act === undefined) continue;
    const consistency: Record<string, { from: number; path: string[] }> = {};
    for (const stated of statedHeads(act) ?? []) {
      const head = heads.find(({ log }) => log === stated.log);
      if (head === undefined || stated.size > head.size) continue;
      const path =
        stated.size === 0 || stated.size === head.size
          ? []
          : await reader.consistency(stated.log, stated.size, head.size);
      consistency[stated.log] = { from: stated.size, path: path.map(toBase64) };
    }
    return { act, consistency };
  }
  return undefined;
}

async function newestHeadsAct(reader: ArchiveReader, control: Head): Promise<BundleRecord | undefined> {
  for (let to = control.size; to > 0; to -= STEP) {
    let found: BundleRecord | undefined;
    for await (const sealed of reader.scan(control.log, Math.max(0, to - STEP), to)) {
      const line: BundleRecord = { log: control.log, ...sealed };
      if (statedHeads(line) !== undefined) found = line;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}
