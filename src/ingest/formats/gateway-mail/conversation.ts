/** The conversation in the body of a mail: its heading, and the lines that somebody said. */
import type { Repair } from '../../../core/event.ts';
import type { DateOrder } from '../../../core/receipt.ts';
import { DateOrders } from '../../reading/date-order.ts';
import { DayRoll, dayMs } from '../../reading/log-clock.ts';
import { networkKnown, networkNamed } from '../../reading/network-name.ts';
import { isZone, offsetMinutes, zoneClock } from '../../reading/time.ts';
import { footerOf } from './footer.ts';
import { isSaid, type Line, linesOf, type Read } from './lines.ts';
import type { LineForm } from './profiles.ts';
import { CLOCK, DATE, dateIn, digitsOf, type Groups, hasDate, midnightOf, zoneOf } from './stamps.ts';

export interface Said {
  readonly kind: LineForm['kind'] | 'notice' | 'disclaimer';
  readonly who: string;
  /** To whom, where the line says so. */
  readonly to?: string;
  readonly text?: string | undefined;
  readonly file?: { readonly name: string; readonly size?: number; readonly rest?: string };
  /** Milliseconds as if UTC; undefined: neither the line nor anything before it gives a day. */
  readonly wall: number | undefined;
  readonly precision: 'ms' | 's' | 'min';
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

/** What is known of a body from around it. */
export interface Around {
  readonly subject?: string | undefined;
  /** When the mail was sent: the instant, the zone that its date is written in, and the one stated for its lines. */
  readonly sent?:
    | { readonly ms: number; readonly zone?: string; readonly settled: string | undefined }
    | undefined;
  readonly order?: DateOrder | undefined;
  /** Names of people that the headers give, in small letters. */
  readonly names: ReadonlySet<string>;
}

const DAY = 86_400_000;
/** A mail leaves after what it holds; clocks differ by less than this. */
const SKEW = 600_000;
/** A gateway that dates its mails in UTC may write lines on its own clock, which is ahead by no more than this. */
const AHEAD = 14 * 3_600_000;
const MAX_LINES = 200_000;
const NETWORK = /^(?:IM )?(?:Network|Service|Protocol|Medium)\s*:\s*(\S.{0,60})$/imu;
/** A line of the heading that says when it began. */
const BEGUN =
  /^(?:Conversation |Chat |Session |IM )?(?:Start|Begin|Began|Begun)(?<stamp>[^:\n]{0,40}:.{1,100})$/imu;
const BEGUN_STAMP = new RegExp(String.raw`^[^:\n]{0,40}:\s*${DATE}${CLOCK}`, 'iu');
const STATED_ZONE = /(?:^|[\s(:\d])(UTC|GMT|[ECMP][SD]T|[+-]\d{2}:?\d{2})\b/u;
const TIME_COLUMN = /\b(?:Date|Time)[^\t\n]{0,12}\((UTC|GMT|[ECMP][SD]T|[+-]\d{2}:?\d{2})\)/u;
const SUBJECT_NETWORK = /\[([A-Za-z][A-Za-z0-9 .!-]{1,24})\]/u;
const SUBJECT_WORDS =
  /\(([A-Za-z][A-Za-z .!-]{1,24})\)|(?:^|[\s:])(\S{2,12}) (?:IM |instant message )?(?:conversation|chat)\b/iu;

/** Reads a body. */
export function transcriptOf(body: string, around: Around): Transcript {
  const lines = body.split(/\r\n|\r|\n/u, MAX_LINES);
  const found = linesOf(lines, around.names);
  const first = found.findIndex(isSaid);
  const heading = (first === -1 ? lines : lines.slice(0, first)).join('\n').trim();
  const named =
    NETWORK.exec(heading)?.[1] ?? networkIn(found) ?? SUBJECT_NETWORK.exec(around.subject ?? '')?.[1];
  const words = SUBJECT_WORDS.exec(around.subject ?? '');
  const network = named === undefined ? networkKnown(words?.[1] ?? words?.[2] ?? '') : networkNamed(named);
  const begun = BEGUN.exec(heading)?.groups?.stamp;
  const start = begun === undefined ? undefined : BEGUN_STAMP.exec(begun)?.groups;
  const zone =
    TIME_COLUMN.exec(body.slice(0, 65_536))?.[1] ?? start?.zone ?? STATED_ZONE.exec(begun ?? '')?.[1];
  const said = first === -1 ? [] : saidIn(lines, found, { ...around, start, zone });
  return { heading, ...(network !== undefined && { network }), said };
}

/** The network that all rows of a table name. */
function networkIn(found: readonly Read[]): string | undefined {
  const networks = new Set(found.flatMap((line) => (isSaid(line) ? [line.groups.network ?? ''] : [])));
  const [only] = networks;
  return networks.size === 1 && only !== '' ? only : undefined;
}

interface Days extends Around {
  /** When the heading says that it began. */
  readonly start: Groups | undefined;
  readonly zone: string | undefined;
}

/** What was said. Where nothing gives a day, it is the last on which all of it lies before the mail. */
function saidIn(lines: readonly string[], found: readonly Read[], days: Days): Said[] {
  const order = orderOf(found, days);
  const near = dayOfMail(days);
  const begun = days.start === undefined ? undefined : dateIn(days.start, order.order, near);
  if (days.start !== undefined && begun !== undefined)
    return saidFrom(lines, found, days, order, { day: begun, clock: clockOf(days.start) ?? 0 });
  const said = saidFrom(lines, found, days, order, near === undefined ? undefined : { day: near, clock: 0 });
  const isDated = found.some((line) => typeof line === 'object' && hasDate(line.groups));
  const shift = isDated ? 0 : daysLate(said, days);
  if (shift === 0 || near === undefined) return said;
  const day = near - shift * DAY;
  return saidFrom(lines, found, days, order, { day, clock: 0 }).map((each) =>
    each.repairs.some(({ code }) => code === 'date-inferred')
      ? each
      : { ...each, repairs: [...each.repairs, { code: 'date-inferred' }] },
  );
}

/** Days by which the last line would lie behind the mail; negative: as many could lie between. */
function daysLate(said: readonly Said[], { sent }: Around): number {
  const end = said.findLast(({ wall }) => wall !== undefined);
  const stated = end?.zone === undefined ? sent?.settled : zoneOf(end.zone);
  const zone = stated ?? sent?.zone;
  if (sent === undefined || end?.wall === undefined || zone === undefined || !isZone(zone)) return 0;
  const slack = stated === undefined && zone === '+00:00' ? AHEAD : SKEW;
  const late = zoneClock(zone).instant(end.wall, []) - sent.ms;
  return late > slack ? Math.ceil((late - slack) / DAY) : stated === undefined ? 0 : Math.trunc(late / DAY);
}

/** Midnight of the day on which the mail was sent, as if UTC. */
function dayOfMail({ sent }: Around): number | undefined {
  if (sent === undefined) return undefined;
  const minutes = offsetMinutes(sent.zone ?? '+00:00') ?? 0;
  return Math.floor((sent.ms + minutes * 60_000) / DAY) * DAY;
}

function saidFrom(
  lines: readonly string[],
  found: readonly Read[],
  days: Days,
  order: Order,
  begin: { readonly day: number; readonly clock: number } | undefined,
): Said[] {
  const roll = new DayRoll();
  if (begin !== undefined) roll.begin(begin.day, begin.clock);
  const near = dayOfMail(days);
  const footer = footerOf(lines, found.findLastIndex(isSaid) + 1);
  const said: Said[] = [];
  for (const [i, line] of found.slice(0, footer?.start).entries()) {
    const text = lines[i] ?? '';
    if (line === 'aside') continue;
    if (line?.kind === 'day') {
      const day = dateIn(line.groups, order.order, near);
      if (day !== undefined) roll.begin(day);
    } else if (line !== undefined) said.push(saidBy(line, roll, order, days.zone, near));
    else goOn(said, text);
  }
  const last = said.at(-1);
  if (footer !== undefined && last !== undefined)
    said.push({ ...unsaid(last), kind: 'disclaimer', text: footer.text });
  return said.map((each) =>
    each.text === undefined ? each : { ...each, text: each.text.replace(/\s+$/u, '') },
  );
}

/** What stands after a line belongs to it, until the next one. */
function goOn(said: Said[], text: string): void {
  const last = said.at(-1);
  if (last?.kind === 'message' || (last?.kind === 'notice' && text.trim() === ''))
    said[said.length - 1] = { ...last, text: last.text === '' ? text : `${last.text ?? ''}\n${text}` };
  else if (last !== undefined && text.trim() !== '') said.push({ ...unsaid(last), kind: 'notice', text });
}

/** What nobody says stands at the time of the line before it. */
const unsaid = ({ wall, precision, zone, repairs }: Said): Omit<Said, 'kind' | 'text'> => ({
  who: '',
  wall,
  precision,
  zone,
  repairs,
});

interface Order {
  readonly order: DateOrder;
  readonly assumed: boolean;
}

/** The order of the dates: by all of them, else the one that falls on the day of the mail, else as stated or assumed. */
function orderOf(found: readonly Read[], days: Days): Order {
  const orders = new DateOrders();
  const day = dayOfMail(days);
  let near: DateOrder | undefined;
  const stamps = [days.start, ...found.map((line) => (typeof line === 'object' ? line.groups : undefined))];
  for (const groups of stamps) {
    const digits = groups === undefined ? undefined : digitsOf(groups);
    if (digits === undefined) continue;
    orders.see(digits);
    if (near !== undefined || day === undefined || digits[0].length === 4) continue;
    const fits = (['dmy', 'mdy'] as const).filter((order) => {
      const at = midnightOf(digits, order);
      return at !== undefined && Math.abs(at - day) <= 2 * DAY;
    });
    if (fits.length === 1) near = fits[0];
  }
  const decided = orders.decide(days.order);
  if (decided.from === 'record') return { order: decided.order, assumed: false };
  if (near !== undefined) return { order: near, assumed: false };
  return { order: decided.order, assumed: decided.from === 'assumed' };
}

const clockOf = ({ h, m, s, half, f }: Groups): number | undefined => {
  const clock = dayMs(h ?? '', m ?? '', s, half);
  return clock === undefined || f === undefined ? clock : clock + Number(f.slice(0, 3).padEnd(3, '0'));
};

function saidBy(
  line: Line,
  roll: DayRoll,
  order: Order,
  headingZone: string | undefined,
  near: number | undefined,
): Said {
  const { groups, kind } = line;
  const repairs: Repair[] = [];
  const clock = clockOf(groups);
  const digits = digitsOf(groups);
  const day = hasDate(groups) ? dateIn(groups, order.order, near) : undefined;
  if (day !== undefined && clock !== undefined) roll.begin(day, clock);
  if (digits !== undefined && digits[0].length !== 4 && order.assumed)
    repairs.push({ code: 'date-order-assumed' });
  const wall = clock === undefined ? undefined : roll.wall(clock, repairs);
  const size = groups.size;
  const rest = groups.rest?.replace(/^[\s,;:.–-]+/u, '');
  return {
    kind,
    who: (groups.who ?? '').trim(),
    ...(groups.to !== undefined && { to: groups.to.trim() }),
    text: kind === 'message' || kind === 'notice' ? (groups.text ?? '') : undefined,
    ...(kind === 'file' && {
      file: {
        name: (groups.file ?? '').trim(),
        ...(size !== undefined && { size: Number(size) }),
        ...(rest !== undefined && rest !== '' && { rest }),
      },
    }),
    wall,
    precision: groups.s === undefined ? 'min' : groups.f === undefined ? 's' : 'ms',
    zone: groups.zone ?? headingZone,
    repairs,
  };
}
