import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskFileSystem, type FileSystem, type NewFile } from '../../../src/engines/embedded/file-system.ts';

/** One call that changed the disk. */
export interface Call {
  readonly call:
    | 'create'
    | 'write'
    | 'setTime'
    | 'sync'
    | 'close'
    | 'link'
    | 'rename'
    | 'unlink'
    | 'makeFolder'
    | 'syncFolder';
  readonly path: string;
  /** Of link and rename: the name that is given. */
  readonly to?: string;
}

/**
 * How call number `at` fails. `lost`: it did nothing. `kept`: it did its work and the answer was lost. `power`: the
 * machine stops there, and what was not synced is lost.
 */
export interface Fault {
  readonly at: number;
  readonly how: 'lost' | 'kept' | 'power';
}

/** The real disk, which records each call and fails one of them. */
export class FaultyFileSystem implements FileSystem {
  readonly calls: Call[] = [];
  readonly #fault: Fault | undefined;
  readonly #errno: string;
  /** Undoes what the disk would forget without power: per folder, newest last. */
  readonly #unsynced = new Map<string, (() => Promise<void>)[]>();
  #isOff = false;

  constructor(fault?: Fault, errno = 'EIO') {
    this.#fault = fault;
    this.#errno = errno;
  }

  /** True once the fault has struck. */
  get struck(): boolean {
    return this.#fault !== undefined && this.calls.length > this.#fault.at;
  }

  async create(path: string): Promise<NewFile> {
    let opened: NewFile | undefined;
    const file = await this.#run({ call: 'create', path }, async () => {
      opened = await diskFileSystem.create(path);
      return opened;
    }).catch(async (error: unknown) => {
      await opened?.close();
      throw error;
    });
    // A file that was never synced may be there with any bytes; its temporary name is never read.
    return {
      write: (bytes) => this.#run({ call: 'write', path }, () => file.write(bytes)),
      setTime: (time) => this.#run({ call: 'setTime', path }, () => file.setTime(time)),
      sync: () => this.#run({ call: 'sync', path }, () => file.sync()),
      // The process would not keep the descriptor either way.
      close: async () => {
        await file.close();
        await this.#run({ call: 'close', path }, async () => undefined);
      },
    };
  }

  link(from: string, to: string): Promise<'linked' | 'exists'> {
    return this.#run({ call: 'link', path: from, to }, async () => {
      const outcome = await diskFileSystem.link(from, to);
      if (outcome === 'linked') this.#forget(dirname(to), () => rm(to, { force: true }));
      return outcome;
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#run({ call: 'rename', path: from, to }, async () => {
      const before = await readFile(to).catch(() => undefined);
      await diskFileSystem.rename(from, to);
      this.#forget(dirname(to), async () => {
        await rm(to, { force: true });
        if (before !== undefined) await writeFile(to, before);
      });
    });
  }

  unlink(path: string): Promise<void> {
    return this.#run({ call: 'unlink', path }, () => diskFileSystem.unlink(path));
  }

  makeFolder(path: string): Promise<'made' | 'exists'> {
    return this.#run({ call: 'makeFolder', path }, async () => {
      const outcome = await diskFileSystem.makeFolder(path);
      if (outcome === 'made') this.#forget(dirname(path), () => rm(path, { recursive: true, force: true }));
      return outcome;
    });
  }

  syncFolder(path: string): Promise<void> {
    return this.#run({ call: 'syncFolder', path }, async () => {
      await diskFileSystem.syncFolder(path);
      this.#unsynced.delete(path);
    });
  }

  /** What the disk shows after the power came back. */
  async losePower(): Promise<void> {
    this.#isOff = true;
    for (const undos of [...this.#unsynced.values()]) for (const undo of [...undos].reverse()) await undo();
  }

  #forget(folder: string, undo: () => Promise<void>): void {
    this.#unsynced.set(folder, [...(this.#unsynced.get(folder) ?? []), undo]);
  }

  async #run<T>(call: Call, work: () => Promise<T>): Promise<T> {
    const fault = this.#fault;
    const isStruck = fault !== undefined && this.calls.length === fault.at;
    const isAfter = fault !== undefined && this.calls.length > fault.at;
    this.calls.push(call);
    if (this.#isOff || (fault?.how === 'power' && (isStruck || isAfter))) throw this.#error(call);
    if (isStruck && fault?.how === 'lost') throw this.#error(call);
    const result = await work();
    if (isStruck) throw this.#error(call);
    return result;
  }

  #error(call: Call): Error {
    return Object.assign(new Error(`${this.#errno}: injected at ${call.call}`), {
      code: this.#errno,
      syscall: call.call,
    });
  }
}
