/** What a message says, as the draft of an event. */
import type { Attachment, Json, Markup } from '../../../core/event.ts';
import { gather } from '../../reading/gather.ts';
import type { Draft } from '../../reading/scribe.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { asJson, attribute, child, localName, said } from './element.ts';
import type { Heard, Known } from './heard.ts';
import { bare, NETWORK } from './people.ts';

/** Children of a message that have a place in the event, or mean nothing once it is archived. */
const PLACED = new Set(
  (
    'body subject delay html stanza-id origin-id occupant-id store no-store no-permanent-store no-copy markable request ' +
    'active composing paused inactive gone received c nick fallback replace retract retracted apply-to reactions displayed reply'
  ).split(' '),
);

export function draftOf(node: XmlNode, heard: Heard, { at, ends, room }: Known): Draft {
  const { repairs } = heard;
  const body = said(node, 'body', repairs);
  const url = child(node, 'x', 'jabber:x:oob');
  const reference = url === undefined ? undefined : said(url, 'url', repairs)?.trim();
  const attachments: Attachment[] = [];
  if (reference !== undefined && reference !== '') {
    const name = decodeName(reference);
    attachments.push({ ...(name !== undefined && { name }), reference, state: 'referenced' });
  }
  const extra: { [key: string]: Json } = { ...heard.extra };
  const type = attribute(node, 'type');
  if (type !== undefined && type !== 'chat' && type !== 'groupchat') extra.type = type;
  const subject = body === undefined ? undefined : said(node, 'subject', repairs);
  if (subject !== undefined && subject !== '') extra.subject = subject;
  const others = node.children.flatMap((each): [string, Json][] => {
    const [name, space] = [localName(each), (each.attributes.xmlns ?? '').toWellFormed()];
    if (PLACED.has(name) || (name === 'x' && /^jabber:x:(?:oob|delay)$/u.test(space))) return [];
    return [[name === 'x' ? `x ${space}` : name, asJson(each)]];
  });
  const markup = markupOf(node, heard.source);
  return {
    network: NETWORK,
    conversation: ends.conversation,
    at,
    sender: ends.sender,
    recipients: ends.recipients,
    text: body,
    markup,
    attachments,
    // A room's own archive is nobody's copy.
    perspective: heard.owner === undefined || bare(heard.owner) === room ? undefined : bare(heard.owner),
    facts: heard.facts,
    repairs,
    part: heard.part,
    extra: { ...extra, ...gather(others) },
  };
}

/** XEP-0071, as it stands in the source. */
function markupOf(node: XmlNode, source: string | undefined): Markup | undefined {
  if (source === undefined || child(node, 'html') === undefined) return undefined;
  const start = source.indexOf('<html');
  const end = start === -1 ? -1 : source.indexOf('</html>', start);
  return end === -1 ? undefined : { type: 'xhtml-im', source: source.slice(start, end + 7).toWellFormed() };
}

/** The name at the end of a URL, as a person would see it. */
function decodeName(url: string): string | undefined {
  const last = url.split(/[?#]/u)[0]?.split('/').at(-1);
  if (last === undefined || last === '') return undefined;
  try {
    return decodeURIComponent(last).toWellFormed();
  } catch {
    return last;
  }
}
