/**
 * Framing of XML whose units are the children of known containers, on bytes and in bounded memory, without building a
 * document: raw `<` inside a unit, a missing end tag, a cut-off end or a document type cost one unit, not the rest.
 */
import { MAX_UNIT } from '../format.ts';
import { TagFinder } from './tag-finder.ts';
import { measure, type TextStream } from './text.ts';
import { Window } from './window.ts';

export interface XmlShape {
  /** Elements that are entered. Outside of `innermost` every other element is a fact. */
  readonly containers: ReadonlySet<string>;
  /** The container whose children are facts or units. */
  readonly innermost: string;
  /** Children of `innermost` that say something about it and are no units. */
  readonly facts: ReadonlySet<string>;
  /** Names of known units: where one starts before another has ended, the other was never closed. */
  readonly units: ReadonlySet<string>;
  /** Units that may hold elements of their own name (a forwarded message in a message). */
  readonly nested?: ReadonlySet<string>;
}

export type XmlPart = {
  readonly offset: number;
  readonly length: number;
} & (
  | { readonly type: 'enter'; readonly name: string; readonly bytes: Buffer }
  | { readonly type: 'leave'; readonly name: string }
  | { readonly type: 'fact' | 'unit'; readonly name: string; readonly bytes: Buffer }
  | {
      readonly type: 'problem';
      readonly problem: 'unit-too-long' | 'truncated' | 'xml-doctype' | 'xml-malformed';
    }
);

const [LT, GT, SLASH, BANG, QUESTION] = [60, 62, 47, 33, 63];
/** Longest name of a tag; what follows is not looked at. */
const MAX_NAME = 254;
/** Bytes that begin a name, and bytes that go on with one. */
const [BEGINS, GOES_ON] = [/[A-Za-z_:]/, /[\w:.-]/].map((pattern) =>
  Uint8Array.from({ length: 256 }, (_, byte) => (pattern.test(String.fromCharCode(byte)) ? 1 : 0)),
) as [Uint8Array, Uint8Array];

export async function* xmlParts(stream: TextStream, shape: XmlShape): AsyncIterable<readonly XmlPart[]> {
  const window = new Window(stream.chunks);
  const tags = new TagFinder(window);
  const left = tags.marks(shape.innermost).close;
  const starts = [...[...shape.units].map((each) => tags.marks(each).open), left];
  let offset = stream.start;
  let inside = false;
  let entered = 0;
  let batch: XmlPart[] = [];
  let yielded = 0;

  /** Passes `count` bytes and returns where they stood. */
  const pass = (count: number): { offset: number; length: number } => {
    const length = stream.wide ? measure(stream, window.bytes.subarray(0, count)) : count;
    const place = { offset, length };
    window.pass(count);
    offset += length;
    return place;
  };
  /** Index just after `mark`, reading on; −1 at the end of the input or past the largest unit. */
  const find = async (mark: string, from: number): Promise<number> => {
    let searched = from;
    for (;;) {
      const at = window.bytes.indexOf(mark, searched);
      if (at !== -1) return at + mark.length;
      searched = Math.max(from, window.bytes.length - mark.length + 1);
      if (window.bytes.length > MAX_UNIT || !(await window.more())) return -1;
    }
  };
  /** Passes everything up to and including `mark` without holding it. */
  const skipPast = async (mark: string): Promise<{ offset: number; length: number }> => {
    const start = offset;
    for (;;) {
      const at = window.bytes.indexOf(mark);
      if (at !== -1) {
        pass(at + mark.length);
        break;
      }
      pass(Math.max(0, window.bytes.length - mark.length + 1));
      if (!(await window.more())) {
        pass(window.bytes.length);
        break;
      }
    }
    return { offset: start, length: offset - start };
  };

  try {
    for (;;) {
      if (batch.length >= 256 || offset - yielded > 1_048_576) {
        yield batch;
        batch = [];
        yielded = offset;
      }
      const open = window.bytes.indexOf(LT);
      if (open === -1 || window.bytes.length - open < 256) {
        if (open === -1) pass(window.bytes.length);
        if (await window.more()) continue;
        if (open === -1) break;
      }
      if (open > 0) pass(open);
      const second = window.bytes[1];
      if (second === BANG || second === QUESTION) {
        const head = window.bytes.toString('latin1', 0, 256);
        if (head.startsWith('<!--')) {
          await skipPast('-->');
          continue;
        }
        if (second === QUESTION) {
          await skipPast('?>');
          continue;
        }
        if (head.startsWith('<!DOCTYPE')) {
          const end = head.indexOf('>');
          const subset = head.indexOf('[');
          const place = await skipPast(subset !== -1 && (end === -1 || subset < end) ? ']>' : '>');
          batch.push({ type: 'problem', problem: 'xml-doctype', ...place });
          continue;
        }
      }
      const name = tagName(window.bytes);
      if (name === '') {
        pass(1);
        continue;
      }
      if (second === SLASH) {
        const end = await find('>', 0);
        const place = pass(end === -1 ? window.bytes.length : end);
        if (!shape.containers.has(name)) continue;
        entered = Math.max(0, entered - 1);
        if (name === shape.innermost) inside = false;
        batch.push({ type: 'leave', name, ...place });
        continue;
      }
      if (shape.containers.has(name)) {
        const end = await find('>', 0);
        if (end === -1) {
          batch.push({ type: 'problem', problem: 'truncated', ...pass(window.bytes.length) });
          continue;
        }
        const bytes = window.bytes.subarray(0, end);
        const empty = bytes[end - 2] === SLASH;
        batch.push({ type: 'enter', name, bytes, ...pass(end) });
        if (empty) batch.push({ type: 'leave', name, offset, length: 0 });
        else {
          entered++;
          if (name === shape.innermost) inside = true;
        }
        continue;
      }
      const type = inside && !shape.facts.has(name) ? 'unit' : 'fact';
      const end = endWithin(name) ?? (await elementEnd(name));
      if (end === 'long') {
        batch.push({ type: 'problem', problem: 'unit-too-long', ...(await skipPast(`</${name}>`)) });
      } else if (end.problem !== undefined) {
        batch.push({ type: 'problem', problem: end.problem, ...pass(end.at) });
      } else {
        const bytes = window.bytes.subarray(0, end.at);
        batch.push({ type, name, bytes, ...pass(end.at) });
      }
    }
    // Containers that are still open; a unit that was cut off has said so already.
    const last = batch.at(-1);
    const said = last?.type === 'problem' && last.problem === 'truncated';
    if (entered > 0 && !said) batch.push({ type: 'problem', problem: 'truncated', offset, length: 0 });
    if (batch.length > 0) yield batch;
  } finally {
    await window.close();
  }

  /** Where the element that starts the window ends, where all of it is there and sound: nearly always. */
  function endWithin(name: string): { at: number; problem?: undefined } | undefined {
    const { bytes } = window;
    const startTag = bytes.indexOf(GT) + 1;
    if (startTag === 0 || shape.nested?.has(name)) return undefined;
    if (bytes[startTag - 2] === SLASH) return { at: startTag };
    const { open, close } = tags.marks(name);
    const closes = tags.next(close, startTag);
    if (
      closes === -1 ||
      within(tags.next(open, startTag), closes) ||
      within(tags.next(left, startTag), closes)
    )
      return undefined;
    const at = closeEnd(bytes, closes + close.bytes.length);
    return at === -1 ? undefined : { at };
  }

  /** Where it ends, reading on; with a problem: where what can be said of it ends. */
  async function elementEnd(
    name: string,
  ): Promise<'long' | { at: number; problem?: 'truncated' | 'xml-malformed' }> {
    let startTag = await find('>', 0);
    if (startTag === -1) startTag = window.bytes.length;
    if (window.bytes[startTag - 2] === SLASH) return { at: startTag };
    if (shape.nested?.has(name)) return nestedEnd(name, startTag);
    const { open, close } = tags.marks(name);
    let searched = startTag;
    for (;;) {
      const closes = tags.next(close, searched);
      const limit = closes === -1 ? window.bytes.length : closes;
      if (within(tags.next(open, startTag), limit) || within(tags.next(left, startTag), limit))
        return cut(limit, startTag, 'xml-malformed');
      if (closes !== -1) {
        const end = closeEnd(window.bytes, closes + close.bytes.length);
        if (end !== -1) return { at: end };
        // No end tag after all, unless the window cuts it off.
        if (window.bytes.length - closes > MAX_CLOSE + name.length) {
          searched = closes + close.bytes.length;
          continue;
        }
      }
      if (window.bytes.length > MAX_UNIT) return 'long';
      if (!(await window.more())) return cut(window.bytes.length, startTag, 'truncated');
    }
  }

  /** The end of an element that may hold its like; unclosed, it is all that follows. */
  async function nestedEnd(
    name: string,
    from: number,
  ): Promise<'long' | { at: number; problem?: 'truncated' }> {
    const marks = tags.marks(name);
    let depth = 1;
    for (let at = from; ; ) {
      const close = tags.next(marks.close, at);
      const again = tags.next(marks.open, at);
      if (again !== -1 && (close === -1 || again < close)) {
        at = await find('>', again);
        if (at === -1) return { at: window.bytes.length, problem: 'truncated' };
        if (window.bytes[at - 2] !== SLASH) depth++;
        continue;
      }
      const end = close === -1 ? -1 : closeEnd(window.bytes, close + name.length + 2);
      if (end !== -1) {
        if (--depth === 0) return { at: end };
        at = end;
        continue;
      }
      if (window.bytes.length > MAX_UNIT) return 'long';
      if (!(await window.more())) return { at: window.bytes.length, problem: 'truncated' };
    }
  }

  /** An element without an end: it is taken to end where the next known unit or its container's end starts. */
  function cut(
    limit: number,
    from: number,
    otherwise: 'truncated' | 'xml-malformed',
  ): { at: number; problem: 'truncated' | 'xml-malformed' } {
    let at = limit;
    let problem = otherwise;
    for (const mark of starts) {
      const found = tags.next(mark, from);
      if (found === -1 || found >= at) continue;
      at = found;
      problem = 'xml-malformed';
    }
    return { at, problem };
  }
}

const within = (at: number, limit: number): boolean => at !== -1 && at < limit;

/** The name of the tag that begins a window; empty where it is none. */
function tagName(bytes: Buffer): string {
  const from = bytes[1] === SLASH ? 2 : 1;
  if (BEGINS[bytes[from] ?? 0] === 0) return '';
  let end = from + 1;
  while (end < bytes.length && end <= MAX_NAME && GOES_ON[bytes[end] as number] === 1) end++;
  return bytes.toString('latin1', from, end);
}

/** Blanks between the name of an end tag and its `>`: printers wrap lines there. */
const MAX_CLOSE = 1024;

/** Index just after the `>` of an end tag whose name ends at `from`; −1: something else stands there. */
function closeEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && at - from < MAX_CLOSE && (bytes[at] as number) <= 32) at++;
  return bytes[at] === GT ? at + 1 : -1;
}
