/** The parts that every event of a log without message ids has: who, where, when, its id and where it stands. */
import type {
  Attachment,
  Conversation,
  DisclaimerEvent,
  EventId,
  Json,
  Markup,
  Moment,
  Party,
  Provenance,
  Recipient,
  Repair,
} from '../../core/event.ts';
import { directConversation, type EventKey, eventId } from '../../core/ids.ts';
import { UNKNOWN_NETWORK } from './network-name.ts';
import { Ordinals } from './ordinals.ts';
import { type Place, provenance } from './provenance.ts';
import type { Writable } from './writable.ts';

/** What an event says, before it has an id. */
export interface Draft {
  readonly network: string;
  readonly conversation: Conversation;
  readonly at: Moment;
  readonly sender?: Party | undefined;
  readonly recipients?: readonly Recipient[] | undefined;
  readonly actor?: Party | undefined;
  readonly text?: string | undefined;
  readonly markup?: Markup | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
  /** The source's own id, where it has one. */
  readonly key?: EventKey | undefined;
  readonly perspective?: string | undefined;
  readonly facts?: Provenance['facts'] | undefined;
  readonly repairs?: readonly Repair[] | undefined;
  readonly part?: string | undefined;
  readonly extra?: { readonly [key: string]: Json } | undefined;
}

/** Everything of an event but its kind and what belongs to that kind. */
export type Written = Omit<DisclaimerEvent, 'kind'>;

/** Writes the events of one receipt: equals in it are told apart by their order. */
export class Scribe {
  readonly #ordinals = new Ordinals();

  write(place: Place, draft: Draft): Written {
    const { network, conversation, at, sender, recipients, actor, text, markup, attachments, extra } = draft;
    const event: Writable<Omit<Written, 'provenance'> & Partial<Written>> = {
      id: draft.key === undefined ? this.#contentId(draft) : eventId(network, conversation.id, draft.key),
      network,
      conversation,
      at,
    };
    if (sender !== undefined) event.sender = sender;
    if (recipients !== undefined && recipients.length > 0) event.recipients = recipients;
    if (actor !== undefined) event.actor = actor;
    if (text !== undefined) event.text = text;
    if (markup !== undefined) event.markup = markup;
    if (attachments !== undefined && attachments.length > 0) event.attachments = attachments;
    event.provenance = provenance(
      place,
      network === UNKNOWN_NETWORK ? { ...draft, facts: withoutNetwork(draft) } : draft,
    );
    if (extra !== undefined && Object.keys(extra).length > 0) event.extra = extra;
    return event as Written;
  }

  #contentId({ network, conversation, sender, actor, at, text = '' }: Draft): EventId {
    const who = sender?.address ?? actor?.address ?? '';
    return this.#ordinals.id(network, conversation.id, who, at.instant, text);
  }
}

/** A direct conversation of those of its two sides that are known. */
export const direct = (...addresses: readonly (string | undefined)[]): Conversation => ({
  id: directConversation(addresses.filter((address) => address !== undefined)),
  kind: 'direct',
});

/** To whom each of two sides writes, by its address; without exactly two nothing is known of it. */
export function betweenTwo(sides: readonly Party[]): ReadonlyMap<string, readonly Recipient[]> {
  const [one, other] = sides;
  if (one === undefined || other === undefined || sides.length > 2) return new Map();
  return new Map([
    [one.address, [{ ...other, role: 'to' }]],
    [other.address, [{ ...one, role: 'to' }]],
  ]);
}

/** Nothing says where an unknown network comes from. */
function withoutNetwork({ facts }: Draft): Draft['facts'] {
  const { network: _none, ...others } = facts ?? {};
  return others;
}

/** The other side of a direct conversation as the one to whom this was sent. */
export const to = (party: Party | undefined): readonly Recipient[] | undefined =>
  party === undefined ? undefined : [{ ...party, role: 'to' }];
