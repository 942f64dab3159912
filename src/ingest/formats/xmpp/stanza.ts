/**
 * What a stanza says. RFC 6121 and the extensions that archives hold: 0045 rooms, 0066 files by URL, 0071 XHTML, 0184
 * and 0333 marks, 0203 delay, 0280 carbons, 0308 corrections, 0313 archives, 0359 ids, 0424 and 0425 retractions, 0444
 * reactions, 0461 replies.
 */
import type { Attachment, Json, Markup, Moment, Provenance, Repair } from '../../../core/event.ts';
import { changeKey, type EventKey, eventId } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { gather } from '../../reading/gather.ts';
import type { Place } from '../../reading/provenance.ts';
import { type Draft, direct, Scribe } from '../../reading/scribe.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { asJson, attribute, child, localName, said } from './element.ts';
import { MessageKeys } from './keys.ts';
import { delayOf, stampMoment } from './moment.ts';
import { bare, betweenTwo, type Ends, inRoom, NETWORK, occupant, person, realJid } from './people.ts';
import { presenceOutcome } from './presence.ts';
import { rosterOutcome } from './roster.ts';

/** What is known of a stanza from around it. */
export interface Heard {
  readonly place: Place;
  readonly part?: string | undefined;
  /** Time that the archive gives; it wins over what the stanza bears. */
  readonly at?: Moment | undefined;
  /** Whose archive this is. */
  readonly owner?: string | undefined;
  /** Id in the archive; in a room's own archive it is the room's id of the message. */
  readonly archiveId?: string | undefined;
  /** Ends where the stanza leaves them out. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The real account behind the sender, where the archive says it. */
  readonly account?: string | undefined;
  /** The room, where the archive says that this was said in one. */
  readonly room?: string | undefined;
  /** The two sides, where the archive names them and not who of them wrote. */
  readonly between?: readonly string[] | undefined;
  /** Sent by an occupant of a room to another alone. */
  readonly withinRoom?: boolean | undefined;
  readonly facts?: Provenance['facts'] | undefined;
  readonly repairs: Repair[];
  readonly extra?: { readonly [key: string]: Json } | undefined;
  /** The stanza as text, for its markup. */
  readonly source?: string | undefined;
}

/** Children of a message that have a place in the event, or mean nothing once it is archived. */
const PLACED = new Set(
  (
    'body subject delay html stanza-id origin-id occupant-id store no-store no-permanent-store no-copy markable request ' +
    'active composing paused inactive gone received c nick fallback replace retract retracted apply-to reactions displayed reply'
  ).split(' '),
);
/** Signals of clients; a message with nothing else says nothing. */
const SIGNALS = new Set(
  'active composing paused inactive gone received request markable store no-store no-permanent-store no-copy stanza-id origin-id delay thread c x event'.split(
    ' ',
  ),
);

export class StanzaReader {
  readonly #scribe = new Scribe();
  readonly #keys = new MessageKeys();
  /** Occupants that are in a room, and their accounts where it shows them. The first presence is the joining. */
  readonly #present = new Map<string, string | undefined>();

  /** The outcomes of one stanza, at least one. */
  read(node: XmlNode, heard: Heard): Outcome[] {
    switch (localName(node)) {
      case 'message':
        return this.#message(node, heard);
      case 'presence':
        return [presenceOutcome(node, heard, this.#scribe, this.#present)];
      case 'query':
        return [rosterOutcome(node, heard, this.#scribe)];
      case 'iq': {
        const query = child(node, 'query');
        return query === undefined
          ? [{ type: 'excluded', reason: 'client-signal' }]
          : this.read(query, { ...heard, owner: heard.owner ?? ownerOf(node) });
      }
      case 'result':
        return this.#archived(node, heard);
      default:
        return [{ type: 'reject', code: 'element-unknown', detail: node.name.slice(0, 64) }];
    }
  }

  /** XEP-0313: a message as an archive holds it. */
  #archived(result: XmlNode, heard: Heard): Outcome[] {
    const forwarded = child(result, 'forwarded');
    const inner = forwarded === undefined ? undefined : child(forwarded, 'message');
    if (forwarded === undefined || inner === undefined)
      return [{ type: 'reject', code: 'field-missing', detail: 'forwarded message' }];
    return this.#message(inner, {
      ...heard,
      at: delayOf(forwarded) ?? heard.at,
      archiveId: attribute(result, 'id') ?? heard.archiveId,
    });
  }

  #message(node: XmlNode, heard: Heard): Outcome[] {
    const result = child(node, 'result', 'urn:xmpp:mam:');
    if (result !== undefined) {
      // A room answers from its own address; any other archive is that of whoever is asked.
      const from = attribute(node, 'from');
      const to = attribute(node, 'to');
      return this.#archived(result, { ...heard, owner: heard.owner ?? from ?? to });
    }
    const carbon = child(node, 'sent', 'urn:xmpp:carbons:') ?? child(node, 'received', 'urn:xmpp:carbons:');
    const copied = carbon === undefined ? undefined : child(carbon, 'forwarded');
    const inner = copied === undefined ? undefined : child(copied, 'message');
    if (copied !== undefined && inner !== undefined)
      return this.#message(inner, {
        ...heard,
        at: heard.at ?? delayOf(copied),
        owner: heard.owner ?? attribute(node, 'to'),
      });

    const at = heard.at ?? delayOf(node);
    if (at === undefined) return [{ type: 'reject', code: 'time-missing', detail: 'delay' }];
    const { ends, room } = endsOf(node, heard, this.#present);
    if (ends.conversation.id === '')
      return [{ type: 'reject', code: 'conversation-unknown', detail: 'from and to' }];
    const archiveId = heard.archiveId;
    const ofRoom = room !== undefined && (heard.owner === undefined || bare(heard.owner) === room);
    const key = this.#keys.keyOf(node, room, ofRoom ? archiveId : undefined);
    return this.#said(node, heard, { at, ends, room, key });
  }

  #said(node: XmlNode, heard: Heard, known: Known): Outcome[] {
    const { ends, room, key, at } = known;
    const { repairs } = heard;
    const conversation = ends.conversation.id;
    const id = (target: EventKey): string => eventId(NETWORK, conversation, target);
    const draft: Draft = { ...draftOf(node, heard, known), ...(key !== undefined && { key }) };
    const write = (more: Partial<Draft> = {}) => this.#scribe.write(heard.place, { ...draft, ...more });
    const body = said(node, 'body', repairs);

    const tombstone = child(node, 'retracted');
    if (tombstone !== undefined) {
      if (key === undefined) return [{ type: 'reject', code: 'field-missing', detail: 'id' }];
      const stamp = attribute(tombstone, 'stamp');
      const when = (stamp === undefined ? undefined : stampMoment(stamp)) ?? at;
      const own = attribute(tombstone, 'id') ?? changeKey('deletion', key, '', '', when.instant);
      return [
        {
          type: 'event',
          event: {
            ...write({ key: own, at: when, ...moderator(tombstone, room), ...reason(tombstone) }),
            kind: 'deletion',
            target: id(key),
            payload: { earlier: 'not-captured', what: 'message' },
          },
        },
      ];
    }
    const retract = retraction(node);
    if (retract !== undefined) {
      const target = this.#keys.root(conversation, retract.id);
      return [
        {
          type: 'event',
          event: {
            ...write({ text: undefined, ...moderator(retract.node, room), ...reason(retract.node) }),
            kind: 'deletion',
            target: id(target),
            payload: { earlier: this.#keys.captured(conversation, target), what: 'message' },
          },
        },
      ];
    }
    const reactions = child(node, 'reactions');
    const reactedTo = reactions === undefined ? undefined : attribute(reactions, 'id');
    if (reactions !== undefined && reactedTo !== undefined)
      return this.#reactions(reactions, this.#keys.root(conversation, reactedTo), heard, draft, known);
    const marked = child(node, 'displayed');
    const shown = marked === undefined ? undefined : attribute(marked, 'id');
    if (shown !== undefined && body === undefined)
      return [
        {
          type: 'event',
          event: {
            ...write({ text: undefined }),
            kind: 'read',
            target: id(this.#keys.root(conversation, shown)),
          },
        },
      ];
    const invited = invitation(node, heard, known);
    if (invited !== undefined)
      return [
        {
          type: 'event',
          event: { ...write(invited.more), kind: 'invite', payload: { invited: invited.invited } },
        },
      ];
    const replaced = child(node, 'replace');
    const corrects = replaced === undefined ? undefined : attribute(replaced, 'id');
    if (corrects !== undefined) {
      const target = this.#keys.root(conversation, this.#keys.byOwnId(corrects, room));
      const earlier = this.#keys.captured(conversation, target);
      if (key !== undefined) this.#keys.edit(conversation, key, target);
      return [
        { type: 'event', event: { ...write(), kind: 'edit', target: id(target), payload: { earlier } } },
      ];
    }
    const subject = said(node, 'subject', repairs);
    const attachments = draft.attachments ?? [];
    const encrypted = child(node, 'encrypted') ?? child(node, 'x', 'jabber:x:encrypted');
    if (body === undefined && subject !== undefined)
      return [
        { type: 'event', event: { ...write({ text: subject }), kind: 'topic', payload: { what: 'topic' } } },
      ];
    if (attribute(node, 'type') === 'error') {
      const error = child(node, 'error');
      const text = (error === undefined ? undefined : said(error, 'text', repairs)?.trim()) ?? body;
      return [
        {
          type: 'event',
          // An error bears the id of the message that it answers.
          event: {
            ...write({ text, key: key === undefined ? undefined : ['error', key] }),
            kind: 'notice',
            payload: { type: 'error' },
          },
        },
      ];
    }
    if (body !== undefined || attachments.length > 0 || encrypted !== undefined) {
      if (key !== undefined) this.#keys.capture(conversation, key);
      const reply = child(node, 'reply');
      const answered = reply === undefined ? undefined : attribute(reply, 'id');
      return [
        {
          type: 'event',
          event: {
            ...write(),
            kind: 'message',
            ...(answered !== undefined && { payload: { replyTo: id(answered) } }),
          },
        },
      ];
    }
    const [unknown] = node.children.filter((each) => !SIGNALS.has(localName(each)));
    if (unknown === undefined) return [{ type: 'excluded', reason: 'client-signal' }];
    return [
      {
        type: 'event',
        event: { ...write(), kind: 'notice', payload: { type: localName(unknown).slice(0, 64) } },
      },
    ];
  }

  /** XEP-0444: all that somebody feels about a message now; an empty set takes back what was there. */
  #reactions(node: XmlNode, target: string, heard: Heard, draft: Draft, { ends, at }: Known): Outcome[] {
    const emojis = [
      ...new Set(node.children.flatMap((each) => (localName(each) === 'reaction' ? [each.text.trim()] : []))),
    ].filter((emoji) => emoji !== '');
    const who = ends.sender?.address ?? '';
    if (emojis.length === 0)
      return [
        {
          type: 'event',
          event: {
            ...this.#scribe.write(heard.place, { ...draft, extra: { ...draft.extra, target } }),
            kind: 'notice',
            payload: { type: 'reactions-removed' },
          },
        },
      ];
    return emojis.slice(0, 64).map((emoji, i) => ({
      type: 'event',
      event: {
        ...this.#scribe.write(heard.place, {
          ...draft,
          part:
            emojis.length === 1
              ? draft.part
              : `${draft.part === undefined ? '' : `${draft.part}/`}reactions/${i}`,
          key: changeKey('reaction', target, who, emoji, at.instant),
          text: undefined,
        }),
        kind: 'reaction',
        target: eventId(NETWORK, ends.conversation.id, target),
        payload: { emoji: emoji.toWellFormed(), change: 'added' },
      },
    }));
  }
}

interface Known {
  readonly at: Moment;
  readonly ends: Ends;
  /** Bare JID of the room. */
  readonly room: string | undefined;
  readonly key: string | undefined;
}

const ownerOf = (iq: XmlNode): string | undefined => attribute(iq, 'to') ?? attribute(iq, 'from');

/** Where and between whom: as the stanza says, else as its archive does. */
function endsOf(
  node: XmlNode,
  heard: Heard,
  present: ReadonlyMap<string, string | undefined>,
): { ends: Ends; room: string | undefined } {
  const from = attribute(node, 'from') ?? heard.from;
  const to = attribute(node, 'to') ?? heard.to;
  if (attribute(node, 'type') === 'groupchat' || heard.room !== undefined) {
    // What a room passes on comes from it; what is sent to it goes there.
    const [sender, target] = [from, to].map((jid) => (jid === undefined ? undefined : bare(jid)));
    const passedOn = from?.includes('/') && target !== undefined && sender !== target;
    const room = heard.room ?? (passedOn && !isServiceOf(to) ? from : (to ?? from)) ?? '';
    const shown = heard.account ?? realJid(node) ?? (from === undefined ? undefined : present.get(from));
    const ends = inRoom(room, from, shown);
    return { ends, room: ends.conversation.id };
  }
  if (heard.between !== undefined && from === undefined)
    return {
      ends: { conversation: direct(...heard.between.map(bare)), sender: undefined, recipients: undefined },
      room: undefined,
    };
  const withinRoom =
    heard.withinRoom === true ||
    (child(node, 'x', 'http://jabber.org/protocol/muc#user')?.children.length === 0 &&
      attribute(node, 'type') === 'chat');
  return { ends: betweenTwo(from, to, withinRoom), room: undefined };
}

/** Whether a JID looks like a room as one writes to it: a name without a resource at a conference service. */
const isServiceOf = (jid: string | undefined): boolean =>
  jid !== undefined && !jid.includes('/') && /@(?:conference|muc|chat|rooms?|groupchat)[.-]/iu.test(jid);

function draftOf(node: XmlNode, heard: Heard, { at, ends, room }: Known): Draft {
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

/** XEP-0424 and 0425, in their present form and the one before. */
function retraction(node: XmlNode): { readonly id: string; readonly node: XmlNode } | undefined {
  const retract = child(node, 'retract');
  const id = retract === undefined ? undefined : attribute(retract, 'id');
  if (retract !== undefined && id !== undefined) return { id, node: retract };
  const applied = child(node, 'apply-to');
  const to = applied === undefined ? undefined : attribute(applied, 'id');
  if (applied === undefined || to === undefined) return undefined;
  const inner = child(applied, 'moderated') ?? applied;
  return child(inner, 'retract') === undefined ? undefined : { id: to, node: applied };
}

/** Who took a message away, where that is not its sender. */
function moderator(node: XmlNode, room: string | undefined): Pick<Draft, 'actor'> {
  const moderated = child(node, 'moderated');
  const by = moderated === undefined ? undefined : attribute(moderated, 'by');
  if (by === undefined) return {};
  const actor = room !== undefined && bare(by) === room ? occupant(by, undefined) : person(by);
  return actor === undefined ? {} : { actor };
}

function reason(node: XmlNode): { extra?: { readonly [key: string]: Json } } {
  const found = child(node, 'reason') ?? child(child(node, 'moderated') ?? node, 'reason');
  const text = found?.text.trim().toWellFormed();
  return text === undefined || text === '' ? {} : { extra: { reason: text } };
}

/** An invitation into a room: mediated by it (`muc#user`), or direct (XEP-0249). */
function invitation(
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
