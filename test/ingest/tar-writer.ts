import { type Header, pack } from 'tar-stream';

export interface TarEntry extends Partial<Header> {
  readonly name: string;
  readonly bytes?: Uint8Array;
}

/** A tar as tar-stream writes it: ustar, with pax records where a name or size does not fit. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { bytes, ...header } of entries) archive.entry(header, Buffer.from(bytes ?? []));
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive) if (piece instanceof Uint8Array) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** One header with the bytes after it, field by field: what no honest writer gives. */
export function rawEntry(fields: {
  name: string;
  type?: string;
  size?: string | Buffer;
  bytes?: Uint8Array;
  magic?: string;
}): Buffer {
  const { name, type = '0', bytes = new Uint8Array(), magic = 'ustar\x0000' } = fields;
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'utf8');
  header.write('0000644\0', 100);
  const size = fields.size ?? `${bytes.length.toString(8).padStart(11, '0')}\0`;
  if (typeof size === 'string') header.write(size, 124);
  else size.copy(header, 124);
  header.write(type, 156);
  header.write(magic, 257, 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const data = Buffer.alloc(Math.ceil(bytes.length / 512) * 512);
  data.set(bytes);
  return Buffer.concat([header, data]);
}
