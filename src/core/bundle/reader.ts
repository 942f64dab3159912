/** What verifying a bundle needs of a place that holds it: a folder, a zip, an upload. */
export interface BundleReader {
  /** Paths of all files, `/` as separator, in any order. */
  list(): AsyncIterable<string>;
  /** Bytes of a file; undefined where there is none. */
  size(path: string): Promise<number | undefined>;
  /** Bytes [from, to) of a file that exists, in chunks. */
  read(path: string, from?: number, to?: number): AsyncIterable<Uint8Array>;
}

/** The whole file; undefined where it is missing or longer than `most`. */
export async function readWhole(
  bundle: BundleReader,
  path: string,
  most = 1_000_000,
): Promise<Uint8Array | undefined> {
  const size = await bundle.size(path);
  if (size === undefined || size > most) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of bundle.read(path)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Longest line of records.ndjson that is read: an event has at most 4 MiB of JSON, and may be escaped. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** Lines of a file without their ends; a line that is too long comes as undefined, and ends the reading. */
export async function* linesOf(bundle: BundleReader, path: string): AsyncGenerator<string | undefined> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bundle.read(path)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      held.push(chunk.subarray(start, end));
      yield Buffer.concat(held).toString('utf8');
      held = [];
      length = 0;
      start = end + 1;
    }
    // Copied: a reader may use its chunk again.
    const rest = chunk.slice(start);
    length += rest.length;
    if (length > LONGEST_LINE) {
      yield undefined;
      return;
    }
    if (rest.length > 0) held.push(rest);
  }
  if (length > 0) yield Buffer.concat(held).toString('utf8');
}
