/** The children of a Log. */
import type {
  Conversation,
  Event,
  Moment,
  Party,
  Provenance,
  Recipient,
  Repair,
} from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import { type DateDigits, dateMs, sayAssumed } from '../../reading/date-order.ts';
import { dayMs, LogClock } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe } from '../../reading/scribe.ts';
import { instantOf, offsetText, parseTimestamp, wallText } from '../../reading/time.ts';
import { parseXml, type XmlNode } from '../../reading/xml.ts';
import type { XmlElement, XmlLog } from '../../reading/xml-log.ts';
import { nameOf } from '../../source-name.ts';
import { logPath } from './log-path.ts';
import type { Decided } from './survey.ts';

const NETWORK = 'msn';
const TAGS: ReadonlySet<string> = new Set([
  'Message',
  'Invitation',
  'InvitationResponse',
  'Join',
  'Leave',
  'From',
  'To',
  'User',
  'Text',
  'File',
  'Application',
]);
const TIME = /^([^\d\s]{1,12})?\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([^\d]{1,12})?$/u;
const DATE = /^(\d{1,4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,4})\.?$/u;

export class MsnLog implements XmlLog {
  readonly shape = {
    containers: new Set(['Log']),
    innermost: 'Log',
    facts: new Set<string>(),
    units: new Set(['Message', 'Invitation', 'InvitationResponse', 'Join', 'Leave']),
  };
  readonly #dates: Decided;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #conversation: Conversation;
  readonly #self: string | undefined;
  readonly #facts: NonNullable<Provenance['facts']>;

  constructor(file: SourceFile, dates: Decided) {
    this.#dates = dates;
    this.#clock = new LogClock(file.settings);
    const path = logPath(nameOf(file), file.settings.account);
    const self = path.account ?? file.settings.account;
    this.#self = self === undefined ? undefined : normaliseAddress(NETWORK, self);
    const peer = path.peer ?? (nameOf(file).split('/').at(-1) ?? '').replace(/\.xml$/iu, '');
    this.#conversation = direct(this.#self, normaliseAddress(NETWORK, peer));
    this.#facts = {
      network: 'header',
      conversation: 'path',
      ...(self !== undefined && { account: path.account === undefined ? 'setting' : 'path' }),
    };
  }

  unit({ name, source }: XmlElement, place: Place, repairs: Repair[]): Outcome {
    if (!this.shape.units.has(name)) return { type: 'reject', code: 'element-unknown' };
    const found = parseXml(source, TAGS, repairs);
    if (!('node' in found)) return { type: 'reject', code: found.code };
    const { node } = found;
    const at = this.#moment(node.attributes, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at };
    const text = child(node, 'Text');
    const style = text?.attributes.Style;
    const from = people(child(node, 'From') ?? (name === 'Join' || name === 'Leave' ? node : undefined))[0];
    const recipients: Recipient[] = people(child(node, 'To')).map((each) => ({ ...each, role: 'to' }));
    const session = node.attributes.SessionID;
    const write = (attachments: Event['attachments']) =>
      this.#scribe.write(place, {
        network: NETWORK,
        conversation: this.#conversation,
        at,
        sender: from,
        recipients,
        text: text?.text,
        ...(attachments !== undefined && { attachments }),
        perspective: this.#self,
        facts: this.#facts,
        repairs,
        extra: {
          ...(session !== undefined && { SessionID: session }),
          ...(style !== undefined && style !== '' && { Style: style }),
        },
      });
    return { type: 'event', event: eventOf(name, node, write) };
  }

  #moment(
    { Date: date, Time: time, DateTime: utc }: Readonly<Record<string, string>>,
    repairs: Repair[],
  ): Moment | 'time-missing' | 'time-invalid' {
    const local = date === undefined || time === undefined ? undefined : localTime(date, time);
    if (utc !== undefined) {
      const stamp = parseTimestamp(utc);
      const instant = stamp === undefined ? undefined : instantOf(stamp.wall);
      if (stamp === undefined || instant === undefined) return 'time-invalid';
      return { instant, ...besideUtc(local, stamp.wall), zoneSource: 'stated', precision: stamp.precision };
    }
    if (local === undefined)
      return date === undefined || time === undefined ? 'time-missing' : 'time-invalid';
    const { order, from } = this.#dates;
    const day = dateMs(local.date, order);
    if (day === undefined) return 'time-invalid';
    sayAssumed(local.date, from, repairs);
    return this.#clock.moment(day + local.ms, local.seconds ? 's' : 'min', repairs) ?? 'time-invalid';
  }
}

interface LocalTime {
  readonly date: DateDigits;
  readonly ms: number;
  readonly seconds: boolean;
}

/** The local date and time: all that old versions write. */
function localTime(date: string, time: string): LocalTime | undefined {
  const digits = DATE.exec(date.replaceAll(/[\u200e\u200f]/gu, ''));
  const clock = TIME.exec(
    time
      .replaceAll(/[\u200e\u200f]/gu, '')
      .replaceAll('\u202f', ' ')
      .trim(),
  );
  if (digits === null || clock === null) return undefined;
  const [, before, hour = '', minute = '', second, after] = clock;
  const ms = dayMs(hour, minute, second, before ?? after);
  if (ms === undefined) return undefined;
  return { date: [digits[1] ?? '', digits[2] ?? '', digits[3] ?? ''], ms, seconds: second !== undefined };
}

const QUARTER = 900_000;
const FARTHEST = 14 * 3_600_000;

/** The wall clock beside a UTC time, and the offset between the two, where there is one on earth. */
function besideUtc(local: LocalTime | undefined, utc: number): Pick<Moment, 'wall' | 'zone'> {
  if (local === undefined) return {};
  for (const order of ['dmy', 'mdy'] as const) {
    const day = dateMs(local.date, order);
    if (day === undefined) continue;
    const wall = day + local.ms;
    const offset = Math.round((wall - utc) / QUARTER) * QUARTER;
    if (Math.abs(offset) <= FARTHEST && Math.abs(wall - utc - offset) < 60_000)
      return { wall: wallText(wall), zone: offsetText(offset / 60_000) };
  }
  return {};
}

const child = (node: XmlNode, name: string): XmlNode | undefined =>
  node.children.find((each) => each.name === name);

function people(node: XmlNode | undefined): Party[] {
  return (node?.children ?? []).flatMap((each) => {
    const { FriendlyName: name, LogonName: logon } = each.attributes;
    if (each.name !== 'User') return [];
    if (logon !== undefined && logon !== '') return [party(NETWORK, logon, name)];
    return name === undefined || name.trim() === '' ? [] : [party(NETWORK, name)];
  });
}

type Base = ReturnType<Scribe['write']>;

function eventOf(name: string, node: XmlNode, write: (attachments: Event['attachments']) => Base): Event {
  const file = child(node, 'File')?.text.trim();
  const attachments =
    file === undefined || file === ''
      ? undefined
      : [{ name: file.split(/[/\\]/u).at(-1) ?? file, reference: file, state: 'referenced' as const }];
  switch (name) {
    case 'Message':
      return { ...write(attachments), kind: 'message' };
    case 'Join':
      return { ...write(attachments), kind: 'join', payload: { basis: 'stated' } };
    case 'Leave':
      return { ...write(attachments), kind: 'leave', payload: { basis: 'stated' } };
    default: {
      if (attachments !== undefined)
        return {
          ...write(attachments),
          kind: 'file',
          payload: { phase: name === 'Invitation' ? 'offered' : 'completed', status: name },
        };
      const application = child(node, 'Application')?.text.trim();
      return {
        ...write(undefined),
        kind: 'notice',
        payload: { type: application === undefined || application === '' ? name : `${name}: ${application}` },
      };
    }
  }
}
