/** A bundle as a folder: written file by file with digests for the manifest, and read back for verification. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { ManifestFile } from '../../core/bundle/layout.ts';
import type { BundleReader } from '../../core/bundle/reader.ts';

const CHUNK = 256 * 1024;

/** Writes the files of a bundle below a folder that exists; remembers path, digest and size of each. */
export class BundleWriter {
  readonly #root: string;
  readonly #made = new Set<string>();
  readonly files: ManifestFile[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  path(name: string): string {
    return join(this.#root, ...name.split('/'));
  }

  /** A whole file. `listed` is false for the manifest itself and its signature. */
  async write(name: string, content: string | Uint8Array, listed = true): Promise<void> {
    const file = await this.stream(name);
    await file.add(content);
    await file.close(listed);
  }

  /** A file that is written piece by piece. */
  async stream(name: string): Promise<BundleFile> {
    const path = this.path(name);
    const folder = dirname(path);
    if (!this.#made.has(folder)) {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      this.#made.add(folder);
    }
    const handle = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o644);
    return new BundleFile(handle, name, (file) => this.files.push(file));
  }

  /** Lists a file that was written by other means. */
  async adopt(name: string): Promise<void> {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of chunks(this.path(name), 0, Number.POSITIVE_INFINITY)) {
      hash.update(chunk);
      size += chunk.length;
    }
    this.files.push({ path: name, sha256: hash.digest('hex'), size });
  }

  /** Makes every name durable. */
  async sync(): Promise<void> {
    for (const folder of [...this.#made, this.#root]) {
      const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  }
}

/** A file of a bundle while it is written. */
export class BundleFile {
  readonly #handle: FileHandle;
  readonly #name: string;
  readonly #list: (file: ManifestFile) => void;
  readonly #hash = createHash('sha256');
  #held: Uint8Array[] = [];
  #length = 0;
  #size = 0;

  constructor(handle: FileHandle, name: string, list: (file: ManifestFile) => void) {
    this.#handle = handle;
    this.#name = name;
    this.#list = list;
  }

  async add(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.#hash.update(bytes);
    this.#size += bytes.length;
    this.#held.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= CHUNK) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#length = 0;
    let written = 0;
    while (written < bytes.length) {
      written += (await this.#handle.write(bytes, written, bytes.length - written)).bytesWritten;
    }
  }

  /** Ends the file, durable; answers its digest. */
  async close(listed = true): Promise<ManifestFile> {
    try {
      await this.#flush();
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
    const file = { path: this.#name, sha256: this.#hash.digest('hex'), size: this.#size };
    if (listed) this.#list(file);
    return file;
  }
}

/** Reads a folder as a bundle. Links and special files are listed, and read as files that are not there. */
export function folderBundle(root: string): BundleReader {
  const place = (path: string): string => join(root, ...path.split('/'));
  return {
    async *list() {
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
        if (entry.isDirectory()) continue;
        yield relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
      }
    },
    async size(path) {
      if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined;
      const info = await lstat(place(path)).catch(() => undefined);
      return info?.isFile() === true ? info.size : undefined;
    },
    read: (path, from = 0, to = Number.POSITIVE_INFINITY) => chunks(place(path), from, to),
  };
}

async function* chunks(path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const end = Math.min(to, (await file.stat()).size);
    for (let at = from; at < end; ) {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK, end - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
