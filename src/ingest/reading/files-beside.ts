/** Files that lie beside a transcript and that its messages name: their bytes are held with the message. */
import type { Attachment } from '../../core/event.ts';
import type { Frame, Holding, SourceFile } from '../format.ts';
import { nameOf } from '../source-name.ts';

export class FilesBeside {
  readonly #files = new Map<string, SourceFile>();
  readonly #named = new Set<SourceFile>();

  /** `files`: whatever is no transcript itself. */
  constructor(files: readonly SourceFile[]) {
    for (const file of files) this.#files.set(nameOf(file), file);
  }

  /** The file at the first of these names that there is one at; it then counts as named. */
  find(...names: readonly string[]): SourceFile | undefined {
    for (const name of names) {
      const file = this.#files.get(name);
      if (file === undefined) continue;
      this.#named.add(file);
      return file;
    }
    return undefined;
  }

  /** One exclusion a file. To be asked for after the last transcript was read. */
  *rest(): Iterable<Frame> {
    for (const file of this.#files.values()) {
      const reason = (): 'attachment-file' | 'file-unnamed' =>
        this.#named.has(file) ? 'attachment-file' : 'file-unnamed';
      yield {
        file,
        offset: 0,
        length: file.size,
        units: 1,
        read: () => [{ type: 'excluded', reason: reason() }],
      };
    }
  }
}

/** An attachment as a message states it, and the file with its bytes where that is at hand. */
export interface Shared {
  readonly attachment: Attachment;
  readonly file?: SourceFile | undefined;
}

/** Attachments of an event and the holdings that go with them; nothing where there are none. */
export function sharing(shared: readonly Shared[]): {
  readonly attachments?: readonly Attachment[];
  readonly holdings?: readonly Holding[];
} {
  if (shared.length === 0) return {};
  const holdings = shared.flatMap(({ file }, attachment) =>
    file === undefined ? [] : [{ attachment, open: () => file.open() }],
  );
  return {
    attachments: shared.map(({ attachment }) => attachment),
    ...(holdings.length > 0 && { holdings }),
  };
}
