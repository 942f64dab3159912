import type { Json, Party } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import { direct, type Scribe } from '../../reading/scribe.ts';
import { undated } from '../../reading/undated.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { asJson, attribute, child, localName } from './element.ts';
import type { Heard } from './heard.ts';
import { bare, NETWORK, person } from './people.ts';

/** A list that somebody keeps: contacts (`jabber:iq:roster`), or whom he blocks (`jabber:iq:privacy`, XEP-0016). */
export function rosterOutcome(query: XmlNode, heard: Heard, scribe: Scribe): Outcome {
  const space = query.attributes.xmlns ?? '';
  const members =
    space === 'jabber:iq:roster'
      ? contacts(query)
      : space === 'jabber:iq:privacy'
        ? blocked(query)
        : undefined;
  if (members === undefined)
    return {
      type: 'excluded',
      reason: /^jabber:iq:private$/u.test(space) ? 'directory-file' : 'client-signal',
    };
  if (members.length === 0 && child(query, 'item') === undefined && child(query, 'list') === undefined)
    return { type: 'excluded', reason: 'client-signal' };
  const owner = heard.owner ?? heard.to ?? heard.from;
  if (owner === undefined) return { type: 'reject', code: 'conversation-unknown', detail: 'whose list' };
  const { repairs } = heard;
  const at = heard.at ?? undated(repairs);
  const sender = person(owner);
  const extra: { [key: string]: Json } = { ...heard.extra, list: space, items: query.children.map(asJson) };
  return {
    type: 'event',
    event: {
      ...scribe.write(heard.place, {
        network: NETWORK,
        conversation: direct(sender.address),
        at,
        sender,
        // Two lists of one person are two events.
        key: ['roster', space, members.map(({ address }) => address).sort(), at.instant],
        perspective: bare(owner),
        facts: heard.facts,
        repairs,
        part: heard.part,
        extra,
      }),
      kind: 'roster',
      payload: { members, basis: 'stated' },
    },
  };
}

function contacts(query: XmlNode): Party[] {
  return query.children.flatMap((item) => {
    const jid = localName(item) === 'item' ? attribute(item, 'jid') : undefined;
    return jid === undefined ? [] : [person(jid, attribute(item, 'name'))];
  });
}

function blocked(query: XmlNode): Party[] {
  const jids = query.children.flatMap((list) =>
    list.children.flatMap((item) => {
      const value = attribute(item, 'type') === 'jid' ? attribute(item, 'value') : undefined;
      return value === undefined ? [] : [value];
    }),
  );
  return [...new Set(jids)].map((jid) => person(jid));
}
