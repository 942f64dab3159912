/** Text, times and people of a unit. */
import { isUtf8 } from 'node:buffer';
import type { Moment, Party, Repair } from '../../../core/event.ts';
import { party } from '../../reading/party.ts';
import { wellFormed } from '../../reading/text.ts';
import { instantOf, numberOf, offsetMinutes, parseTimestamp } from '../../reading/time.ts';
import { childText, type XmlNode } from '../../reading/xml.ts';

/** Below this a number is seconds (until year 5138), from it on milliseconds (since March 1973). */
const MILLISECONDS_FROM = 100_000_000_000;

/** Seconds or milliseconds since 1970; the dialects differ, so each value is judged by its size. Else ISO 8601. */
export function momentOf(value: string | undefined): Moment | 'time-missing' | 'time-invalid' {
  if (value === undefined) return 'time-missing';
  const match = /^(-?\d{1,15})(?:\.(\d{1,9}))?$/u.exec(value);
  if (match === null) return isoMoment(value);
  const number = numberOf(match[1]);
  const isMs = Math.abs(number) >= MILLISECONDS_FROM;
  const fraction = match[2] === undefined ? 0 : Number(match[2].slice(0, 3).padEnd(3, '0'));
  const instant = instantOf(isMs ? number : number * 1000 + fraction);
  const precision = isMs || match[2] !== undefined ? 'ms' : 's';
  return instant === undefined ? 'time-invalid' : { instant, zoneSource: 'stated', precision };
}

/** ISO 8601, as some gateways write it instead: the element’s name says that a time without zone is UTC. */
function isoMoment(value: string): Moment | 'time-invalid' {
  const found = parseTimestamp(value);
  const minutes = found?.offset === undefined ? 0 : offsetMinutes(found.offset);
  if (found === undefined || minutes === undefined) return 'time-invalid';
  const instant = instantOf(found.wall - minutes * 60_000);
  return instant === undefined
    ? 'time-invalid'
    : { instant, zoneSource: 'stated', precision: found.precision };
}

/** Content, or Base64Content (base64, in FaceTime's dialect twice) where the two differ: raw `<` cannot hurt that. */
export function contentOf(node: XmlNode, repairs: Repair[]): string | undefined {
  const content = node.children.find((child) => child.name === 'Content');
  const plain = content === undefined ? undefined : wellFormed(content.text, repairs, 'Content');
  const encoded = childText(node, 'Base64Content');
  const decoded = encoded === undefined ? undefined : unpack(encoded);
  if (decoded === undefined || decoded === plain) return plain;
  if (plain === undefined || squeeze(plain) !== squeeze(decoded) || plain !== decoded)
    repairs.push({ code: 'content-from-base64' });
  return decoded;
}

const squeeze = (text: string): string => text.replaceAll(/\s+/gu, '');

/** Text from base64 of base64, or from base64; undefined where it is neither. */
function unpack(encoded: string): string | undefined {
  const once = base64(encoded);
  if (once === undefined) return undefined;
  const twice = base64(once);
  return twice ?? once;
}

function base64(text: string): string | undefined {
  const packed = squeeze(text);
  if (packed.length === 0 || packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/u.test(packed))
    return undefined;
  const bytes = Buffer.from(packed, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/**
 * The person of a unit: LoginName, in Bloomberg's dialect below User; where it is empty, as after Microsoft's
 * stylesheet, the corporate address.
 */
export function personOf(network: string, node: XmlNode, repairs: Repair[]): Party | undefined {
  const inner = node.children.find((child) => child.name === 'User') ?? node;
  const names = [childText(inner, 'FirstName'), childText(inner, 'LastName')].filter(
    (name) => name !== undefined,
  );
  const name = names.length === 0 ? undefined : names.join(' ');
  const login = childText(inner, 'LoginName');
  if (login !== undefined) return party(network, login, name);
  const email =
    childText(inner, 'CorporateEmailID') ??
    childText(inner, 'CorporateEmailAddress') ??
    childText(inner, 'EmailAddress');
  if (email === undefined) {
    repairs.push({ code: 'sender-absent' });
    return undefined;
  }
  repairs.push({ code: 'sender-from-email' });
  return party(network, email, name);
}
