/** Framing of logs whose entries are lines, each with the lines after it that begin none. */
import type { Repair } from '../../core/event.ts';
import { type Frame, MAX_UNIT, type Outcome, type Source, type SourceFile } from '../format.ts';
import { noEntries, rejectFrame } from './frames.ts';
import { type Line, lines } from './lines.ts';
import type { Place } from './provenance.ts';
import { decodeHead, openText, readHead, type TextStream } from './text.ts';

/**
 * What a line is: `entry` begins one, `more` goes on with the entry before, `heading` says something about those that
 * follow and is no unit, `blank` is nothing, `unknown` is a reject.
 */
export type Role = 'entry' | 'more' | 'heading' | 'blank' | 'unknown';

/** `Head`: what a log finds at the beginning of an entry, so that reading need not look for it again. */
export interface EntryLog<Head extends object = never> {
  /** Where a line falls into several: a global pattern of ASCII that is empty itself and stands before each further one. */
  readonly splits?: RegExp;
  /**
   * Asked once for every line, in their order, ahead of reading; a head is that of an entry. Without an entry before
   * it, `more` is `unknown`.
   */
  role(line: string): Role | Head;
  /** Units of an entry, where they can be more than one. */
  unitsOf?(entry: string, head: Head | undefined): number;
  /** Reads an entry, its lines joined by line feeds: one outcome a unit. No head: its line was said to be an `entry`. */
  read(entry: string, place: Place, repairs: Repair[], head: Head | undefined): Outcome | readonly Outcome[];
  /** Takes a heading, at its turn among the entries. */
  heading?(line: string): void;
}

/** An entry without the line feeds that end it: a pattern alone would look at every one in the text. */
export const withoutBlankEnd = (text: string): string =>
  text.endsWith('\n') ? text.replace(/\n+$/u, '') : text;

/** An entry: its lines are gathered, then it is read. Past the largest unit they are passed over and only measured. */
class Entry<Head extends object> implements Frame {
  readonly source: Source;
  readonly file: SourceFile;
  readonly offset: number;
  length: number;
  readonly #log: EntryLog<Head>;
  readonly #head: Head | undefined;
  #chars: number;
  /** Its lines so far, joined by line feeds. */
  #text: string;
  readonly #repairs: Repair[];

  constructor(
    source: Source,
    file: SourceFile,
    log: EntryLog<Head>,
    head: Head | undefined,
    line: Line,
    text: string,
  ) {
    this.source = source;
    this.file = file;
    this.offset = line.offset;
    this.length = line.length;
    this.#log = log;
    this.#head = head;
    this.#chars = text.length;
    this.#text = text;
    this.#repairs = [...line.repairs];
  }

  add(line: Line, text: string): void {
    this.length = line.offset + line.length - this.offset;
    this.#chars += text.length + 1;
    this.#text = this.#isTooLong ? '' : `${this.#text}\n${text}`;
    for (const repair of line.repairs)
      if (!this.#repairs.some((known) => known.code === repair.code && known.what === repair.what))
        this.#repairs.push(repair);
  }

  get #isTooLong(): boolean {
    return this.#chars > MAX_UNIT;
  }

  get units(): number {
    return this.#isTooLong ? 1 : (this.#log.unitsOf?.(this.#text, this.#head) ?? 1);
  }

  read(): readonly Outcome[] {
    if (this.#isTooLong) return [{ type: 'reject', code: 'unit-too-long' }];
    const found = this.#log.read(this.#text, this, this.#repairs, this.#head);
    return 'type' in found ? [found] : found;
  }
}

/** All entries of a file; a file without any is one exclusion. */
export async function* entryFrames<Head extends object>(
  source: Source,
  file: SourceFile,
  log: EntryLog<Head>,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  let open: Entry<Head> | undefined;
  let units = 0;
  for await (const batch of lines(await withLineFeeds(stream, file), log.splits)) {
    const frames: Frame[] = [];
    const close = (): void => {
      if (open !== undefined) frames.push(open);
      open = undefined;
    };
    for (const line of batch) {
      const { text } = line;
      const role = text === undefined ? 'unknown' : log.role(text);
      if (role === 'more' && open !== undefined && text !== undefined) {
        open.add(line, text);
        continue;
      }
      if (role === 'blank' || (role === 'more' && text?.trim() === '')) continue;
      close();
      const head = typeof role === 'string' ? undefined : role;
      if ((role === 'entry' || head !== undefined) && text !== undefined) {
        open = new Entry(source, file, log, head, line, text);
        units++;
      } else if (role === 'heading' && text !== undefined) {
        frames.push(headingFrame(file, line, () => log.heading?.(text)));
      } else {
        frames.push(rejectFrame(file, line, text === undefined ? 'line-too-long' : 'line-unknown'));
        units++;
      }
    }
    yield frames;
  }
  if (open !== undefined) yield [open];
  if (units === 0) yield [noEntries(file)];
}

/** A heading is no unit, and is read at its turn all the same. */
function headingFrame(file: SourceFile, { offset, length }: Line, take: () => void): Frame {
  return {
    file,
    offset,
    length,
    units: 0,
    read() {
      take();
      return [];
    },
  };
}

const HEAD = 65_536;

/** Classic Mac OS ended lines by CR alone; such a file is read as if they were line feeds. */
async function withLineFeeds(stream: TextStream, file: SourceFile): Promise<TextStream> {
  const head = decodeHead(await readHead(file, HEAD));
  if (!head.includes('\r') || head.includes('\n')) return stream;
  const chunks = async function* (): AsyncIterable<Buffer> {
    for await (const chunk of stream.chunks) {
      const copy = Buffer.from(chunk);
      for (let at = copy.indexOf(13); at !== -1; at = copy.indexOf(13, at + 1)) copy[at] = 10;
      yield copy;
    }
  };
  return { ...stream, chunks: chunks() };
}
