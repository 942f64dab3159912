/** Calls as messages announce them: XEP-0353, whose words stand for what becomes of a call. */
import type { CallEvent } from '../../../core/event.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { localName } from './element.ts';

const SPACE = 'urn:xmpp:jingle-message:';
const PHASES: Readonly<Record<string, CallEvent['payload']['phase']>> = {
  propose: 'invited',
  accept: 'started',
  proceed: 'started',
  reject: 'missed',
  retract: 'missed',
  finish: 'ended',
};

/** Whether an element is about a call: `retract` is the name of another thing, too. */
export const isOfCall = ({ attributes }: XmlNode): boolean => (attributes.xmlns ?? '').startsWith(SPACE);

/** What a message says of a call; undefined: nothing. */
export function callPhase(node: XmlNode): CallEvent['payload']['phase'] | undefined {
  const found = node.children.find(isOfCall);
  return found === undefined ? undefined : PHASES[localName(found)];
}
