/** Files of an export, `media/<reference>.1.jpg`, each beside a `.json` about it. */
import type { SourceFile } from '../../format.ts';
import { FilesBeside } from '../../reading/files-beside.ts';
import { nameOf } from '../../source-name.ts';

export class Media {
  readonly beside: FilesBeside;
  readonly #names = new Map<string, string[]>();

  constructor(files: readonly SourceFile[]) {
    this.beside = new FilesBeside(files);
    for (const file of files) {
      const name = nameOf(file);
      const id = name.slice(name.lastIndexOf('/') + 1).split('.')[0] ?? '';
      const list = this.#names.get(id) ?? [];
      this.#names.set(id, list);
      list.push(name);
    }
  }

  /** The file of a reference. */
  of(reference: string): SourceFile | undefined {
    const names = this.#names.get(reference) ?? [];
    return this.beside.find(...names.filter((name) => !name.endsWith('.json')));
  }
}
