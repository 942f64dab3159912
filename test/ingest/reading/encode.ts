/** Text in a code page: the inverse of the platform's decoder, which has no encoder of its own. */
export function encode(text: string, page: string): Buffer {
  const table = tableOf(page);
  const pieces = [...text].map((c) => {
    const bytes = c < '\x80' ? [c.charCodeAt(0)] : table.get(c);
    if (bytes === undefined) throw new RangeError(`${page} has no ${c}`);
    return bytes;
  });
  return Buffer.from(pieces.flat());
}

const tables = new Map<string, Map<string, number[]>>();

function tableOf(page: string): Map<string, number[]> {
  const known = tables.get(page);
  if (known !== undefined) return known;
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(page);
  const add = (bytes: number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if ([...text].length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, bytes);
  };
  for (let lead = 0x80; lead <= 0xff; lead++) add([lead]);
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) add([lead, trail]);
  tables.set(page, table);
  return table;
}
