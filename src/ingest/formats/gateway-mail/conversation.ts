/** The conversation in the body of a mail: its heading, and the lines that somebody said. */
import type { Repair } from '../../../core/event.ts';
import type { DateOrder } from '../../../core/receipt.ts';
import { type DateDigits, DateOrders } from '../../reading/date-order.ts';
import { DayRoll, dayMs } from '../../reading/log-clock.ts';
import { networkKnown, networkNamed } from '../../reading/network-name.ts';
import { wallMs } from '../../reading/time.ts';
import { HEAD_LINE, LINES, type LineForm } from './profiles.ts';
import { blockAt, columnsOf, rowOf } from './rows.ts';

export interface Said {
  readonly kind: LineForm['kind'];
  readonly who: string;
  readonly text?: string | undefined;
  readonly file?: { readonly name: string; readonly size?: number; readonly rest?: string };
  /** Milliseconds as if UTC; undefined: neither the line nor anything before it gives a day. */
  readonly wall: number | undefined;
  readonly precision: 's' | 'min';
  /** Zone that the line or the heading states. */
  readonly zone: string | undefined;
  readonly repairs: readonly Repair[];
}

export interface Transcript {
  /** Lines before anybody spoke. */
  readonly heading: string;
  readonly network?: string;
  readonly said: readonly Said[];
}

const MAX_LINES = 200_000;
const NETWORK = /^(?:IM )?(?:Network|Service|Protocol|Medium)\s*:\s*(\S.{0,60})$/imu;
/** A line of the heading that says when it began. */
const BEGUN = /^(?:Conversation |Chat |Session |IM )?(?:Start|Begin|Began|Begun)[^:\n]{0,40}:.{1,100}$/imu;
const STATED_ZONE = /(?:^|[\s(:\d])(UTC|GMT|[ECMP][SD]T|[+-]\d{2}:?\d{2})\b/u;
const TIME_COLUMN = /\b(?:Date|Time)[^\t\n]{0,12}\((UTC|GMT|[ECMP][SD]T|[+-]\d{2}:?\d{2})\)/u;
const START =
  /^Start(?:ed)?(?: ?time)?(?: at)?\s*:\s*(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)? ?(UTC|GMT|Z|[+-]\d{2}:?\d{2})?/imu;
const SUBJECT_NETWORK = /\[([A-Za-z][A-Za-z0-9 .!-]{1,24})\]/u;
const SUBJECT_WORDS =
  /\(([A-Za-z][A-Za-z .!-]{1,24})\)|(?:^|[\s:])(\S{2,12}) (?:IM |instant message )?(?:conversation|chat)\b/iu;

/** Reads a body; `day`: midnight (as if UTC) of the mail's date, for lines that give a time alone. */
export function transcriptOf(
  body: string,
  context: {
    readonly subject?: string | undefined;
    readonly day?: number | undefined;
    readonly order?: DateOrder | undefined;
    /** Names of people that the headers give, in small letters. */
    readonly names: ReadonlySet<string>;
  },
): Transcript {
  const lines = body.split(/\r\n|\r|\n/u, MAX_LINES);
  const found = linesOf(lines, context.names);
  const first = found.findIndex((line) => line !== undefined && line !== 'aside');
  const heading = (first === -1 ? lines : lines.slice(0, first)).join('\n').trim();
  const named = NETWORK.exec(heading)?.[1] ?? SUBJECT_NETWORK.exec(context.subject ?? '')?.[1];
  const words = SUBJECT_WORDS.exec(context.subject ?? '');
  const network = named === undefined ? networkKnown(words?.[1] ?? words?.[2] ?? '') : networkNamed(named);
  const zone =
    TIME_COLUMN.exec(body.slice(0, 65_536))?.[1] ?? STATED_ZONE.exec(BEGUN.exec(heading)?.[0] ?? '')?.[1];
  const start = START.exec(heading);
  const roll = new DayRoll();
  if (start !== null) {
    const [year, month, date, hour, minute, second] = start.slice(1, 7).map((part) => Number(part ?? 0));
    const wall = wallMs({
      year: year ?? 0,
      month: month ?? 0,
      day: date ?? 0,
      hour: hour ?? 0,
      minute: minute ?? 0,
      second: second ?? 0,
    });
    if (wall !== undefined) roll.begin(wall, wall % 86_400_000);
  } else if (context.day !== undefined) roll.begin(context.day);
  const order = orderOf(found, context);
  const said: Said[] = [];
  for (const [i, line] of found.entries()) {
    const text = lines[i] ?? '';
    if (line === 'aside') continue;
    if (line === undefined) {
      // What stands after a line belongs to it, until the next one.
      const last = said.at(-1);
      if (last?.kind === 'message')
        said[said.length - 1] = { ...last, text: last.text === '' ? text : `${last.text ?? ''}\n${text}` };
      else if (last !== undefined && text.trim() !== '') {
        const { wall, precision, zone, repairs } = last;
        said.push({ kind: 'message', who: '', text, wall, precision, zone, repairs });
      }
      continue;
    }
    said.push(saidBy(line, roll, order, start?.[7] ?? zone));
  }
  return {
    heading,
    ...(network !== undefined && { network }),
    said: said.map((each) =>
      each.text === undefined ? each : { ...each, text: each.text.replace(/\s+$/u, '') },
    ),
  };
}

interface Line {
  readonly kind: LineForm['kind'];
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/** Each line as what it says; `aside`: it belongs to the line before, or names columns. */
function linesOf(lines: readonly string[], names: ReadonlySet<string>): (Line | 'aside' | undefined)[] {
  const found: (Line | 'aside' | undefined)[] = [];
  let columns: ReturnType<typeof columnsOf>;
  for (let i = 0; i < lines.length; i++) {
    const text = (lines[i] ?? '').trimEnd();
    const named = text.includes('\t') ? columnsOf(text) : undefined;
    if (named !== undefined) {
      columns = named;
      found.push('aside');
      continue;
    }
    const row = columns === undefined ? undefined : rowOf(text, columns);
    const block = row === undefined && /^[A-Za-z]/u.test(text) ? blockAt(lines, i) : undefined;
    if (block !== undefined) {
      found.push({ kind: 'message', groups: block.groups });
      for (let n = 1; n < block.count; n++) found.push('aside');
      i += block.count - 1;
    } else if (row !== undefined) found.push({ kind: 'message', groups: row });
    else found.push(lineOf(text, names));
  }
  return found;
}

function lineOf(line: string, names: ReadonlySet<string>): Line | undefined {
  if (line.length > 100_000 || !/\d:\d/u.test(line.slice(0, 300))) return undefined;
  for (const { kind, pattern } of LINES) {
    const groups = pattern.exec(line)?.groups;
    if (groups !== undefined) return { kind, groups };
  }
  const groups = line.length < 300 ? HEAD_LINE.pattern.exec(line)?.groups : undefined;
  return groups !== undefined && names.has((groups.who ?? '').toLowerCase())
    ? { kind: HEAD_LINE.kind, groups: { ...groups, text: '' } }
    : undefined;
}

const digitsOf = ({ groups: { d1, d2, d3 } }: Line): DateDigits | undefined =>
  d1 === undefined || d2 === undefined || d3 === undefined ? undefined : [d1, d2, d3];

/** The order of the dates: by all of them, else the one that falls on the day of the mail, else as stated or assumed. */
function orderOf(
  lines: readonly (Line | 'aside' | undefined)[],
  { day, order: stated }: { readonly day?: number | undefined; readonly order?: DateOrder | undefined },
): { order: DateOrder; assumed: boolean } {
  const orders = new DateOrders();
  let near: DateOrder | undefined;
  for (const line of lines) {
    const digits = line === undefined || line === 'aside' ? undefined : digitsOf(line);
    if (digits === undefined) continue;
    orders.see(digits);
    if (near !== undefined || day === undefined || digits[0].length === 4) continue;
    const fits = (['dmy', 'mdy'] as const).filter((order) => {
      const at = dayOf(digits, order);
      return at !== undefined && Math.abs(at - day) <= 2 * 86_400_000;
    });
    if (fits.length === 1) near = fits[0];
  }
  const decided = orders.decide(stated);
  if (decided.from === 'record') return { order: decided.order, assumed: false };
  if (near !== undefined) return { order: near, assumed: false };
  return { order: decided.order, assumed: decided.from === 'assumed' };
}

function dayOf([a, b, c]: DateDigits, order: DateOrder): number | undefined {
  const [year, month, day] = a.length === 4 ? [a, b, c] : order === 'mdy' ? [c, a, b] : [c, b, a];
  const full = year.length > 2 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900);
  return wallMs({ year: full, month: Number(month), day: Number(day), hour: 0, minute: 0, second: 0 });
}

function saidBy(
  line: Line,
  roll: DayRoll,
  order: { readonly order: DateOrder; readonly assumed: boolean },
  headingZone: string | undefined,
): Said {
  const { groups, kind } = line;
  const repairs: Repair[] = [];
  const clock = dayMs(groups.h ?? '', groups.m ?? '', groups.s, groups.half);
  const digits = digitsOf(line);
  const day = digits === undefined ? undefined : dayOf(digits, order.order);
  if (day !== undefined && clock !== undefined) roll.begin(day, clock);
  if (digits !== undefined && digits[0].length !== 4 && order.assumed)
    repairs.push({ code: 'date-order-assumed' });
  const wall = clock === undefined ? undefined : roll.wall(clock, repairs);
  const size = groups.size;
  const rest = groups.rest?.replace(/^[\s,;:.–-]+/u, '');
  return {
    kind,
    who: (groups.who ?? '').trim(),
    text: kind === 'message' ? (groups.text ?? '') : undefined,
    ...(kind === 'file' && {
      file: {
        name: (groups.file ?? '').trim(),
        ...(size !== undefined && { size: Number(size) }),
        ...(rest !== undefined && rest !== '' && { rest }),
      },
    }),
    wall,
    precision: groups.s === undefined ? 'min' : 's',
    zone: groups.zone ?? headingZone,
    repairs,
  };
}
