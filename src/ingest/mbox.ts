/**
 * Mailboxes in one file (RFC 4155): every mail a member. A mail starts at a `From ` line after an empty line, with the
 * date of its delivery, and before a header field; `From ` at the start of a line of a text is none.
 */
import { type Container, type Member, slice } from './container.ts';
import type { RandomBytes } from './random-bytes.ts';
import { Window } from './reading/window.ts';

export interface Mail extends Member {
  readonly start: number;
  readonly end: number;
  /** Lines that were quoted with `>` so that they start no mail. */
  readonly quoted: number;
}

/** A `From ` line with weekday and year, and the name of a field on the next line. */
const START =
  /^From [^\n]{1,300}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]{1,60}\b\d{4}\b[^\n]{0,60}\n(?:[\x21-\x39\x3b-\x7e]{1,80}:|>?From )/u;
/** What {@link START} may look at. */
const REACH = 600;
/** Bytes before a `From ` that are looked at: quotes, and an empty line. */
const BEFORE = 128;

export const startsAsMbox = (head: Buffer): boolean => START.test(head.toString('latin1', 0, REACH));

const LF = 10;
const CR = 13;

/** Finds where mails start, in one pass and in bounded memory. */
export async function openMbox(bytes: RandomBytes, limit: number): Promise<Container<Mail>> {
  const mails: Mail[] = [];
  const window = new Window(buffers(bytes));
  let start = 0;
  let quoted = 0;
  let problem: Container<Mail>['problem'];
  const close = (end: number): void => {
    const name = `${String(mails.length + 1).padStart(6, '0')}.eml`;
    mails.push({ name, start, end, size: end - start - quoted, quoted });
    quoted = 0;
  };
  try {
    await window.more();
    start = await afterLine(window, 0);
    let from = start;
    for (;;) {
      const at = window.bytes.indexOf('From ', from);
      if (!window.ended && (at === -1 || window.bytes.length - at < REACH)) {
        const stop = at === -1 ? Math.max(from, window.bytes.length - 5) : at;
        const passed = Math.max(0, stop - BEFORE);
        window.pass(passed);
        from = stop - passed;
        await window.more();
        continue;
      }
      if (at === -1) break;
      from = at + 5;
      const line = lineStart(window.bytes, at);
      if (line === undefined) continue;
      if (line < at) quoted++;
      else if (opens(window.bytes, at)) {
        if (mails.length + 1 >= limit) {
          problem = { code: 'too-many-files', detail: `more than ${limit} members` };
          break;
        }
        close(window.passed + separator(window.bytes, at));
        start = window.passed + (await afterLine(window, at));
      }
    }
  } finally {
    await window.close();
  }
  if (problem === undefined) close(bytes.size);
  return {
    members: mails,
    ...(problem !== undefined && { problem }),
    read: (mail) => (mail.quoted === 0 ? bytes.read(mail.start, mail.end) : unquoted(bytes, mail)),
    random: (mail) => slice(bytes, mail.start, mail.end - mail.start),
  };
}

async function* buffers(bytes: RandomBytes): AsyncIterable<Buffer> {
  for await (const chunk of bytes.read(0, bytes.size))
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Start of the line whose `From ` is at `at`, where only `>` stand before it; undefined: it is in the middle. */
function lineStart(bytes: Buffer, at: number): number | undefined {
  let first = at;
  while (first > 0 && at - first < 64 && bytes[first - 1] === 0x3e) first--;
  return first === 0 ? undefined : bytes[first - 1] === LF ? first : undefined;
}

/** Whether a mail starts at this `From ` line. Eudora writes no empty line before it, and always the same sender. */
function opens(bytes: Buffer, at: number): boolean {
  const text = bytes.toString('latin1', at, at + REACH);
  return START.test(text) && (separator(bytes, at) < at || text.startsWith('From ???@??? '));
}

/** Start of the empty line before `at`; `at` itself where there is none. */
function separator(bytes: Buffer, at: number): number {
  const before = bytes[at - 2] === CR ? at - 2 : at - 1;
  return bytes[at - 1] === LF && bytes[before - 1] === LF ? before : at;
}

/** Index after the end of the line at `from`. */
async function afterLine(window: Window, from: number): Promise<number> {
  for (;;) {
    const end = window.bytes.indexOf(LF, from);
    if (end !== -1) return end + 1;
    if (!(await window.more())) return window.bytes.length;
  }
}

/** The mail with one `>` less before every quoted `From `. */
async function* unquoted(bytes: RandomBytes, mail: Mail): AsyncIterable<Uint8Array> {
  let rest: Buffer = Buffer.from('\n');
  let first = true;
  const plain = (piece: Buffer): Buffer => {
    const text = piece.includes('>From ')
      ? Buffer.from(piece.toString('latin1').replaceAll(/(?<=\n)>(?=>{0,63}From )/gu, ''), 'latin1')
      : piece;
    const result = first ? text.subarray(1) : text;
    first = false;
    return result;
  };
  for await (const chunk of bytes.read(mail.start, mail.end)) {
    const all = Buffer.concat([rest, chunk]);
    // Cut where no quoted line can be cut.
    const cut = all.lastIndexOf(LF);
    if (cut <= 0 || all.length - cut > 1_048_576) {
      rest = all;
      if (all.length < 2_097_152) continue;
    }
    const end = cut <= 0 ? all.length - BEFORE : cut;
    yield plain(all.subarray(0, end));
    rest = all.subarray(end);
  }
  yield plain(rest);
}
