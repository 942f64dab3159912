import type { Moment } from '../../../core/event.ts';
import { instantOf, parseTimestamp, wallMs } from '../../reading/time.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { attribute, child } from './element.ts';

const LEGACY = /^(\d{4})(\d{2})(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/u;

/**
 * A time as XMPP writes it: XEP-0082, or the older `20020910T23:08:25` (XEP-0091), which is UTC by its definition.
 */
export function stampMoment(stamp: string): Moment | undefined {
  const old = LEGACY.exec(stamp);
  const ms =
    old === null
      ? isoMs(stamp)
      : wallMs({
          year: Number(old[1]),
          month: Number(old[2]),
          day: Number(old[3]),
          hour: Number(old[4]),
          minute: Number(old[5]),
          second: Number(old[6]),
        });
  const instant = ms === undefined ? undefined : instantOf(ms);
  if (instant === undefined) return undefined;
  return { instant, zoneSource: 'stated', precision: stamp.includes('.') ? 'ms' : 's' };
}

function isoMs(stamp: string): number | undefined {
  const found = parseTimestamp(stamp);
  if (found === undefined) return undefined;
  const { wall, offset = 'Z' } = found;
  const match = /^([+-])(\d{2}):?(\d{2})$/u.exec(offset);
  if (match === null) return wall;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return wall - (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/** The time that a stanza itself bears: XEP-0203, or XEP-0091. */
export function delayOf(node: XmlNode): Moment | undefined {
  const delay = child(node, 'delay', 'urn:xmpp:delay') ?? child(node, 'x', 'jabber:x:delay');
  const stamp = delay === undefined ? undefined : attribute(delay, 'stamp');
  return stamp === undefined ? undefined : stampMoment(stamp);
}
