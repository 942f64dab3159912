/** An event of Miranda's history, however it was stored. */
import type { Event, Moment, Party, Provenance, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { epochMoment } from '../../reading/log-clock.ts';
import { networkNamed, UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, type Scribe, to } from '../../reading/scribe.ts';

/** Bits of an event's flags (`m_database.h`). */
export const FLAGS = { sent: 2, utf8: 16, encrypted: 32 } as const;
/** Numbers of kinds (`m_database.h`). */
export const KINDS = { message: 0, url: 1, contacts: 2, added: 1000, authRequest: 1001, file: 1002 } as const;

/** Whose history it is, and with whom. */
export interface Sides {
  readonly network: string | undefined;
  readonly self: string | undefined;
  readonly peer: string | undefined;
  readonly peerName?: string | undefined;
  readonly facts: NonNullable<Provenance['facts']>;
}

export interface MirandaEvent {
  /** Seconds since 1970, or the moment itself where the source writes another form. */
  readonly time: number | Moment;
  readonly kind: number;
  readonly sent: boolean;
  readonly text: string;
  readonly file?: {
    readonly name: string;
    readonly size?: number | undefined;
    readonly reference?: string | undefined;
  };
  /** The server's own id of the message. */
  readonly serverId?: string | undefined;
  readonly repairs: readonly Repair[];
  readonly part?: string;
}

export function outcomeOf(scribe: Scribe, place: Place, sides: Sides, event: MirandaEvent): Outcome {
  const network = sides.network ?? UNKNOWN_NETWORK;
  if (event.time === 0) return { type: 'reject', code: 'time-missing' };
  const at = typeof event.time === 'number' ? epochMoment(event.time * 1000) : event.time;
  if (at === undefined) return { type: 'reject', code: 'time-invalid' };
  const address = (written: string | undefined): string | undefined =>
    written === undefined ? undefined : normaliseAddress(network, written);
  const self = address(sides.self);
  const peer = address(sides.peer);
  if (self === undefined && peer === undefined) return { type: 'reject', code: 'conversation-unknown' };
  const own = event.sent ? self : peer;
  const other = event.sent ? peer : self;
  const sender: Party | undefined =
    own === undefined ? undefined : party(network, own, event.sent ? undefined : sides.peerName);
  const { file } = event;
  const base = scribe.write(place, {
    network,
    conversation: direct(self, peer),
    at,
    sender,
    recipients: to(other === undefined ? undefined : { address: other }),
    ...((event.text !== '' || event.kind === KINDS.message) && { text: event.text }),
    ...(file !== undefined && {
      attachments: [
        {
          name: file.name,
          ...(file.size !== undefined && { size: file.size }),
          ...(file.reference !== undefined && { reference: file.reference }),
          state: 'referenced' as const,
        },
      ],
    }),
    ...(event.serverId !== undefined && { key: ['server', event.serverId] }),
    perspective: self,
    facts: sides.facts,
    repairs: event.repairs,
    ...(event.part !== undefined && { part: event.part }),
    extra: {
      ...(sender === undefined && { direction: event.sent ? 'sent' : 'received' }),
      ...(!(event.kind in NAMES) && { type: event.kind }),
    },
  });
  return { type: 'event', event: kindOf(event.kind, base) };
}

const NAMES: Readonly<Record<number, string>> = {
  [KINDS.message]: 'message',
  [KINDS.url]: 'url',
  [KINDS.contacts]: 'contacts',
  [KINDS.added]: 'added',
  [KINDS.authRequest]: 'authorization-request',
  [KINDS.file]: 'file',
};

function kindOf(kind: number, base: ReturnType<Scribe['write']>): Event {
  if (kind === KINDS.message || kind === KINDS.url) return { ...base, kind: 'message' };
  if (kind === KINDS.file) return { ...base, kind: 'file', payload: { phase: 'offered' } };
  return { ...base, kind: 'notice', payload: { type: NAMES[kind] ?? `type-${kind}` } };
}

/** The network of a module: `ICQ`, `ICQ_1`, `JABBER`, `GTalk2`. */
export const networkOfModule = (module: string | undefined): string | undefined =>
  module === undefined ? undefined : networkNamed(module.replace(/[\s_]*\d+$/u, ''));

/** Settings in which modules keep an address. */
export const ADDRESS_SETTINGS = ['UIN', 'SN', 'jid', 'e-mail', 'yahoo_id', 'UniqueId', 'ID', 'Nick'] as const;
