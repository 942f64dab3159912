/** The mail of an RSMF: its `rsmf.zip`, opened in memory. Whole mails up to 64 MiB; a member stays compressed until read. */
import PostalMime from 'postal-mime';
import type { RejectCode } from '../../../core/rejects.ts';
import type { SourceFile } from '../../format.ts';
import { readWhole } from '../../reading/whole.ts';
import { openZip, readMember, type ZipMember } from '../../zip.ts';

export interface OpenedMail {
  readonly manifest: SourceFile;
  /** Files of the zip by name, the manifest aside. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** What the mail's `X-RSMF-EventCount` says. */
  readonly stated?: number;
}

const MAX_MEMBERS = 100_000;
/** A member may unpack to this many times its compressed size, beyond a floor. */
const MAX_RATIO = 300;
const RATIO_FLOOR = 16 * 1024 * 1024;

export async function openMail(
  file: SourceFile,
): Promise<OpenedMail | { readonly code: RejectCode; readonly detail?: string }> {
  const bytes = await readWhole(file);
  if (bytes === undefined) return { code: 'file-too-large' };
  const zip = await zipIn(bytes);
  if (zip === undefined) return { code: 'record-malformed', detail: 'the mail holds no rsmf.zip' };
  const { members, problem } = await openZip(
    { size: zip.bytes.length, read: (start, end) => one(zip.bytes.subarray(start, end)) },
    MAX_MEMBERS,
  );
  if (problem !== undefined) return problem;
  const files = new Map<string, SourceFile>();
  for (const member of members) {
    if (member.problem !== undefined) return { code: member.problem };
    if (member.size > RATIO_FLOOR && member.size > MAX_RATIO * Math.max(1, member.compressedSize))
      return { code: 'zip-bomb' };
    files.set(member.name, memberFile(file, zip.name, member));
  }
  const manifest = files.get('rsmf_manifest.json');
  if (manifest === undefined) return { code: 'record-malformed', detail: 'no rsmf_manifest.json' };
  files.delete('rsmf_manifest.json');
  return { manifest, files, ...(zip.stated !== undefined && { stated: zip.stated }) };
}

async function zipIn(
  mail: Buffer,
): Promise<{ name: string; bytes: Buffer; stated: number | undefined } | undefined> {
  let parsed: Awaited<ReturnType<typeof PostalMime.parse>>;
  try {
    parsed = await PostalMime.parse(mail, { attachmentEncoding: 'arraybuffer' });
  } catch {
    return undefined;
  }
  const found = parsed.attachments.find(({ filename }) => /^rsmf\.zip$/iu.test(filename ?? ''));
  if (found === undefined || typeof found.content === 'string') return undefined;
  const count = parsed.headers.find(({ key }) => key === 'x-rsmf-eventcount')?.value.trim();
  return {
    name: found.filename ?? 'rsmf.zip',
    bytes: Buffer.from(found.content as ArrayBuffer),
    stated: count !== undefined && /^\d{1,9}$/u.test(count) ? Number(count) : undefined,
  };
}

function memberFile(mail: SourceFile, zip: string, member: ZipMember): SourceFile {
  let damage: ReturnType<SourceFile['damage']>;
  const path = `${zip}!/${member.name}`;
  return {
    capture: mail.capture,
    path: mail.path,
    member: mail.member === undefined ? path : `${mail.member}!/${path}`,
    size: member.size,
    settings: mail.settings,
    open: () => {
      damage = undefined;
      return readMember(member, (found) => {
        damage = found;
      });
    },
    damage: () => damage,
  };
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
