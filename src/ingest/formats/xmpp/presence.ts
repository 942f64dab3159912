import type { Json } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import { direct, type Scribe } from '../../reading/scribe.ts';
import { undated } from '../../reading/undated.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { attribute, child, said } from './element.ts';
import type { Heard } from './heard.ts';
import { delayOf } from './moment.ts';
import { bare, NETWORK, occupant, person, realJid, resourceOf } from './people.ts';

const MAX_PRESENT = 200_000;

/**
 * Presence: whether somebody is there, subscriptions, and coming and going in rooms. `present`: who is known to be in a
 * room. A request for subscription that an export keeps has no time.
 */
export function presenceOutcome(
  node: XmlNode,
  heard: Heard,
  scribe: Scribe,
  present: Map<string, string | undefined>,
): Outcome {
  const { repairs } = heard;
  const from = attribute(node, 'from') ?? heard.from;
  const type = attribute(node, 'type');
  const known = heard.at ?? delayOf(node);
  const subscription = type !== undefined && /subscribe/u.test(type);
  const to = attribute(node, 'to') ?? heard.to ?? (subscription ? heard.owner : undefined);
  if (known === undefined && !subscription) return { type: 'reject', code: 'time-missing', detail: 'delay' };
  if (from === undefined && to === undefined)
    return { type: 'reject', code: 'conversation-unknown', detail: 'from and to' };
  const show = said(node, 'show', repairs)?.trim();
  const text = said(node, 'status', repairs)?.trim();
  const status = type ?? (show === undefined || show === '' ? 'available' : show);
  const extra: { [key: string]: Json } = { ...heard.extra };
  const priority = said(node, 'priority', repairs)?.trim();
  if (priority !== undefined && priority !== '') extra.priority = priority;
  const at = known ?? undated(repairs);
  const shared = {
    network: NETWORK,
    at,
    text: text === '' ? undefined : text,
    perspective: heard.owner === undefined || heard.room !== undefined ? undefined : bare(heard.owner),
    facts: heard.facts,
    repairs,
    part: heard.part,
    extra,
  };

  const muc = child(node, 'x', 'http://jabber.org/protocol/muc#user');
  // A room's own archive holds the presence of its occupants, and may leave out what a room adds to it.
  if (
    from !== undefined &&
    (muc !== undefined || (heard.room !== undefined && resourceOf(from) !== undefined))
  ) {
    const conversation = { id: bare(from), kind: 'room' } as const;
    const real = realJid(node) ?? present.get(from);
    const sender = occupant(from, real);
    const item = muc === undefined ? undefined : child(muc, 'item');
    for (const name of ['affiliation', 'role', 'nick'] as const) {
      const value = item === undefined ? undefined : attribute(item, name);
      if (value !== undefined) extra[name] = value;
    }
    const leaves = type === 'unavailable';
    const joins = !leaves && type === undefined && !present.has(from);
    if (leaves) present.delete(from);
    else if (present.size < MAX_PRESENT) present.set(from, real);
    const written = scribe.write(heard.place, { ...shared, conversation, sender });
    if (leaves || joins)
      return {
        type: 'event',
        event: { ...written, kind: leaves ? 'leave' : 'join', payload: { basis: 'stated' } },
      };
    return { type: 'event', event: { ...written, kind: 'presence', payload: { status } } };
  }
  const sender = from === undefined ? undefined : person(from);
  const recipient = to === undefined ? undefined : person(to);
  const written = scribe.write(heard.place, {
    ...shared,
    conversation: direct(sender?.address, recipient?.address),
    sender,
    recipients: recipient === undefined ? undefined : [{ ...recipient, role: 'to' }],
  });
  return { type: 'event', event: { ...written, kind: 'presence', payload: { status: status.slice(0, 64) } } };
}
