/** Elements of an XML log, one a line. */

import type { Conversation, Event, Party, Provenance, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { epochMoment } from '../../reading/log-clock.ts';
import { UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { wellFormed } from '../../reading/text.ts';
import { parseXml } from '../../reading/xml.ts';
import { nameOf } from '../../source-name.ts';
import { type LogPath, logPath, networkOf, unescaped } from './medium.ts';

const TAGS: ReadonlySet<string> = new Set(['session', 'message', 'status', 'filetransfer', 'icon', 'asset']);
const USED = new Set([
  'type',
  'time',
  'ms',
  'medium',
  'to',
  'from',
  'from_display',
  'to_display',
  'text',
  'link',
]);

export class XmlLog implements EntryLog {
  /** Other versions write several elements in a line. */
  readonly splits = /(?=<(?:session|message|status|filetransfer|icon|asset) )(?<=\/>\s{0,8})/gu;
  readonly #file: SourceFile;
  readonly #path: LogPath;
  readonly #scribe = new Scribe();
  /** The sides of the session that is open: lines of the client itself name none. */
  #sides: { readonly self: string; readonly peer: string } | undefined;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#path = logPath(nameOf(file));
  }

  role(line: string): Role {
    const start = line.trim();
    if (start === '' || /^<(?:\?xml|\/?(?:logs?|trillian)\b)/iu.test(start)) return 'blank';
    if (/^<(?:session|message|status|filetransfer|icon|asset)[ >]/u.test(start)) return 'entry';
    return start.startsWith('<') ? 'unknown' : 'more';
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const found = parseXml(entry.trim(), TAGS, repairs);
    if (!('node' in found)) return { type: 'reject', code: found.code };
    const { name, attributes } = found.node;
    const value = (key: string): string | undefined => {
      const raw = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      return raw === undefined ? undefined : wellFormed(unescaped(raw), repairs, key);
    };
    // A picture somebody chose, or a list of pictures: no communication.
    if (name === 'icon' || name === 'asset') return { type: 'excluded', reason: 'bookkeeping' };
    const seconds = value('time');
    if (seconds === undefined) return { type: 'reject', code: 'time-missing' };
    if (!/^\d{1,12}$/u.test(seconds)) return { type: 'reject', code: 'time-invalid' };
    const ms = /^\d{1,3}$/u.exec(value('ms') ?? '')?.[0];
    const at = epochMoment(Number(seconds) * 1000 + Number(ms ?? 0), ms === undefined ? 's' : 'ms');
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const medium = value('medium');
    const network =
      (medium === undefined ? undefined : networkOf(medium)) ??
      this.#path.network ??
      this.#file.settings.network ??
      UNKNOWN_NETWORK;

    const type = value('type') ?? '';
    const from = value('from') ?? '';
    const target = value('to') ?? '';
    const incoming = type.startsWith('incoming');
    this.#learn(network, name, type, from, target);
    const conversation = this.#conversation(network, /group|channel|chat/iu.test(type) ? target : '');
    const sender = from === '' ? undefined : party(network, from, value('from_display'));
    const text = value('text');
    const extra = Object.fromEntries(
      Object.keys(attributes)
        .filter((key) => !USED.has(key))
        .map((key) => [key, value(key) ?? '']),
    );
    const facts: Record<string, 'path' | 'setting'> = {};
    if (medium === undefined) facts.network = this.#path.network === undefined ? 'setting' : 'path';
    if (this.#path.room || this.#sides === undefined) facts.conversation = 'path';
    const write = (who: Party | undefined, recipient: Party | undefined, said = text) =>
      this.#scribe.write(place, {
        network,
        conversation,
        at,
        sender: who,
        recipients: to(recipient),
        text: said,
        perspective: this.#sides?.self,
        facts: facts satisfies Provenance['facts'],
        repairs,
        extra: { type, ...extra },
      });
    const recipient = target === '' || conversation.kind !== 'direct' ? undefined : party(network, target);
    let event: Event;
    if (name === 'session')
      event = {
        ...write(undefined, undefined, undefined),
        kind: 'notice',
        payload: { type: `session-${type}` },
      };
    else if (name === 'filetransfer') {
      const link = value('link');
      const file = text ?? link?.split(/[/\\]/u).at(-1);
      const base = write(sender, recipient);
      event = {
        ...base,
        kind: 'file',
        ...(file !== undefined && {
          attachments: [{ name: file, ...(link !== undefined && { reference: link }), state: 'referenced' }],
        }),
        payload: { phase: filePhase(type), status: type },
      };
    } else if (name === 'status') {
      event = { ...write(sender, undefined), kind: 'presence', payload: { status: unescaped(type) } };
    } else if (incoming || type.startsWith('outgoing')) {
      const automatic = /auto/iu.test(type);
      event = { ...write(sender, recipient), kind: 'message', ...(automatic && { payload: { automatic } }) };
    } else
      event = { ...write(sender, undefined), kind: 'notice', payload: { type: type === '' ? name : type } };
    return { type: 'event', event };
  }

  #learn(network: string, name: string, type: string, from: string, target: string): void {
    if (from === '' || target === '' || /group|channel|chat/iu.test(type)) return;
    const incoming = type.startsWith('incoming');
    if (!incoming && name !== 'session' && !type.startsWith('outgoing')) return;
    const [self, peer] = incoming ? [target, from] : [from, target];
    this.#sides = { self: normaliseAddress(network, self), peer: normaliseAddress(network, peer) };
  }

  #conversation(network: string, group: string): Conversation {
    const { peer, room } = this.#path;
    if (!room && group !== '') return { id: normaliseAddress(network, group), kind: 'room', name: group };
    if (room && peer !== undefined) return { id: normaliseAddress(network, peer), kind: 'room', name: peer };
    if (this.#sides !== undefined) return direct(this.#sides.self, this.#sides.peer);
    const { account } = this.#file.settings;
    const self = account === undefined ? undefined : normaliseAddress(network, account);
    if (peer !== undefined) return direct(self, normaliseAddress(network, peer));
    // Lines of the client before anybody has written: the file is what they have in common.
    return { id: nameOf(this.#file).split('/').at(-1) ?? '', kind: 'direct' };
  }
}

const filePhase = (type: string): 'offered' | 'started' | 'completed' | 'failed' => {
  if (/fail|cancel|error|declin/iu.test(type)) return 'failed';
  if (/uninitialize|complete/iu.test(type)) return 'completed';
  return /initialize/iu.test(type) ? 'started' : 'offered';
};
