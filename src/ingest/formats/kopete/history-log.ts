/** The head and the messages of one file. */
import type { Moment, Party, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import { decodeEntities, htmlText } from '../../reading/html.ts';
import { dayMs, LogClock } from '../../reading/log-clock.ts';
import { networkNamed, UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { wallMs } from '../../reading/time.ts';
import { parseXml } from '../../reading/xml.ts';
import type { XmlElement, XmlLog } from '../../reading/xml-log.ts';
import { nameOf } from '../../source-name.ts';

const HEAD: ReadonlySet<string> = new Set(['head', 'date', 'contact']);

export class HistoryLog implements XmlLog {
  readonly shape = {
    containers: new Set(['kopete-history']),
    innermost: 'kopete-history',
    facts: new Set(['head']),
    units: new Set(['msg']),
  };
  readonly #file: SourceFile;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #network: string | undefined;
  #self: string | undefined;
  #peer: string | undefined;
  #month: { readonly year: number; readonly month: number } | undefined;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#clock = new LogClock(file.settings);
    const protocol = /^(\w{2,24})Protocol$/u.exec(nameOf(file).split('/').at(-3) ?? '')?.[1];
    this.#network = (protocol === undefined ? undefined : networkNamed(protocol)) ?? file.settings.network;
  }

  fact({ source }: XmlElement): void {
    const found = parseXml(source, HEAD, []);
    if (!('node' in found)) return;
    for (const { name, attributes } of found.node.children) {
      const { type, contactId, year, month } = attributes;
      if (name === 'date') this.#month = { year: Number(year), month: Number(month) };
      else if (contactId === undefined || contactId === '') continue;
      else if (type === 'myself') this.#self = contactId;
      else this.#peer ??= contactId;
    }
  }

  unit({ name, attributes, inner }: XmlElement, place: Place, repairs: Repair[]): Outcome {
    const network = this.#network ?? UNKNOWN_NETWORK;
    if (name !== 'msg') return { type: 'reject', code: 'element-unknown' };
    const at = this.#moment(attributes.time, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at };
    const address = (written: string | undefined): string | undefined =>
      written === undefined ? undefined : normaliseAddress(network, written);
    const self = address(this.#self ?? this.#file.settings.account);
    const peer = address(this.#peer);
    if (self === undefined && peer === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const { from, nick, in: direction } = attributes;
    const written = from !== undefined && from !== '' ? from : direction === '0' ? this.#self : this.#peer;
    const sender: Party | undefined = written === undefined ? undefined : party(network, written, nick);
    const outgoing = direction === '0';
    const other = outgoing ? peer : self;
    // The text is one layer of XML; rich text is HTML inside it.
    const body = decodeEntities(inner, repairs);
    const isRich = /<\/?[a-z][^<>]{0,200}>/iu.test(body);
    const text = isRich ? htmlText(body, repairs) : body;
    const base = this.#scribe.write(place, {
      network,
      conversation: direct(self, peer),
      at,
      sender,
      recipients: other === undefined || other === sender?.address ? undefined : to({ address: other }),
      text,
      ...(isRich && { markup: { type: 'html', source: body } }),
      perspective: self,
      facts: {
        network: this.#file.settings.network === network ? 'setting' : 'path',
        conversation: 'header',
        date: 'header',
      },
      repairs,
    });
    return { type: 'event', event: { ...base, kind: 'message' } };
  }

  /** `27 14:05:33` in the month of the head. */
  #moment(time: string | undefined, repairs: Repair[]): Moment | 'time-missing' | 'time-invalid' {
    if (time === undefined || this.#month === undefined) return 'time-missing';
    const match = /^(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})$/u.exec(time);
    const clock = match === null ? undefined : dayMs(match[2] ?? '', match[3] ?? '', match[4]);
    if (match === null || clock === undefined) return 'time-invalid';
    const day = wallMs({ ...this.#month, day: Number(match[1]), hour: 0, minute: 0, second: 0 });
    if (day === undefined) return 'time-invalid';
    return this.#clock.moment(day + clock, 's', repairs) ?? 'time-invalid';
  }
}
