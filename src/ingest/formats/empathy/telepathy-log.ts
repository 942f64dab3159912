/** The children of log. */
import type { Conversation, Event, Party, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import { decodeEntities } from '../../reading/html.ts';
import { epochMoment } from '../../reading/log-clock.ts';
import { networkNamed, UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { wallMs } from '../../reading/time.ts';
import type { XmlElement, XmlLog } from '../../reading/xml-log.ts';
import { nameOf } from '../../source-name.ts';

const TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2}):(\d{2}):(\d{2})$/u;
const USED = new Set(['time', 'id', 'name', 'isuser', 'type', 'token', 'cm_id', 'duration']);

export class TelepathyLog implements XmlLog {
  readonly shape = {
    containers: new Set(['log']),
    innermost: 'log',
    facts: new Set<string>(),
    units: new Set(['message', 'call']),
  };
  readonly #network: string;
  readonly #self: string | undefined;
  readonly #peer: string | undefined;
  readonly #room: boolean;
  readonly #fromPath: boolean;
  readonly #scribe = new Scribe();

  /** `head`: the beginning of the file, which shows the two sides where the path does not. */
  constructor(file: SourceFile, head: string) {
    const parts = nameOf(file).split('/');
    this.#room = parts.at(-3) === 'chatrooms';
    const account = accountOf(parts.at(this.#room ? -4 : -3) ?? '');
    this.#fromPath = account !== undefined;
    const network = account?.network ?? file.settings.network ?? UNKNOWN_NETWORK;
    this.#network = network;
    const self = account?.account ?? file.settings.account ?? sideIn(head, 'true');
    this.#self = self === undefined ? undefined : normaliseAddress(network, self);
    const isDay = /^\d{8}(?:\.call)?\.log$/u.test(parts.at(-1) ?? '');
    // Out of its folders the file is one day with somebody who stands in it.
    const peer = this.#fromPath || this.#room ? (isDay ? parts.at(-2) : undefined) : sideIn(head, 'false');
    this.#peer = peer === undefined ? undefined : normaliseAddress(network, peer);
  }

  unit({ name, attributes, inner }: XmlElement, place: Place, repairs: Repair[]): Outcome {
    const network = this.#network;
    if (!this.shape.units.has(name)) return { type: 'reject', code: 'element-unknown' };
    const { time, id, name: alias, isuser, type = '', token, cm_id: cmId, duration } = attributes;
    if (time === undefined) return { type: 'reject', code: 'time-missing' };
    const [, year, month, day, hour, minute, second] = (TIME.exec(time) ?? []).map(Number);
    const ms =
      second === undefined
        ? undefined
        : wallMs({
            year: year ?? 0,
            month: month ?? 0,
            day: day ?? 0,
            hour: hour ?? 0,
            minute: minute ?? 0,
            second,
          });
    const at = ms === undefined ? undefined : epochMoment(ms);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const sender = id === undefined || id === '' ? undefined : party(network, id, alias);
    const own = isuser === 'true';
    const self = own ? (sender?.address ?? this.#self) : this.#self;
    const peer = this.#peer ?? (own ? undefined : sender?.address);
    if (self === undefined && peer === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const conversation: Conversation =
      this.#room && peer !== undefined ? { id: peer, kind: 'room', name: peer } : direct(this.#self, peer);
    const recipient: Party | undefined = this.#room
      ? undefined
      : own
        ? peer === undefined
          ? undefined
          : { address: peer }
        : this.#self === undefined
          ? undefined
          : { address: this.#self };
    const kept = Object.entries({ cm_id: cmId, token }).filter(
      (each): each is [string, string] => each[1] !== undefined && each[1] !== '',
    );
    const extra = Object.fromEntries([
      ...kept,
      ...Object.entries(attributes).filter(([key, value]) => !USED.has(key) && value !== ''),
    ]);
    const base = this.#scribe.write(place, {
      network,
      conversation,
      at,
      sender,
      recipients: name === 'message' ? to(recipient) : undefined,
      ...(name === 'message' && { text: decodeEntities(inner, repairs) }),
      perspective: this.#self,
      facts: {
        network: this.#fromPath ? 'path' : 'setting',
        conversation: this.#fromPath || this.#room ? 'path' : 'record',
      },
      repairs,
      extra: { ...extra, ...(name === 'message' && type !== '' && type !== 'normal' && { type }) },
    });
    if (name === 'call') return { type: 'event', event: callEvent(base, duration, attributes.reason) };
    const automatic = type === 'auto-reply';
    return {
      type: 'event',
      event: { ...base, kind: 'message', ...(automatic && { payload: { automatic } }) },
    };
  }
}

/** The first who wrote as the owner, or as somebody else. */
function sideIn(head: string, isUser: 'true' | 'false'): string | undefined {
  for (const [tag] of head.matchAll(/<message\b[^<>]{1,2000}>/gu))
    if (new RegExp(`\\bisuser=['"]${isUser}['"]`, 'u').test(tag)) {
      const id = /\bid=(?:'([^']{1,320})'|"([^"]{1,320})")/u.exec(tag);
      return decodeEntities(id?.[1] ?? id?.[2] ?? '', []) || undefined;
    }
  return undefined;
}

function callEvent(
  base: ReturnType<Scribe['write']>,
  duration: string | undefined,
  reason: string | undefined,
): Event {
  const seconds = /^\d{1,9}$/u.test(duration ?? '') ? Number(duration) : undefined;
  const missed = seconds === undefined || reason === 'no-answer';
  return {
    ...base,
    kind: 'call',
    payload: { phase: missed ? 'missed' : 'ended', ...(seconds !== undefined && { seconds }) },
  };
}

/** `gabble_jabber_alice_40brook_2eexample0`: manager, protocol, account with `_hh` for what is no letter or digit. */
function accountOf(folder: string): { network: string; account: string } | undefined {
  const match = /^[a-z]+_([a-z0-9-]+?)_(.+?)\d+$/u.exec(folder);
  const network =
    match?.[1] === undefined ? undefined : networkNamed(match[1].replace(/^local-xmpp$/u, 'bonjour'));
  if (match === null || network === undefined) return undefined;
  const account = (match[2] ?? '').replaceAll(/_([0-9a-f]{2})/gu, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { network, account };
}
