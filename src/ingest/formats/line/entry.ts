/** The first line of an entry: `16:23⇥Bob⇥Hello`, or `16:23⇥Bob left the group` of what LINE itself says. */
import { dayMs } from '../../reading/log-clock.ts';

export interface Head {
  /** Milliseconds of the day; undefined: no clock shows it. */
  readonly clock: number | undefined;
  /** Who wrote it; absent: LINE itself. */
  readonly name: string | undefined;
  /** Where in the line the text begins. */
  readonly text: number;
}

const TIME = /^(上午|下午|午前|午後|오전|오후)? ?(\d{1,2}):(\d{2}) ?([AaPp][Mm])?$/u;
/** Characters of the longest time, `下午 04:23 PM`. */
const LONGEST = 11;
const MAX_NAME = 200;

/** The head that a line has; undefined: it begins no entry. */
export function headOf(line: string): Head | undefined {
  const first = line.indexOf('\t');
  if (first < 0 || first > LONGEST || first + 1 === line.length) return undefined;
  const time = timeOf(line.slice(0, first));
  if (time === undefined) return undefined;
  const second = line.indexOf('\t', first + 1);
  if (second === -1) return { clock: time.clock, name: undefined, text: first + 1 };
  const name = line.slice(first + 1, second);
  return name.length > MAX_NAME && [...name].length > MAX_NAME
    ? undefined
    : { clock: time.clock, name, text: second + 1 };
}

interface Time {
  readonly written: string;
  readonly clock: number | undefined;
}

/** The time read last: in most chats several entries stand in one minute, and each is looked at more than once. */
let last: Time = { written: '', clock: undefined };

function timeOf(written: string): Time | undefined {
  if (written === last.written) return last;
  const match = TIME.exec(written);
  if (match === null) return undefined;
  const [, before, hour = '', minute = '', after] = match;
  // Some versions write the first hour of a day as the 24th.
  last = { written, clock: dayMs(hour === '24' ? '0' : hour, minute, undefined, before ?? after) };
  return last;
}
