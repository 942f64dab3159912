/**
 * Captures as the files they hold: a zip, a tar, a gzip or a mailbox is its members, containers inside containers
 * included. Nothing is ever written under a name from a container, and nothing is unpacked that claims more than its
 * capture may hold.
 */
import type { Sha256 } from '../core/event.ts';
import type { Vault } from '../core/ports/vault.ts';
import { type ReceiptSettings, receiptNames } from '../core/receipt.ts';
import type { RejectCode } from '../core/rejects.ts';
import { type Container, type Member, readPart } from './container.ts';
import { type ContainerKind, KIND_HEAD, kindOf, mayHoldFiles } from './container-kind.ts';
import type { Damage, SourceFile } from './format.ts';
import { gunzip, unpackedName } from './gzip.ts';
import { openMbox } from './mbox.ts';
import { openPst } from './pst.ts';
import type { RandomBytes } from './random-bytes.ts';
import { readHead } from './reading/text.ts';
import { type FileSettings, settingsByName } from './rules.ts';
import { Spool } from './spool.ts';
import { openTar } from './tar.ts';
import { openZip, readMember, type ZipMember } from './zip.ts';

/** Archives inside archives: this deep and no deeper. */
const MAX_NESTING = 4;
const MAX_MEMBERS = 300_000;
/** A member may unpack to this many times its size, and all members to as many times their capture, plus a floor. */
const MAX_RATIO = 300;
const RATIO_FLOOR = 16 * 1024 * 1024;

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
  vault: Pick<Vault, 'read'>,
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
      const kind = kindOf(await readPart(bytes, 0, KIND_HEAD), path);
      if (kind === undefined)
        files.push({
          capture: sha256,
          path,
          size,
          settings: settingsOf(path),
          open: () => (size === 0 ? empty() : vault.read(name)),
          damage: () => undefined,
        });
      else if (typeof kind === 'object')
        unreadable.push({ capture: sha256, path, size, code: 'archive-unread', detail: kind.unread });
      else await new Unpacking({ path, sha256, size }, settingsOf, spool, files, unreadable).run(kind, bytes);
    }
  } catch (error) {
    await spool.close();
    throw error;
  }
  return { files, unreadable, close: () => spool.close() };
}

async function* empty(): AsyncIterable<Uint8Array> {}

/** Unpacks one capture. */
class Unpacking {
  readonly capture: CapturedFile;
  readonly settingsOf: (name: string) => FileSettings;
  readonly #spool: Spool;
  readonly #files: SourceFile[];
  readonly #unreadable: Unreadable[];
  /** Bytes that the members opened so far unpack to. */
  #unpacked = 0;
  #members = 0;
  readonly #damaged = new Set<string>();

  constructor(
    capture: CapturedFile,
    settingsOf: (name: string) => FileSettings,
    spool: Spool,
    files: SourceFile[],
    unreadable: Unreadable[],
  ) {
    this.capture = capture;
    this.settingsOf = settingsOf;
    this.#spool = spool;
    this.#files = files;
    this.#unreadable = unreadable;
  }

  run(kind: ContainerKind, bytes: RandomBytes): Promise<void> {
    return this.#open(kind, bytes, '', 0);
  }

  /** `self`: the member that the container is; empty for the capture itself. */
  async #open(kind: ContainerKind, bytes: RandomBytes, self: string, depth: number): Promise<void> {
    if (kind === 'gzip') return this.#openGzip(bytes, self, depth);
    const room = MAX_MEMBERS - this.#members;
    if (kind === 'tar') return this.#openMembers(await openTar(bytes, room), bytes, self, depth);
    if (kind === 'pst')
      return this.#openMembers(await openPst(bytes, this.#spool, room, this.#room()), bytes, self, depth);
    if (kind === 'mbox') return this.#openMembers(await openMbox(bytes, room), bytes, self, depth);
    const { members, problem } = await openZip(bytes, room);
    const zip: Container<ZipMember> = {
      members,
      read: readMember,
      packed: (member) => member.compressedSize,
      ...(problem !== undefined && { problem }),
    };
    return this.#openMembers(zip, bytes, self, depth);
  }

  async #openMembers<M extends Member>(
    container: Container<M>,
    bytes: RandomBytes,
    self: string,
    depth: number,
  ): Promise<void> {
    this.#members += container.members.length;
    const names = new Map<string, number>();
    for (const entry of container.members.toSorted(byName)) {
      // The same name twice: both are kept, the second under a name of its own.
      const seen = names.get(entry.name) ?? 0;
      names.set(entry.name, seen + 1);
      const member = inside(self, entry.name) + (seen === 0 ? '' : `#${seen + 1}`);
      if (entry.problem !== undefined) {
        this.#refuse(member, entry.size, entry.problem);
        continue;
      }
      const packed = container.packed?.(entry);
      if (packed !== undefined) {
        if (entry.size > Math.min(this.#room(), allowance(packed))) {
          this.#refuse(member, entry.size, 'zip-bomb', `${entry.size} bytes from ${packed}`);
          continue;
        }
        this.#unpacked += entry.size;
      }
      const file = new MemberFile(container, entry, member, this);
      const kind = mayHoldFiles(entry.name)
        ? kindOf(Buffer.from(await readHead(file, KIND_HEAD)), entry.name)
        : undefined;
      if (kind === undefined) this.#files.push(file);
      else if (typeof kind === 'object') this.#refuse(member, entry.size, 'archive-unread', kind.unread);
      else if (depth + 1 >= MAX_NESTING) this.#refuse(member, entry.size, 'zip-too-deep');
      else {
        const inner = container.random?.(entry) ?? (await this.#spool.store(file.open()));
        const damage = file.damage();
        if (damage !== undefined) this.#refuse(member, entry.size, damage.code, damage.detail);
        else await this.#open(kind, inner, member, depth + 1);
      }
    }
    if (container.problem !== undefined)
      this.#refuseSelf(self, bytes.size, container.problem.code, container.problem.detail);
  }

  /** One file, which may be a container in turn: a tar in it belongs to the same level. */
  async #openGzip(packed: RandomBytes, self: string, depth: number): Promise<void> {
    const limit = Math.min(this.#room(), allowance(packed.size));
    let exceeded = false;
    let damage: Damage | undefined;
    const chunks = gunzip(
      packed,
      limit,
      () => {
        exceeded = true;
      },
      (found) => {
        damage = found;
      },
    );
    const bytes = await this.#spool.store(chunks);
    if (exceeded) {
      this.#spool.forget(bytes);
      this.#refuse(self, packed.size, 'zip-bomb', `more than ${limit} bytes from ${packed.size}`);
      return;
    }
    this.#unpacked += bytes.size;
    this.#members++;
    const name = unpackedName(self === '' ? this.capture.path : self);
    const kind = kindOf(await readPart(bytes, 0, KIND_HEAD), name);
    if (kind === undefined) {
      const read: Container<Member>['read'] = async function* (_, damaged) {
        yield* bytes.read(0, bytes.size);
        if (damage !== undefined) damaged(damage);
      };
      const member = { name, size: bytes.size };
      this.#files.push(new MemberFile({ members: [member], read }, member, inside(self, name), this));
      return;
    }
    if (damage !== undefined) this.#refuseSelf(self, packed.size, damage.code, damage.detail);
    if (typeof kind === 'object') this.#refuse(inside(self, name), bytes.size, 'archive-unread', kind.unread);
    else if (kind === 'tar') await this.#open(kind, bytes, self, depth);
    else if (depth + 1 >= MAX_NESTING) this.#refuse(inside(self, name), bytes.size, 'zip-too-deep');
    else await this.#open(kind, bytes, inside(self, name), depth + 1);
  }

  /** Bytes that may still be unpacked from this capture. */
  #room(): number {
    return RATIO_FLOOR + MAX_RATIO * this.capture.size - this.#unpacked;
  }

  /** A container that cannot be read whole: one reject, however many of its layers say so. */
  #refuseSelf(self: string, size: number, code: RejectCode, detail?: string): void {
    if (this.#damaged.has(self)) return;
    this.#damaged.add(self);
    this.#refuse(self, size, code, detail);
  }

  #refuse(member: string, size: number, code: RejectCode, detail?: string): void {
    this.#unreadable.push({
      capture: this.capture.sha256,
      path: this.capture.path,
      size,
      code,
      ...(member !== '' && { member }),
      ...(detail !== undefined && { detail }),
    });
  }
}

const byName = (a: Member, b: Member): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const inside = (container: string, name: string): string =>
  container === '' ? name : `${container}!/${name}`;
/** What so many packed bytes may come to. */
const allowance = (packed: number): number => Math.max(RATIO_FLOOR, MAX_RATIO * packed);

/** A member as a file. A class: there may be hundreds of thousands. */
class MemberFile<M extends Member> implements SourceFile {
  readonly member: string;
  readonly #container: Container<M>;
  readonly #entry: M;
  readonly #unpacking: Unpacking;
  #damage: Damage | undefined;

  constructor(container: Container<M>, entry: M, member: string, unpacking: Unpacking) {
    this.#container = container;
    this.#entry = entry;
    this.member = member;
    this.#unpacking = unpacking;
  }

  get capture(): Sha256 {
    return this.#unpacking.capture.sha256;
  }

  get path(): string {
    return this.#unpacking.capture.path;
  }

  get size(): number {
    return this.#entry.size;
  }

  get settings(): FileSettings {
    return this.#unpacking.settingsOf(`${this.path}!/${this.member}`);
  }

  open(): AsyncIterable<Uint8Array> {
    this.#damage = undefined;
    return this.#container.read(this.#entry, (found) => {
      this.#damage = found;
    });
  }

  damage(): Damage | undefined {
    return this.#damage;
  }
}
