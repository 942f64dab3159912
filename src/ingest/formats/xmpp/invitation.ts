import type { Draft } from '../../reading/scribe.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { attribute, child, said } from './element.ts';
import type { Heard, Known } from './heard.ts';
import { bare, person } from './people.ts';

/** An invitation into a room: mediated by it (`muc#user`), or direct (XEP-0249). */
export function invitation(
  node: XmlNode,
  heard: Heard,
  { ends }: Known,
): { more: Partial<Draft>; invited: ReturnType<typeof person>[] } | undefined {
  const mediated = child(node, 'x', 'http://jabber.org/protocol/muc#user');
  const invite = mediated === undefined ? undefined : child(mediated, 'invite');
  const to = attribute(node, 'to') ?? heard.to;
  const from = attribute(node, 'from') ?? heard.from;
  if (invite !== undefined) {
    const by = attribute(invite, 'from');
    const whom = attribute(invite, 'to') ?? to;
    const room = by === undefined ? to : from;
    if (room === undefined || whom === undefined) return undefined;
    const sender = by ?? from;
    return {
      more: {
        conversation: { id: bare(room), kind: 'room' },
        recipients: undefined,
        sender: sender === undefined ? undefined : person(sender),
        text: said(invite, 'reason', heard.repairs),
      },
      invited: [person(whom)],
    };
  }
  const asked = child(node, 'x', 'jabber:x:conference');
  const room = asked === undefined ? undefined : attribute(asked, 'jid');
  if (asked === undefined || room === undefined || to === undefined) return undefined;
  return {
    more: {
      conversation: { id: bare(room), kind: 'room' },
      recipients: undefined,
      sender: ends.sender,
      text: attribute(asked, 'reason') ?? said(node, 'body', heard.repairs),
    },
    invited: [person(to)],
  };
}
