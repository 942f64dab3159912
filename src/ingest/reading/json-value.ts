/** Where one JSON value ends, on bytes and before it is parsed: the innermost loop of all reading of JSON. */

/** How far the scan of a value has come; it goes on in the next chunk. */
export interface ValueScan {
  depth: number;
  /** Deepest nesting so far. */
  deepest: number;
  inString: boolean;
  escaped: boolean;
}

export const newScan = (): ValueScan => ({ depth: 0, deepest: 0, inString: false, escaped: false });

const [QUOTE, BACKSLASH, LF] = [34, 92, 10];
const [NOTHING, STRING, OPENS, CLOSES, ENDS] = [0, 1, 2, 3, 4];
/** What a byte outside of strings means. */
const MEANING = new Uint8Array(256).fill(NOTHING);
for (const [bytes, meaning] of [
  ['"', STRING],
  ['{[', OPENS],
  ['}]', CLOSES],
  [',', ENDS],
] as const)
  for (const byte of Buffer.from(bytes)) MEANING[byte] = meaning;

/**
 * Index just behind the value that is being scanned, or −1 where the chunk ends first. An object or a list ends with
 * its bracket, a scalar before the comma or bracket that follows it. A quote that is never closed is taken to end at
 * its line: JSON has no line break inside a string, so damage stays in its value.
 */
export function valueEnd(bytes: Uint8Array, from: number, scan: ValueScan): number {
  const { length } = bytes;
  let { depth, deepest, inString, escaped } = scan;
  let i = from;
  while (i < length) {
    if (inString) {
      if (escaped) {
        escaped = false;
        i++;
        continue;
      }
      let c = bytes[i] as number;
      while (c !== QUOTE && c !== BACKSLASH && c !== LF) {
        i++;
        if (i === length) break;
        c = bytes[i] as number;
      }
      if (i === length) break;
      if (c === BACKSLASH) escaped = true;
      else inString = false;
      i++;
      continue;
    }
    const meaning = MEANING[bytes[i] as number];
    if (meaning === NOTHING) i++;
    else if (meaning === STRING) {
      inString = true;
      i++;
    } else if (meaning === OPENS) {
      depth++;
      if (depth > deepest) deepest = depth;
      i++;
    } else if (depth === 0) return ended(scan, deepest, i);
    else {
      i++;
      if (meaning === CLOSES && --depth === 0) return ended(scan, deepest, i);
    }
  }
  scan.depth = depth;
  scan.deepest = deepest;
  scan.inString = inString;
  scan.escaped = escaped;
  return -1;
}

function ended(scan: ValueScan, deepest: number, at: number): number {
  scan.depth = 0;
  scan.deepest = deepest;
  return at;
}
