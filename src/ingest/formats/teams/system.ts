/** System messages of Teams: `eventDetail`, typed by `@odata.type`, or by the one filled field of an SDK's dump. */
import type { Party } from '../../../core/event.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { objectsOf, textOf } from '../../reading/json-units.ts';
import { memberOf, partyOf } from './people.ts';

/** What a system message tells, in the words of an event. */
export type Told =
  | { readonly kind: 'join' | 'leave'; readonly people: readonly Party[] }
  | { readonly kind: 'topic'; readonly what: 'name' | 'topic' | 'purpose'; readonly text: string }
  | { readonly kind: 'call'; readonly phase: 'started' | 'ended'; readonly seconds?: number }
  | { readonly kind: 'notice'; readonly type: string };

/** The detail of a system message and its type: `membersAdded`, `chatRenamed`, … */
export function detailOf(message: JsonObject): { type: string; detail: JsonObject } | undefined {
  const { eventDetail } = message;
  if (!isObject(eventDetail)) return undefined;
  const named = textOf(eventDetail['@odata.type']);
  if (named !== undefined) {
    const type = named.replace(/^#?(?:microsoft\.graph\.)?/u, '').replace(/EventMessageDetail$/u, '');
    return { type, detail: eventDetail };
  }
  const filled = Object.entries(eventDetail).find(([name, value]) => name !== 'initiator' && isObject(value));
  if (filled === undefined)
    return { type: textOf(eventDetail.eventType) ?? 'systemEvent', detail: eventDetail };
  return { type: filled[0], detail: { ...eventDetail, ...(filled[1] as JsonObject) } };
}

/** People whom the message adds or removes. */
const peopleOf = (detail: JsonObject): Party[] =>
  objectsOf(detail.members).flatMap((member) => memberOf(member) ?? []);

export const initiatorOf = (detail: JsonObject): Party | undefined => partyOf(detail.initiator);

export function toldBy(type: string, detail: JsonObject): Told {
  switch (type) {
    case 'membersAdded':
    case 'membersJoined':
    case 'membersDeleted':
    case 'membersLeft': {
      const people = peopleOf(detail);
      const kind = type === 'membersAdded' || type === 'membersJoined' ? 'join' : 'leave';
      return people.length === 0 ? { kind: 'notice', type } : { kind, people };
    }
    case 'chatRenamed':
      return named(type, 'name', detail.chatDisplayName);
    case 'channelRenamed':
      return named(type, 'name', detail.channelDisplayName);
    case 'teamRenamed':
      return named(type, 'name', detail.teamDisplayName);
    case 'channelDescriptionUpdated':
      return named(type, 'purpose', detail.channelDescription);
    case 'callStarted':
      return { kind: 'call', phase: 'started' };
    case 'callEnded': {
      const seconds = secondsOf(textOf(detail.callDuration));
      return { kind: 'call', phase: 'ended', ...(seconds !== undefined && { seconds }) };
    }
    default:
      return { kind: 'notice', type };
  }
}

const named = (type: string, what: 'name' | 'purpose', value: unknown): Told => {
  const text = textOf(value);
  return text === undefined ? { kind: 'notice', type } : { kind: 'topic', what, text };
};

/** `PT1H2M3.5S` as whole seconds. */
function secondsOf(duration: string | undefined): number | undefined {
  const match = /^P(?:(\d{1,4})D)?T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:\.\d+)?S)?$/u.exec(
    duration ?? '',
  );
  if (match === null) return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match.map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
