/** What kind of container bytes are, by their first bytes. */
import { startsAsMbox } from './mbox.ts';
import { startsAsPst } from './pst.ts';
import { startsAsTar } from './tar.ts';

export type ContainerKind = 'zip' | 'gzip' | 'tar' | 'mbox' | 'pst';
/** Kinds that are recognised and not read. */
type UnreadKind = { readonly unread: string };

/** Bytes that {@link kindOf} wants to see. */
export const KIND_HEAD = 2048;

/** Documents that are zips inside: one file to whoever sent them. */
const DOCUMENT = /\.(?:docx|xlsx|pptx|odt|ods|odp|epub|jar|apk|xpi)$/iu;

const startsWith = (head: Buffer, hex: string): boolean =>
  head.length >= hex.length / 2 && head.subarray(0, hex.length / 2).toString('hex') === hex;

/** First bytes in hex → name. Sources: the specifications of these formats. */
const UNREAD: readonly (readonly [string, string])[] = [
  ['fd377a585a00', 'xz'],
  ['377abcaf271c', '7z'],
  ['526172211a07', 'rar'],
  ['28b52ffd', 'zstd'],
  ['4d534346', 'cab'],
];

/** `name`: of the file, for documents that are zips. */
export function kindOf(head: Buffer, name: string): ContainerKind | UnreadKind | undefined {
  // A zip starts with its first member, or with the end of an empty directory.
  if (startsWith(head, '504b0304') || startsWith(head, '504b0506'))
    return DOCUMENT.test(name) ? undefined : 'zip';
  if (startsWith(head, '1f8b08')) return 'gzip';
  // The three letters of bzip2 may start a text; its blocks go on like this.
  for (const [mark, unread] of UNREAD) if (startsWith(head, mark)) return { unread };
  // The three letters of bzip2 may start a text: its first block goes on like this.
  if (/^BZh[1-9]1AY&SY/u.test(head.toString('latin1', 0, 10))) return { unread: 'bzip2' };
  if (startsAsPst(head)) return 'pst';
  if (startsAsTar(head)) return 'tar';
  if (startsAsMbox(head)) return 'mbox';
  return undefined;
}

/**
 * Whether a member may be a container, by its name. Attachments are documents of their senders, so that only what is
 * named as a container, or has no ending at all, is looked into.
 */
export const mayHoldFiles = (name: string): boolean =>
  /\.(?:zip|tar|tgz|gz|mbox|mbx|pst|ost|bz2|tbz2?|xz|txz|7z|rar|zst|cab)$/iu.test(name) ||
  /(?:^|\/)[^./]+$/u.test(name);
