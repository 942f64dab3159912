/** A collection of XEP-0136: one conversation, its messages at seconds after one another. */
import type { Moment, Repair } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import { gather } from '../../reading/gather.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { instantOf } from '../../reading/time.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { asJson, attribute, localName, said } from './element.ts';
import { stampMoment } from './moment.ts';
import { bare, NETWORK, person, resourceOf } from './people.ts';

export class CollectionReader {
  readonly #scribe = new Scribe();
  #attributes: Readonly<Record<string, string>> = {};
  /** Milliseconds of the message before, or of the start. */
  #last: number | undefined;
  #isRoom = false;
  /** Messages of the collection that is being read. */
  found = 0;

  /** A new collection, by the attributes of its start tag. */
  begin(attributes: Readonly<Record<string, string>>): void {
    this.#attributes = attributes;
    const start = attributes.start === undefined ? undefined : stampMoment(attributes.start.trim());
    this.#last = start === undefined ? undefined : Date.parse(start.instant);
    this.#isRoom = false;
    this.found = 0;
  }

  /** `from`, `to` and `note`. `owner`: who keeps the archive, and how that is known. */
  read(
    node: XmlNode,
    place: Place,
    owner: { readonly jid: string; readonly fact: 'header' | 'setting' } | undefined,
    repairs: Repair[],
  ): Outcome {
    const name = localName(node);
    const peer = this.#attributes.with?.trim().toWellFormed();
    if (peer === undefined || peer === '')
      return { type: 'reject', code: 'conversation-unknown', detail: 'with' };
    const at = this.#moment(node);
    if (at === undefined) return { type: 'reject', code: 'time-missing', detail: 'start, secs or utc' };
    const nick = attribute(node, 'name');
    if (nick !== undefined) this.#isRoom = true;
    const self = owner === undefined ? undefined : person(owner.jid);
    const other = person(peer);
    const conversation = this.#isRoom
      ? ({ id: bare(peer), kind: 'room' } as const)
      : direct(self?.address, other.address);
    const jid = attribute(node, 'jid');
    const author =
      name === 'to' || name === 'note'
        ? self
        : !this.#isRoom
          ? other
          : jid !== undefined
            ? person(jid, nick)
            : nick === undefined
              ? undefined
              : { address: bare(nick), name: nick, written: `${bare(peer)}/${nick}` };
    const { thread, subject } = this.#attributes;
    const unknown = node.children.filter((each) => !/^(?:body|subject)$/u.test(localName(each)));
    const said136 = name === 'note' ? node.text.trim().toWellFormed() : said(node, 'body', repairs);
    const written = this.#scribe.write(place, {
      network: NETWORK,
      conversation,
      at,
      sender: author,
      recipients: this.#isRoom || name === 'note' ? undefined : to(name === 'to' ? other : self),
      text: said136,
      perspective: self?.address,
      facts: {
        conversation: 'header',
        ...(owner !== undefined && { account: owner.fact }),
      },
      repairs,
      extra: {
        ...(thread !== undefined && { thread: thread.toWellFormed() }),
        ...(subject !== undefined && { subject: subject.toWellFormed() }),
        ...(name === 'from' && !this.#isRoom && resourceOf(peer) !== undefined && { with: peer }),
        ...gather(unknown.map((each) => [localName(each), asJson(each)] as const)),
      },
    });
    if (name === 'note')
      return { type: 'event', event: { ...written, kind: 'notice', payload: { type: 'note' } } };
    this.found++;
    if (said136 === undefined) return { type: 'reject', code: 'field-missing', detail: 'body' };
    return { type: 'event', event: { ...written, kind: 'message' } };
  }

  #moment(node: XmlNode): Moment | undefined {
    const utc = attribute(node, 'utc');
    if (utc !== undefined) {
      const at = stampMoment(utc);
      if (at !== undefined && localName(node) !== 'note') this.#last = Date.parse(at.instant);
      return at;
    }
    const secs = attribute(node, 'secs') ?? '0';
    if (this.#last === undefined || !/^\d{1,10}$/u.test(secs)) return undefined;
    this.#last += Number(secs) * 1000;
    const instant = instantOf(this.#last);
    return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: 's' };
  }
}
