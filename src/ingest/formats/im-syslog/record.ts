/** A syslog record (RFC 3164 or RFC 5424) and the named values in it. */
import { numberOf, parseTimestamp, wallMs } from '../../reading/time.ts';

export interface SyslogRecord {
  readonly host: string;
  readonly app: string;
  /** RFC 5424: an instant with its zone; RFC 3164: a clock without a year. */
  readonly time:
    | { readonly wall: number; readonly zone: string; readonly precision: 's' | 'ms' }
    | { readonly month: number; readonly day: number; readonly clock: number }
    | undefined;
  /** Year of a RFC 3164 time, where the writer adds one. */
  readonly year?: number;
  /** Named values by lower-case name. */
  readonly values: ReadonlyMap<string, string>;
  /** The text after the named values, or all of it. */
  readonly text: string;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const NEW =
  /^<\d{1,3}>1 (-|\S{1,40}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: (?:\ufeff)?([\s\S]*))?$/u;
const OLD =
  /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}):(\d{2}):(\d{2}) (\S{1,255}) ([^\s:[\]]{1,64})(?:\[\d{1,10}\])?:? ([\s\S]*)$/u;

/** As rsyslog writes a record into a file: ISO 8601 with its zone in place of the old time. */
const DATED =
  /^(?:<\d{1,3}>)?(\d{4}-\d{2}-\d{2}T\S{8,24}) (\S{1,255}) ([^\s:[\]]{1,64})(?:\[\d{1,10}\])?:? ([\s\S]*)$/u;

/** The length before a record that came over TCP (RFC 6587). */
export const COUNT = /^\d{2,6} (?=<\d{1,3}>)/u;

/** Reads a line; undefined: it is no syslog record. */
export function recordOf(written: string): SyslogRecord | undefined {
  const line = written.replace(COUNT, '');
  const fresh = NEW.exec(line);
  if (fresh !== null) {
    const [, stamp = '', host = '', app = '', , , data = '', message = ''] = fresh;
    const values = new Map<string, string>();
    pairs(data, values);
    const text = pairs(message, values);
    return { host, app, time: stamp === '-' ? undefined : zonedTime(stamp), values, text };
  }
  const dated = DATED.exec(line);
  if (dated !== null) {
    const [, stamp = '', host = '', app = '', message = ''] = dated;
    const values = new Map<string, string>();
    const text = pairs(message, values);
    return { host, app, time: zonedTime(stamp), values, text };
  }
  const old = OLD.exec(line);
  if (old === null) return undefined;
  const [, name = '', day, year, hour, minute, second, host = '', app = '', message = ''] = old;
  const month = MONTHS.indexOf(name.toLowerCase()) + 1;
  const clock = (numberOf(hour) * 60 + numberOf(minute)) * 60_000 + numberOf(second) * 1000;
  const values = new Map<string, string>();
  const text = pairs(message, values);
  return {
    host,
    app,
    time: month === 0 ? undefined : { month, day: numberOf(day), clock },
    ...(year !== undefined && { year: numberOf(year) }),
    values,
    text,
  };
}

function zonedTime(stamp: string): SyslogRecord['time'] {
  const found = parseTimestamp(stamp);
  if (found?.offset === undefined) return undefined;
  return {
    wall: found.wall,
    zone: /^z$/iu.test(found.offset) ? '+00:00' : found.offset,
    precision: found.precision === 'ms' ? 'ms' : 's',
  };
}

/** `user=ada,buddy=ben,message=sure, why not`: a value ends where a comma begins the next name. */
const COMMAS = /(?:^|\s)[A-Za-z][\w.-]{0,63}=[^\s,"]*,\s?[A-Za-z][\w.-]{0,63}=/u;
const NEXT_NAME = /,\s?(?=[A-Za-z][\w.-]{0,63}=)/u;

/** Takes named values; gives back what stands outside of them. */
function pairs(text: string, values: Map<string, string>): string {
  const put = (name: string, value: string): void => {
    const key = name.toLowerCase();
    if (!values.has(key)) values.set(key, value);
  };
  if (COMMAS.test(text)) {
    let outside = '';
    for (const [i, piece] of text.split(NEXT_NAME).entries()) {
      const match = /^([\s\S]*?)([A-Za-z][\w.-]{0,63})=([\s\S]*)$/u.exec(piece);
      if (match?.[2] === undefined) continue;
      if (i === 0) outside = (match[1] ?? '').trim();
      put(match[2], (match[3] ?? '').replace(/^"([\s\S]*)"$/u, '$1'));
    }
    return outside;
  }
  const rest = withoutPairs(text, put);
  if (values.size > 0) return rest.trim();
  return rest
    .replaceAll(SAID, (_all, name: string, quoted?: string, bare?: string) => {
      put(name, quoted ?? bare?.trim() ?? '');
      return '';
    })
    .trim();
}

const PAIR = /([A-Za-z][\w.-]{0,63})=(?:"((?:[^"\\]|\\.)*)"(?=[\s\],;]|$)|([^\s"]*))/gu;
/** A text or a person's name that nothing quotes ends where one of the names begins that such records have. */
const NEXT =
  /\s(?:msg|message|text|body|content|direction|dir|action|event|size|bytes|reason|policy|rule|status|result|type|id|msgid|category|group|severity|duration|src|dst|src_?ip|dst_?ip|sport|dport|port|from|to|user|buddy|peer|sender|recipient|proto|protocol|network|service|conv|conversation|session|session_id|chat|room|file|filename)=/giu;

/** Takes the named values of a text between blanks; gives back what stands outside of them. */
function withoutPairs(text: string, put: (name: string, value: string) => void): string {
  let outside = '';
  let from = 0;
  for (const { 0: all, 1: name = '', 2: quoted, 3: bare = '', index } of text.matchAll(PAIR)) {
    if (index < from) continue;
    outside += text.slice(from, index);
    from = index + all.length;
    if (quoted !== undefined) {
      put(name, quoted.replaceAll(/\\(["\\\]])/gu, '$1'));
      continue;
    }
    const value = index + name.length + 1;
    const end = endOf(text, from, name.toLowerCase(), bare);
    put(name, text.slice(value, end).trim());
    from = end;
  }
  return outside + text.slice(from);
}

/** Where a value that nothing quotes ends: `from` is where its first word does. */
function endOf(text: string, from: number, name: string, bare: string): number {
  const isText = NAMES.text.some((each) => each === name);
  if (isText) return nextName(text, from) ?? text.length;
  const isPerson = [...NAMES.from, ...NAMES.to].some((each) => each === name);
  // Without a name behind it, what follows the first word is the text of the record.
  return (isPerson && bare !== '' ? nextName(text, from) : undefined) ?? from;
}

function nextName(text: string, from: number): number | undefined {
  NEXT.lastIndex = from;
  return NEXT.exec(text)?.index;
}

/** Wall clock of a time without a year, as if UTC. */
export const wallIn = (
  year: number,
  { month, day, clock }: { readonly month: number; readonly day: number; readonly clock: number },
): number | undefined => {
  const midnight = wallMs({ year, month, day, hour: 0, minute: 0, second: 0 });
  return midnight === undefined ? undefined : midnight + clock;
};

/** The first of these names that has a value. */
export function named(record: SyslogRecord, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = record.values.get(name);
    if (value !== undefined && value !== '' && value !== '-') return value.toWellFormed();
  }
  return undefined;
}

/** Who wrote to whom: where sides are named instead (`user` and `buddy`), the direction says which of them wrote. */
export function sidesIn(record: SyslogRecord): {
  readonly from: string | undefined;
  readonly to: string | undefined;
} {
  const [from, to] = [named(record, NAMES.from), named(record, NAMES.to)];
  const isSide = NAMES.from.every((name) => SIDES.includes(name) || !record.values.has(name));
  const inward = /^(?:in|inbound|incoming|received|recv|rx)$/iu.test(
    named(record, ['direction', 'dir']) ?? '',
  );
  return isSide && inward && to !== undefined ? { from: to, to: from } : { from, to };
}

const SIDES: readonly string[] = ['local_user', 'user'];

/** What firewalls call the parts of a message; none published its grammar. */
export const NAMES = {
  from: ['from', 'sender', 'src_user', 'srcuser', 'im_from', 'local_user', 'user'],
  to: ['to', 'recipient', 'dst_user', 'dstuser', 'im_to', 'remote_user', 'peer', 'buddy'],
  network: ['proto', 'protocol', 'network', 'service', 'im', 'im_proto'],
  conversation: ['conv', 'conversation', 'session', 'session_id', 'chat', 'room'],
  text: ['msg', 'message', 'text', 'body', 'content'],
  file: ['file', 'filename', 'attachment'],
} as const;

/** `sender: ada recipient: "ben"`: names that are known, each value to the next of them. */
const ALL_NAMES = Object.values(NAMES).flat().join('|');
const SAID = new RegExp(
  String.raw`\b(${ALL_NAMES}):[ \t]+(?:"([^"]*)"|((?:(?!\b(?:${ALL_NAMES}):[ \t]).){0,4000}))`,
  'giu',
);
