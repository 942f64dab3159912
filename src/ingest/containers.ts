/**
 * Captures as the files they hold: a zip is its members, archives inside archives included. Nothing is ever written
 * under a name from the archive, and nothing is unpacked that claims more than its archive may hold.
 */
import type { Sha256 } from '../core/event.ts';
import type { Vault } from '../core/ports/vault.ts';
import { type ReceiptSettings, receiptNames } from '../core/receipt.ts';
import type { RejectCode } from '../core/rejects.ts';
import type { Damage, SourceFile } from './format.ts';
import type { RandomBytes } from './random-bytes.ts';
import { type FileSettings, settingsByName } from './rules.ts';
import { Spool } from './spool.ts';
import { openZip, readMember, type ZipMember } from './zip.ts';

/** Archives inside archives: this deep and no deeper. */
const MAX_NESTING = 4;
const MAX_MEMBERS = 300_000;
/** A member may unpack to this many times its size, and all members to as many times their capture, plus a floor. */
const MAX_RATIO = 300;
const RATIO_FLOOR = 16 * 1024 * 1024;

/** Documents that are zips inside: one file to whoever sent them. */
const DOCUMENT = /\.(?:docx|xlsx|pptx|odt|ods|odp|epub|jar|apk|xpi)$/iu;

/** A part of a capture that is not unpacked, with its reason. */
export interface Unreadable {
  readonly capture: Sha256;
  readonly path: string;
  readonly member?: string;
  readonly size: number;
  readonly code: RejectCode;
  readonly detail?: string;
}

export interface Opened {
  readonly files: readonly SourceFile[];
  readonly unreadable: readonly Unreadable[];
  /** Lets go of temporary space. Files must not be opened afterwards. */
  close(): Promise<void>;
}

interface CapturedFile {
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
}

/** Opens the captures of one receipt. Members come in the order of their names, whatever the order in the archive. */
export async function openCaptures(
  vault: Vault,
  captures: readonly CapturedFile[],
  settings: ReceiptSettings,
): Promise<Opened> {
  const spool = new Spool();
  const settingsOf = settingsByName(settings);
  const files: SourceFile[] = [];
  const unreadable: Unreadable[] = [];
  try {
    for (const { path, sha256, size } of captures) {
      const name = receiptNames.capture(sha256);
      const bytes: RandomBytes = {
        size,
        read: (start, end) => vault.read(name, { offset: start, length: end - start }),
      };
      if (!DOCUMENT.test(path) && (await isZip(bytes))) {
        const state = { path, capture: sha256, size, settingsOf, unpacked: 0, members: 0 };
        await openMembers(bytes, '', 0, state, spool, files, unreadable);
      } else {
        files.push({
          capture: sha256,
          path,
          size,
          settings: settingsOf(path),
          open: () => (size === 0 ? empty() : vault.read(name)),
          damage: () => undefined,
        });
      }
    }
  } catch (error) {
    await spool.close();
    throw error;
  }
  return { files, unreadable, close: () => spool.close() };
}

async function* empty(): AsyncIterable<Uint8Array> {}

/** `PK` and the signature of a first member, or of an archive without members. */
async function isZip(bytes: RandomBytes): Promise<boolean> {
  if (bytes.size < 22) return false;
  const head: number[] = [];
  for await (const chunk of bytes.read(0, 4)) head.push(...chunk);
  const signature = head.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return signature === '504b0304' || signature === '504b0506';
}

interface CaptureState {
  readonly path: string;
  readonly capture: Sha256;
  readonly size: number;
  readonly settingsOf: (name: string) => FileSettings;
  /** Bytes that the members opened so far unpack to. */
  unpacked: number;
  members: number;
}

async function openMembers(
  bytes: RandomBytes,
  prefix: string,
  depth: number,
  state: CaptureState,
  spool: Spool,
  files: SourceFile[],
  unreadable: Unreadable[],
): Promise<void> {
  const refuse = (member: string, size: number, code: RejectCode, detail?: string): void => {
    unreadable.push({
      capture: state.capture,
      path: state.path,
      size,
      code,
      ...(member !== '' && { member }),
      ...(detail !== undefined && { detail }),
    });
  };
  const self = prefix.replace(/!\/$/u, '');
  const zip = await openZip(bytes, MAX_MEMBERS - state.members);
  if (zip.members.length > 0) state.members += zip.members.length;
  const names = new Map<string, number>();
  for (const entry of [...zip.members].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    // The same name twice: both are kept, the second under a name of its own.
    const seen = names.get(entry.name) ?? 0;
    names.set(entry.name, seen + 1);
    const member = prefix + entry.name + (seen === 0 ? '' : `#${seen + 1}`);
    if (entry.problem !== undefined) {
      refuse(member, entry.size, entry.problem);
      continue;
    }
    const allowed = RATIO_FLOOR + MAX_RATIO * state.size - state.unpacked;
    const tooMuch = entry.size > RATIO_FLOOR && entry.size > MAX_RATIO * Math.max(1, entry.compressedSize);
    if (tooMuch || entry.size > allowed) {
      refuse(member, entry.size, 'zip-bomb', `${entry.size} bytes from ${entry.compressedSize}`);
      continue;
    }
    state.unpacked += entry.size;
    const file = new MemberFile(entry, member, state);
    if (!/\.zip$/iu.test(entry.name) || !(await startsAsZip(file))) {
      files.push(file);
      continue;
    }
    if (depth + 1 >= MAX_NESTING) {
      refuse(member, entry.size, 'zip-too-deep');
      continue;
    }
    const inner = await spool.store(file.open());
    const damage = file.damage();
    if (damage !== undefined) refuse(member, entry.size, damage.code, damage.detail);
    else await openMembers(inner, `${member}!/`, depth + 1, state, spool, files, unreadable);
  }
  if (zip.problem !== undefined) refuse(self, bytes.size, zip.problem.code, zip.problem.detail);
}

/** A member as a file. A class: there may be hundreds of thousands. */
class MemberFile implements SourceFile {
  readonly member: string;
  readonly #entry: ZipMember;
  readonly #state: CaptureState;
  #damage: Damage | undefined;

  constructor(entry: ZipMember, member: string, state: CaptureState) {
    this.#entry = entry;
    this.member = member;
    this.#state = state;
  }

  get capture(): Sha256 {
    return this.#state.capture;
  }

  get path(): string {
    return this.#state.path;
  }

  get size(): number {
    return this.#entry.size;
  }

  get settings(): FileSettings {
    return this.#state.settingsOf(`${this.path}!/${this.member}`);
  }

  open(): AsyncIterable<Uint8Array> {
    this.#damage = undefined;
    return readMember(this.#entry, (found) => {
      this.#damage = found;
    });
  }

  damage(): Damage | undefined {
    return this.#damage;
  }
}

async function startsAsZip(file: SourceFile): Promise<boolean> {
  if (file.size < 22) return false;
  for await (const chunk of file.open()) {
    const [a, b, c, d] = chunk;
    return a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6));
  }
  return false;
}
