/** A file of mContacts: the history with one contact, without his name. */
import type { Repair } from '../../../core/event.ts';
import type { Frame, Outcome, Source, SourceFile } from '../../format.ts';
import { embeddedText } from '../../reading/embedded-text.ts';
import { noEntries, rejectFrame } from '../../reading/frames.ts';
import { Scribe } from '../../reading/scribe.ts';
import { readWhole } from '../../reading/whole.ts';
import { nameOf } from '../../source-name.ts';
import { contentOf } from './blob.ts';
import { FLAGS, outcomeOf, type Sides } from './event.ts';

const HEAD = 10;
/** Sizes of an event's head as 32-bit and as 64-bit Miranda wrote it. */
const NARROW = 28;
const WIDE = 40;

export const isContactFile = (bytes: Buffer): boolean =>
  bytes.length >= HEAD + NARROW &&
  bytes.toString('latin1', 0, 2) === 'HB' &&
  bytes.readUInt32LE(2) < 0x1000 &&
  [NARROW, WIDE].includes(bytes.readUInt32LE(HEAD));

export async function* contactFileFrames(source: Source, file: SourceFile): AsyncIterable<readonly Frame[]> {
  const bytes = await readWhole(file);
  if (bytes === undefined) {
    yield [rejectFrame(file, { offset: 0, length: file.size }, 'file-too-large')];
    return;
  }
  const stem = (nameOf(file).split('/').at(-1) ?? '').replace(/\.\w{1,5}$/u, '');
  const { network, account } = file.settings;
  const sides: Sides = {
    network,
    self: account,
    peer: stem,
    facts: { network: 'setting', conversation: 'path', ...(account !== undefined && { account: 'setting' }) },
  };
  const decode = embeddedText(file.settings.encoding, bytes.subarray(HEAD));
  const scribe = new Scribe();
  let batch: Frame[] = [];
  let units = 0;
  for (let at = HEAD; at < bytes.length; ) {
    const size = at + 4 <= bytes.length ? bytes.readUInt32LE(at) : 0;
    // Behind the sizes, a pointer that says nothing and, with 64 bits, the high half of both.
    const fields = at + (size === WIDE ? 16 : 8);
    const blobSize = at + size <= bytes.length && size >= NARROW ? bytes.readUInt32LE(fields + 12) : 0;
    const end = at + size + blobSize;
    if ((size !== NARROW && size !== WIDE) || end > bytes.length) {
      const code = size === NARROW || size === WIDE ? 'truncated' : 'file-damaged';
      batch.push(rejectFrame(file, { offset: at, length: bytes.length - at }, code));
      break;
    }
    const place = { source, file, offset: at, length: end - at };
    const blob = bytes.subarray(at + size, end);
    const read = (): Outcome[] => {
      const flags = bytes.readUInt32LE(fields + 4);
      if ((flags & FLAGS.encrypted) !== 0) return [{ type: 'reject', code: 'file-encrypted' }];
      const repairs: Repair[] = [];
      const kind = bytes.readUInt32LE(fields + 8);
      const time = bytes.readUInt32LE(fields);
      const content = contentOf(kind, flags, blob, decode, repairs);
      return [
        outcomeOf(scribe, place, sides, {
          time,
          kind,
          sent: (flags & FLAGS.sent) !== 0,
          ...content,
          repairs,
        }),
      ];
    };
    batch.push({ ...place, units: 1, read });
    at = end;
    if (batch.length < 1024) continue;
    units += batch.length;
    yield batch;
    batch = [];
  }
  units += batch.length;
  if (units === 0) batch.push(noEntries(file));
  yield batch;
}
