/** The files of a set that are bytes of attachments, by the FileID that the dumps name. */
import type { Attachment } from '../../../core/event.ts';
import type { Frame, Holding, SourceFile } from '../../format.ts';
import { childText, type XmlNode } from '../../reading/xml.ts';
import { nameOf } from '../../source-name.ts';
import { fileIdOf } from './daily-set.ts';

export class AttachmentFiles {
  readonly #files = new Map<string, SourceFile>();
  readonly #named = new Set<SourceFile>();

  constructor(files: readonly SourceFile[]) {
    for (const file of files) {
      const id = fileIdOf(nameOf(file));
      if (id !== undefined && !this.#files.has(id)) this.#files.set(id, file);
    }
  }

  /** The attachment of an element, and its bytes where the set holds them. */
  read(node: XmlNode, index: number): { attachment: Attachment; holding?: Holding; file?: SourceFile } {
    const id = childText(node, 'FileID');
    const size = childText(node, 'FileSize');
    const reference = id ?? childText(node, 'Reference');
    const name = childText(node, 'FileName');
    const file = id === undefined ? undefined : this.#files.get(id);
    const attachment: Attachment = {
      ...(name !== undefined && { name }),
      ...(size !== undefined && /^\d{1,15}$/u.test(size) && { size: Number(size) }),
      ...(reference !== undefined && { reference }),
      state: 'referenced',
    };
    if (file === undefined) return { attachment };
    this.#named.add(file);
    return { attachment, holding: { attachment: index, open: () => file.open() }, file };
  }

  /** One unit for each file: held beside its message, or named by none. */
  *frames(files: readonly SourceFile[]): Iterable<Frame> {
    for (const file of files) {
      if (fileIdOf(nameOf(file)) === undefined) continue;
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
