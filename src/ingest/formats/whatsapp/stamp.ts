/**
 * The beginning of an entry: date, time and what separates them from the rest, as Android and iOS write them in many
 * languages. Forms: the lists of locales in the parsers joweich/chat-miner and lucasrodes/whatstk, and public samples.
 */
import type { DateDigits } from '../../reading/date-order.ts';
import { dayMs } from '../../reading/log-clock.ts';

export interface Stamp {
  readonly date: DateDigits;
  /** Milliseconds of the day; undefined: no clock shows it. */
  readonly clock: number | undefined;
  readonly seconds: boolean;
  /** In brackets: an iPhone wrote it. */
  readonly ios: boolean;
  /** Characters of the line that it takes. */
  readonly length: number;
}

const HALF = String.raw`[AaPp]\.? ?[Mm]\.?|上午|下午|午前|午後|오전|오후|[πμ]\.?μ\.?|[صم]|ق\.ظ\.?|ب\.ظ\.?|vorm\.|nachm\.|de\.|du\.|öö|ös`;
const PATTERN = new RegExp(
  String.raw`^(\[)?(\d{1,4})(?:[./-]|\. |년 )(\d{1,2})(?:[./-]|\. |월 )(\d{1,4})(?:\.|일)?[,،]?(?: (?:à|às|at|a las|klo|kl\.?|um|alle|в|της))? ?(?:(${HALF}) ?)?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?: ?(${HALF}))?(?: Uhr)?(?:(\]) ?| [-–—] |: |, )`,
  'u',
);

/** The form that most phones write, which the pattern above reads in the same way and three times as long. */
const COMMON_DATE = /^(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4}), /;
const COMMON_TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ([AaPp][Mm]))?$/;

const INVISIBLE = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const NOT_PLAIN = /[^\x20-\x7e]/u;
/** Longest beginning that is looked at. */
const MAX = 96;

/** The date and the stamp of the common form that were read last: many messages are of one day, or of one minute. */
let lastDate: { readonly text: string; readonly date: DateDigits } = { text: '\n', date: ['', '', ''] };
let last: { readonly text: string; readonly stamp: Stamp | undefined } = { text: '\n', stamp: undefined };

/** The stamp that a line begins with. */
export function stampOf(line: string): Stamp | undefined {
  const first = line.charCodeAt(0);
  // Digits, a bracket, or something outside ASCII that may hide one: nearly all other lines end here.
  if (!((first >= 48 && first <= 57) || first === 91 || first > 127)) return undefined;
  if (line.startsWith(last.text)) return last.stamp;
  const common = commonStamp(line);
  if (common !== undefined) {
    last = { text: line.slice(0, common.length), stamp: common };
    return common;
  }
  const head = line.slice(0, MAX);
  const match = PATTERN.exec(NOT_PLAIN.test(head) ? plain(head) : head);
  if (match === null) return undefined;
  const [all, open, a = '', b = '', c = '', before, hour = '', minute = '', second, after, close] = match;
  if ((open === undefined) !== (close === undefined)) return undefined;
  if (a.length === 3 || (a.length < 4 && c.length !== 2 && c.length !== 4)) return undefined;
  if (a.length === 4 && c.length > 2) return undefined;
  return {
    date: [a, b, c],
    clock: dayMs(hour, minute, second, before ?? after),
    seconds: second !== undefined,
    ios: open !== undefined,
    length: rawLength(head, all.length),
  };
}

function commonStamp(line: string): Stamp | undefined {
  if (!line.startsWith(lastDate.text)) {
    const match = COMMON_DATE.exec(line);
    if (match === null) return undefined;
    const [text, a = '', b = '', c = ''] = match;
    lastDate = { text, date: [a, b, c] };
  }
  const end = line.indexOf(' - ', lastDate.text.length);
  const time = end === -1 ? undefined : commonTime(line.slice(lastDate.text.length, end));
  if (time === undefined) return undefined;
  return { date: lastDate.date, clock: time.clock, seconds: time.seconds, ios: false, length: end + 3 };
}

/** Times as written: a day has 1,440 minutes. */
const times = new Map<string, Pick<Stamp, 'clock' | 'seconds'>>();
const MOST_TIMES = 2_000;
/** Characters of `12:34:56 PM`. */
const LONGEST_TIME = 11;

function commonTime(written: string): Pick<Stamp, 'clock' | 'seconds'> | undefined {
  if (written.length > LONGEST_TIME) return undefined;
  const known = times.get(written);
  if (known !== undefined) return known;
  const match = COMMON_TIME.exec(written);
  if (match === null) return undefined;
  const [, hour = '', minute = '', second, half] = match;
  const time = { clock: dayMs(hour, minute, second, half), seconds: second !== undefined };
  if (times.size === MOST_TIMES) times.clear();
  times.set(written, time);
  return time;
}

/** The head without direction marks, with plain blanks, and with the digits of ASCII. */
function plain(head: string): string {
  let result = '';
  for (const char of head) if (!INVISIBLE.test(char)) result += plainChar(char);
  return result;
}

function plainChar(char: string): string {
  const code = char.charCodeAt(0);
  if (code === 0xa0 || code === 0x202f || code === 0x2009) return ' ';
  // Arabic-Indic, Persian, Devanagari, Bengali.
  for (const zero of [0x660, 0x6f0, 0x966, 0x9e6])
    if (code >= zero && code < zero + 10) return String(code - zero);
  return char;
}

/** How many characters of the head stand for the first `count` of its plain form. */
function rawLength(head: string, count: number): number {
  let left = count;
  let at = 0;
  while (at < head.length && left > 0) {
    if (!INVISIBLE.test(head.charAt(at))) left--;
    at++;
  }
  return at;
}
