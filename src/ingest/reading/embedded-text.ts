/** Texts inside of binary files: UTF-8, else the code page that was stated, else the one that they look like. */
import type { Repair } from '../../core/event.ts';
import { codePageNamed } from './code-page.ts';
import { legacyOf } from './legacy.ts';
import { decode, type TextStream } from './text.ts';

/** Reads texts of one file. `stated`: the encoding of its settings; `sample`: bytes of its texts, for a page to be found. */
export function embeddedText(
  stated: string | undefined,
  sample: Buffer,
): (bytes: Buffer, repairs: Repair[]) => string {
  const page = stated === undefined ? undefined : codePageNamed(stated);
  const stream: TextStream = {
    chunks: NONE,
    start: 0,
    wide: false,
    legacy: page === undefined ? { page: legacyOf(sample), from: 'detected' } : { page, from: 'stated' },
  };
  return (bytes, repairs) => decode(stream, bytes, repairs);
}

const NONE: AsyncIterable<Buffer> = { async *[Symbol.asyncIterator]() {} };
