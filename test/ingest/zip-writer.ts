import { crc32, deflateRawSync } from 'node:zlib';

/** A member as a test wants it, honest or not. */
export interface Member {
  readonly name: string | Uint8Array;
  readonly bytes: Uint8Array;
  readonly deflate?: boolean;
  readonly encrypted?: boolean;
  readonly method?: number;
  /** Size that the archive states. */
  readonly claimedSize?: number;
  readonly crc?: number;
  /** As a writer that cannot go back: checksum and sizes follow the bytes. */
  readonly streamed?: boolean;
}

/** Writes an archive byte by byte: the writers at hand refuse the names and sizes that a test needs. */
export function zipOf(members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const name =
      typeof member.name === 'string' ? Buffer.from(member.name, 'utf8') : Buffer.from(member.name);
    const data = member.deflate === true ? deflateRawSync(member.bytes) : Buffer.from(member.bytes);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x800 | (member.encrypted === true ? 1 : 0), 2);
    fields.writeUInt16LE(member.method ?? (member.deflate === true ? 8 : 0), 4);
    fields.writeUInt32LE(member.crc ?? crc32(member.bytes), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(member.claimedSize ?? member.bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const before = Buffer.from(fields);
    const after = Buffer.alloc(member.streamed === true ? 16 : 0);
    if (member.streamed === true) {
      before.writeUInt16LE(before.readUInt16LE(2) | 8, 2);
      before.fill(0, 10, 22);
      after.write('PK\x07\x08');
      fields.copy(after, 4, 10, 22);
    }
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), before, name, data, after]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fields, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
