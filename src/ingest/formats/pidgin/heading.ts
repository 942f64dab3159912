/** What path and title of a log say: network, account, peer, and when it began. Paths win: they are not localised. */
import { normaliseAddress } from '../../../core/ids.ts';
import type { DateOrder } from '../../../core/receipt.ts';
import { monthOf } from '../../reading/month-name.ts';
import { numberOf, offsetMinutes, offsetText, type Wall, wallMs } from '../../reading/time.ts';

/** Names of libpurple's protocols as networks; any other is its own name. */
const NETWORKS: Readonly<Record<string, string>> = {
  aim: 'aim',
  oscar: 'aim',
  icq: 'icq',
  msn: 'msn',
  yahoo: 'yahoo',
  yahoojp: 'yahoo',
  jabber: 'xmpp',
  gtalk: 'xmpp',
  meanwhile: 'sametime',
  novell: 'groupwise',
  gg: 'gadu-gadu',
};

export const networkOf = (protocol: string): string => {
  const name = protocol.toLowerCase().replace(/^prpl-/u, '');
  return Object.hasOwn(NETWORKS, name) ? (NETWORKS[name] as string) : name;
};

export interface PathFacts {
  readonly network?: string;
  readonly account?: string;
  readonly peer?: string;
  readonly room: boolean;
  /** Wall clock of the first line, as if UTC, milliseconds. */
  readonly began?: number;
  /** `+hh:mm`; only logs since November 2006 have it. */
  readonly zone?: string;
}

const FILE = /^(\d{4})-(\d{2})-(\d{2})\.(\d{2})(\d{2})(\d{2})([+-]\d{4})?([A-Z]*)\.(?:html|txt)$/iu;

/** `logs/<protocol>/<account>/<peer>[.chat]/2006-12-20.153344-0500EST.html`, each name %-escaped. */
export function pathFacts(name: string): PathFacts {
  const parts = name.split('/');
  const match = FILE.exec(parts.at(-1) ?? '');
  const folders = parts.slice(-4, -1);
  const [protocol, account, peer] = folders;
  const isTree =
    folders.length === 3 &&
    (parts.at(-5) === 'logs' || Object.hasOwn(NETWORKS, (protocol ?? '').toLowerCase()));
  const began = match === null ? undefined : wallMs(wallOf(match.slice(1, 7).map(Number)));
  const minutes = match?.[7] === undefined ? undefined : offsetMinutes(match[7]);
  const room = isTree && (peer ?? '').endsWith('.chat');
  return {
    ...(isTree && match !== null && protocol !== undefined && { network: networkOf(protocol) }),
    ...(isTree && match !== null && account !== undefined && { account: unescaped(account) }),
    ...(isTree &&
      match !== null &&
      peer !== undefined && { peer: unescaped(room ? peer.slice(0, -5) : peer) }),
    room: room && match !== null,
    ...(began !== undefined && { began }),
    ...(minutes !== undefined && { zone: offsetText(minutes) }),
  };
}

const wallOf = (n: readonly number[]): Wall => ({
  year: n[0] ?? 0,
  month: n[1] ?? 0,
  day: n[2] ?? 0,
  hour: n[3] ?? 0,
  minute: n[4] ?? 0,
  second: n[5] ?? 0,
});

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export interface TitleFacts {
  readonly peer: string;
  readonly account?: string;
  readonly network?: string;
  readonly began?: number;
  /** The title has a date, and it can be read in two ways or in none. */
  readonly unclear: boolean;
}

/** The title in the languages that are known: what stands before the other, before the date, before the account. */
const TITLES = [
  ['Conversation with ', ' at ', ' on '],
  ['Unterhaltung mit ', ' am ', ' auf '],
  ['Gespräch mit ', ' am ', ' auf '],
  ['Conversation avec ', ' le ', ' sur '],
  ['Conversation avec ', ' à ', ' sur '],
  ['Conversación con ', ' en ', ' en '],
  ['Conversación con ', ' a las ', ' en '],
  ['Conversazione con ', ' alle ', ' su '],
  ['Conversa com ', ' em ', ' em '],
  ['Gesprek met ', ' op ', ' op '],
  ['Беседа с ', ' в ', ' на '],
  ['Rozmowa z ', ' o ', ' na '],
] as const;
/** Longest heading that is looked at. */
const MAX_TITLE = 2048;

/**
 * `Conversation with PEER at DATE on ACCOUNT (PROTOCOL)`, as a client writes it in its language. Read from both ends,
 * since names may hold any word and the text may be hostile.
 */
export function titleFacts(text: string, order?: DateOrder): TitleFacts | undefined {
  let bare: TitleFacts | undefined;
  for (const words of TITLES) {
    const found = titleIn(text, words, order);
    if (found?.network !== undefined) return found;
    bare ??= found;
  }
  return bare;
}

function titleIn(
  text: string,
  [opening, before, above]: readonly [string, string, string],
  order: DateOrder | undefined,
): TitleFacts | undefined {
  const start = text.indexOf(opening);
  if (start === -1) return undefined;
  const title = text.slice(start + opening.length, start + opening.length + MAX_TITLE).trimEnd();
  if (title === '') return undefined;
  const protocol = /\(([A-Za-z][\w-]{0,31})\)$/u.exec(title);
  const on = protocol === null ? -1 : title.lastIndexOf(above);
  const at = on === -1 ? -1 : title.lastIndexOf(before, on - 1);
  if (protocol === null || at < 1) return { peer: title, unclear: false };
  const account = title.slice(on + above.length, protocol.index).trim();
  const date = title.slice(at + before.length, on);
  const began = titleDate(date, order);
  return {
    peer: title.slice(0, at),
    unclear: began === undefined,
    ...(account !== '' && { account }),
    network: networkOf(protocol[1] ?? ''),
    ...(began !== undefined && { began }),
  };
}

/** A date of a title as wall clock; undefined where it is ambiguous and no order is stated, or not understood. */
function titleDate(text: string, order: DateOrder | undefined): number | undefined {
  const time = /(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?/u.exec(text);
  if (time === null) return undefined;
  const clock = clockOf(time[1] ?? '', time[2] ?? '', time[3], time[4]);
  if (clock === undefined) return undefined;
  const date = text.slice(0, time.index);
  const year4 = /(\d{4})-(\d{1,2})-(\d{1,2})/u.exec(date);
  if (year4 !== null) return join(Number(year4[1]), Number(year4[2]), Number(year4[3]), clock);
  const named = /(\d{1,2})\.? (\p{L}{3,12})\.?,? (\d{4})/u.exec(date);
  if (named !== null) {
    const month = monthOf(named[2] ?? '');
    return month === undefined ? undefined : join(Number(named[3]), month, Number(named[1]), clock);
  }
  const dotted = /(\d{1,2})\.(\d{1,2})\.(\d{4})/u.exec(date);
  if (dotted !== null) return join(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]), clock);
  const slashed = /(\d{1,2})\/(\d{1,2})\/(\d{4})/u.exec(date);
  if (slashed === null) return undefined;
  const [a, b, year] = [Number(slashed[1]), Number(slashed[2]), Number(slashed[3])];
  // A clock of twelve hours is written where the month comes first; else only the numbers can decide.
  if (time[4] !== undefined || (b > 12 && a <= 12)) return join(year, a, b, clock);
  if (a > 12 || a === b || order === 'dmy') return join(year, b, a, clock);
  return order === 'mdy' ? join(year, a, b, clock) : undefined;
}

/** Milliseconds of the day; undefined where no clock shows it. */
export function clockOf(hour: string, minute: string, second = '', half?: string): number | undefined {
  let h = numberOf(hour);
  if (half !== undefined) {
    if (h < 1 || h > 12) return undefined;
    h = (h % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  const m = numberOf(minute);
  const s = numberOf(second);
  return h > 23 || m > 59 || s > 60 ? undefined : ((h * 60 + m) * 60 + s) * 1000;
}

function join(year: number, month: number, day: number, clock: number): number | undefined {
  const start = wallMs({ year, month, day, hour: 0, minute: 0, second: 0 });
  return start === undefined ? undefined : start + clock;
}

/** Milliseconds at which the day of `date` (three numbers as written) starts, nearest to `near`. */
export function dayNear(
  numbers: readonly [number, number, number],
  near: number | undefined,
  order?: DateOrder,
): number | undefined {
  const [a, b, c] = numbers;
  const orders: readonly (readonly [number, number, number])[] =
    a > 31
      ? [[a, b, c]]
      : [
          [c, a, b],
          [c, b, a],
        ];
  const days = [...new Set(orders.map(([y, m, d]) => join(y < 100 ? y + 2000 : y, m, d, 0)))].filter(
    (d) => d !== undefined,
  );
  if (days.length < 2) return days[0];
  // Where nothing is near: the order that was stated; month first stands first.
  if (near === undefined) return order === 'mdy' ? days[0] : order === 'dmy' ? days[1] : undefined;
  const [x, y] = days as [number, number];
  const [dx, dy] = [Math.abs(x - near), Math.abs(y - near)];
  return dx === dy ? undefined : dx < dy ? x : y;
}

/** The address of a party of a log, in the network's normal form. */
export const addressOf = (network: string, written: string): string => normaliseAddress(network, written);
