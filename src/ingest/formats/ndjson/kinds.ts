/** What each kind of event asks for beyond the common fields. */
import type { Event, EventKind } from '../../../core/event.ts';
import type { EventKey } from '../../../core/ids.ts';
import type { JsonObject } from '../../reading/json.ts';
import { idText, optionalText, partiesOf } from './fields.ts';
import { invalid, Refusal } from './refusal.ts';

const oneOf = <T extends string>(line: JsonObject, field: string, values: readonly T[], otherwise?: T): T => {
  const value = line[field] ?? otherwise;
  const found = values.find((each) => each === value);
  if (found === undefined) throw value === undefined ? new Refusal('field-missing', field) : invalid(field);
  return found;
};

/** Adds what the kind asks for. */
export function complete(
  kind: EventKind,
  base: Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>,
  line: JsonObject,
  network: string,
  target: string | undefined,
  idOf: (key: EventKey) => string,
): Event {
  const targeted = { ...base, target: target ?? '' };
  switch (kind) {
    case 'message': {
      const replyTo = idText(line.replyTo, 'replyTo');
      const payload = {
        ...(replyTo !== undefined && { replyTo: idOf(replyTo) }),
        ...(line.automatic === true && { automatic: true }),
      };
      return { ...base, kind, ...(Object.keys(payload).length > 0 && { payload }) };
    }
    case 'edit':
      return { ...targeted, kind, payload: { earlier: oneOf(line, 'earlier', EARLIER, 'not-captured') } };
    case 'deletion': {
      const what = line.what === undefined ? undefined : oneOf(line, 'what', ['message', 'file'] as const);
      const earlier = oneOf(line, 'earlier', EARLIER, 'not-captured');
      return { ...targeted, kind, payload: { earlier, ...(what !== undefined && { what }) } };
    }
    case 'reaction': {
      const emoji = optionalText(line, 'emoji');
      if (emoji === undefined) throw new Refusal('field-missing', 'emoji');
      return {
        ...targeted,
        kind,
        payload: { emoji, change: oneOf(line, 'change', ['added', 'removed'] as const, 'added') },
      };
    }
    case 'read':
      return { ...targeted, kind };
    case 'file': {
      const status = optionalText(line, 'status');
      const phase = oneOf(line, 'phase', ['offered', 'started', 'completed', 'failed'] as const);
      return { ...base, kind, payload: { phase, ...(status !== undefined && { status }) } };
    }
    case 'join':
    case 'leave':
      return { ...base, kind, payload: { basis: oneOf(line, 'basis', BASIS, 'stated') } };
    case 'invite':
      return { ...base, kind, payload: { invited: partiesOf(network, line.invited, 'invited') } };
    case 'roster':
      return {
        ...base,
        kind,
        payload: {
          members: partiesOf(network, line.members, 'members'),
          basis: oneOf(line, 'basis', BASIS, 'stated'),
        },
      };
    case 'presence':
      return { ...base, kind, payload: { status: optionalText(line, 'status') ?? missing('status') } };
    case 'topic':
      return {
        ...base,
        kind,
        payload: { what: oneOf(line, 'what', ['topic', 'name', 'purpose'] as const, 'topic') },
      };
    case 'call': {
      const { seconds } = line;
      if (seconds !== undefined && !Number.isSafeInteger(seconds)) throw invalid('seconds');
      const phase = oneOf(line, 'phase', ['started', 'ended', 'missed', 'invited'] as const);
      return { ...base, kind, payload: { phase, ...(typeof seconds === 'number' && { seconds }) } };
    }
    case 'disclaimer':
      return { ...base, kind };
    case 'notice':
      return { ...base, kind, payload: { type: optionalText(line, 'type') ?? missing('type') } };
  }
}

const EARLIER = ['captured', 'not-captured'] as const;
const BASIS = ['stated', 'inferred'] as const;

function missing(field: string): never {
  throw new Refusal('field-missing', field);
}
