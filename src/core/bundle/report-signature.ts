/** The signature of the report: that it covers the whole file, and by whom it is. Streams; the file may be hostile. */
import { createHash } from 'node:crypto';
import { bad, good, type Read } from '../ledger/read.ts';
import { checkSignedData } from '../pki/cms-check.ts';
import { type BundleReader, readWhole } from './reader.ts';

const BYTE_RANGE = /\/ByteRange ?\[ ?0 {1,20}(\d{1,12}) {1,20}(\d{1,12}) {1,20}(\d{1,12}) {0,20}\]/g;
/** Bytes that two chunks share, so that no pattern is cut. */
const OVERLAP = 200;
const MOST_CANDIDATES = 20;
const LONGEST_CMS = 200_000;

interface Ranges {
  /** End of the first range; the signature stands from here to `to`. */
  readonly from: number;
  readonly to: number;
}

/** DER of the certificate that signed all of the PDF at `path`, but for the room of the signature itself. */
export async function checkReport(bundle: BundleReader, path: string): Promise<Read<Uint8Array>> {
  const size = (await bundle.size(path)) ?? 0;
  let why = 'it bears no signature over the whole file';
  for (const ranges of await candidates(bundle, path, size)) {
    const checked = await check(bundle, path, size, ranges);
    if (checked.ok) return good(checked.value);
    why = checked.why;
  }
  return bad(why);
}

/** Text that looks like a byte range may stand anywhere; only one that reaches to the last byte is looked at. */
async function candidates(bundle: BundleReader, path: string, size: number): Promise<Ranges[]> {
  const found = new Map<string, Ranges>();
  let tail = '';
  for await (const chunk of bundle.read(path)) {
    const text = tail + Buffer.from(chunk).toString('latin1');
    for (const match of text.matchAll(BYTE_RANGE)) {
      const [from, to, rest] = [Number(match[1]), Number(match[2]), Number(match[3])];
      if (from < to && to + rest === size && to - from <= LONGEST_CMS && found.size < MOST_CANDIDATES) {
        found.set(`${from}-${to}`, { from, to });
      }
    }
    tail = text.slice(-OVERLAP);
  }
  return [...found.values()];
}

async function check(
  bundle: BundleReader,
  path: string,
  size: number,
  { from, to }: Ranges,
): Promise<Read<Uint8Array>> {
  const slot = await readWhole(
    { ...bundle, size: async () => to - from, read: () => bundle.read(path, from, to) },
    path,
  );
  const hex = Buffer.from(slot ?? []).toString('latin1');
  if (!/^<(?:[0-9a-fA-F]{2})+>$/.test(hex)) return bad('the room of the signature holds something else');
  const hash = createHash('sha256');
  for await (const chunk of bundle.read(path, 0, from)) hash.update(chunk);
  for await (const chunk of bundle.read(path, to, size)) hash.update(chunk);
  const checked = checkSignedData(Buffer.from(hex.slice(1, -1), 'hex'), hash.digest());
  return checked.ok ? good(checked.value.signer) : checked;
}
