/** What an event holds: texts behind each other, ended by NUL, in the code page of the machine or in UTF-8. */
import { isUtf8 } from 'node:buffer';
import type { Repair } from '../../../core/event.ts';
import { isObject } from '../../reading/json.ts';
import { FLAGS, KINDS, type MirandaEvent } from './event.ts';

type Decode = (bytes: Buffer, repairs: Repair[]) => string;

/** The text and the file of an event from its bytes. */
export function contentOf(
  kind: number,
  flags: number,
  blob: Buffer,
  decode: Decode,
  repairs: Repair[],
): Pick<MirandaEvent, 'text' | 'file'> {
  const read = (bytes: Buffer): string =>
    (flags & FLAGS.utf8) !== 0 && isUtf8(bytes) ? bytes.toString('utf8') : decode(bytes, repairs);
  switch (kind) {
    case KINDS.message:
      return { text: messageText(blob, flags, read) };
    case KINDS.url:
      return {
        text: strings(blob, 0)
          .map(read)
          .filter((each) => each !== '')
          .join('\n'),
      };
    case KINDS.file: {
      const described = fileInJson(blob);
      if (described !== undefined) return described;
      const [name = Buffer.alloc(0), about = Buffer.alloc(0)] = strings(blob, 4);
      const path = read(name);
      return { text: read(about), file: { name: path.split(/[/\\]/u).at(-1) || path, reference: path } };
    }
    case KINDS.added:
    case KINDS.authRequest:
      // A number and a handle of the program stand before the texts.
      return {
        text: strings(blob, 8)
          .map(read)
          .filter((each) => each !== '')
          .join('\n'),
      };
    default:
      return { text: read(strings(blob, 0)[0] ?? Buffer.alloc(0)) };
  }
}

/** Before UTF-8, a text in the code page was followed by the same in UTF-16. */
function messageText(blob: Buffer, flags: number, read: (bytes: Buffer) => string): string {
  const end = blob.indexOf(0);
  const first = end === -1 ? blob : blob.subarray(0, end);
  if ((flags & FLAGS.utf8) !== 0 || end === -1) return read(first);
  const rest = blob.subarray(end + 1);
  if (rest.length < 4 || rest.length % 2 !== 0) return read(first);
  const wide = rest.toString('utf16le');
  const stop = wide.indexOf('\0');
  const text = stop === -1 ? wide : wide.slice(0, stop);
  return text !== '' && text.isWellFormed() ? text : read(first);
}

const MAX_STRINGS = 64;

function strings(blob: Buffer, from: number): Buffer[] {
  const found: Buffer[] = [];
  let at = from;
  while (at < blob.length && found.length < MAX_STRINGS) {
    const end = blob.indexOf(0, at);
    found.push(blob.subarray(at, end === -1 ? blob.length : end));
    if (end === -1) break;
    at = end + 1;
  }
  return found;
}

/** Newer versions describe a file as JSON: `{"f": name, "d": about, "s": size, "u": url}`. */
function fileInJson(blob: Buffer): Pick<MirandaEvent, 'text' | 'file'> | undefined {
  if (blob[0] !== 123 || blob.length > 65_536) return undefined;
  try {
    const value: unknown = JSON.parse(blob.toString('utf8').replace(/\0+$/u, ''));
    if (!isObject(value)) return undefined;
    const { f: name, d: about, s: size, u: url, lf: local } = value;
    if (typeof name !== 'string') return undefined;
    const reference = typeof url === 'string' ? url : typeof local === 'string' ? local : undefined;
    return {
      text: typeof about === 'string' ? about.toWellFormed() : '',
      file: {
        name: name.toWellFormed(),
        ...(typeof size === 'number' && Number.isSafeInteger(size) && { size }),
        ...(reference !== undefined && { reference: reference.toWellFormed() }),
      },
    };
  } catch {
    return undefined;
  }
}
