import { changeKey, type EventKey, eventId } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { type Draft, direct, Scribe } from '../../reading/scribe.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { callPhase } from './call.ts';
import { draftOf } from './draft.ts';
import { attribute, child, localName, said } from './element.ts';
import type { Heard, Known } from './heard.ts';
import { invitation } from './invitation.ts';
import { MessageKeys } from './keys.ts';
import { delayOf, stampMoment } from './moment.ts';
import { bare, betweenTwo, type Ends, inRoom, NETWORK, realJid } from './people.ts';
import { presenceOutcome } from './presence.ts';
import { moderator, reason, retraction } from './retraction.ts';
import { rosterOutcome } from './roster.ts';

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
    const phase = callPhase(node);
    if (phase !== undefined)
      return [{ type: 'event', event: { ...write(), kind: 'call', payload: { phase } } }];
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
