/** Logs of Apple's iChat: `.ichat` since 2007, `.chat` before. */

import type { Attachment, Conversation, Event, Party, Provenance, Repair } from '../../core/event.ts';
import { contentKey, directConversation, eventId } from '../../core/ids.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { appleSecondsMs } from '../reading/apple-time.ts';
import { isPlist, PlistFault } from '../reading/bplist.ts';
import { wholeFile } from '../reading/frames.ts';
import { UNKNOWN_NETWORK } from '../reading/network-name.ts';
import { Ordinals } from '../reading/ordinals.ts';
import { party } from '../reading/party.ts';
import { provenance } from '../reading/provenance.ts';
import { epochMoment } from '../reading/stamp-moment.ts';
import { isTypedstream, TypedstreamFault } from '../reading/typedstream.ts';
import { readWhole } from '../reading/whole.ts';
import { archivedLog } from './ichat/archived-log.ts';
import type { ChatLog, LoggedMessage, Presentity } from './ichat/log.ts';
import { streamedLog } from './ichat/streamed-log.ts';

export const ichat: Format = {
  name: 'ichat',
  title: 'iChat logs (.ichat, .chat)',
  networks: ['aim', 'xmpp', 'yahoo', 'bonjour', 'imessage', 'any'],
  systems: [
    { name: 'iChat (.ichat)', proven: 'synthetic only', note: 'No real log was at hand.' },
    {
      name: 'iChat before 2007 (.chat)',
      proven: 'synthetic only',
      note: 'Made from a printed dump of a real log.',
    },
  ],
  unit: 'A message of the log, or a line of iChat itself.',
  limits: [
    'A log does not say whose it is: it is taken to be that of whoever is no other side; state the account where nobody wrote.',
    'Lines of iChat itself are notices.',
    'Files are names; their bytes are not in a log.',
    'A log of more than 64 MiB is a reject.',
  ],
  detect({ head, name }) {
    const text = Buffer.from(head).toString('latin1');
    const classes = text.includes('InstantMessage') || text.includes('Presentity');
    if (isPlist(head) && text.includes('NSKeyedArchiver') && (classes || /\.ichat$/iu.test(name)))
      return { confidence: 0.95, reason: 'an archive of iChat’s objects in a binary property list' };
    if (isTypedstream(head) && classes)
      return { confidence: 0.95, reason: 'a typedstream with iChat’s objects' };
    return undefined;
  },
  async *frames(source) {
    const ordinals = new Ordinals();
    for (const file of source.files) yield* logFrames(source, file, ordinals);
  },
};

async function* logFrames(
  source: Source,
  file: SourceFile,
  ordinals: Ordinals,
): AsyncIterable<readonly Frame[]> {
  const bytes = await readWhole(file);
  if (bytes === undefined) {
    yield [wholeFile(file, { type: 'reject', code: 'file-too-large' })];
    return;
  }
  let log: ChatLog | undefined;
  try {
    log = isPlist(bytes) ? archivedLog(bytes) : streamedLog(bytes);
  } catch (error) {
    if (!isFault(error)) throw error;
    yield [wholeFile(file, { type: 'reject', code: 'file-damaged', detail: error.message })];
    return;
  }
  if (log === undefined)
    yield [wholeFile(file, { type: 'reject', code: 'record-malformed', detail: 'no list of messages' })];
  else if (log.count === 0) yield [wholeFile(file, { type: 'excluded', reason: 'no-entries' })];
  else {
    const reader = new LogReader(source, file, log, ordinals);
    for (let from = 0; from < log.count; from += BATCH) {
      const batch: Frame[] = [];
      for (let i = from; i < Math.min(from + BATCH, log.count); i++)
        batch.push({ file, offset: 0, length: file.size, units: 1, read: () => [reader.read(i)] });
      yield batch;
    }
  }
}

const BATCH = 256;
const isFault = (error: unknown): error is Error =>
  error instanceof PlistFault || error instanceof TypedstreamFault;

/** Services by iChat's names as networks; any other is its own name. */
const NETWORKS: Readonly<Record<string, string>> = {
  aim: 'aim',
  jabber: 'xmpp',
  gtalk: 'xmpp',
  'google talk': 'xmpp',
  subnet: 'bonjour',
  bonjour: 'bonjour',
  yahoo: 'yahoo',
  imessage: 'imessage',
  sms: 'sms',
};

class LogReader {
  readonly #source: Source;
  readonly #file: SourceFile;
  readonly #log: ChatLog;
  readonly #ordinals: Ordinals;
  readonly #network: string | undefined;
  readonly #self: string | undefined;
  readonly #facts: Record<string, NonNullable<Provenance['facts']>[string]> = {};
  readonly #conversation: Conversation | undefined;
  readonly #peers: readonly Party[];

  constructor(source: Source, file: SourceFile, log: ChatLog, ordinals: Ordinals) {
    this.#source = source;
    this.#file = file;
    this.#log = log;
    this.#ordinals = ordinals;
    const service = log.service ?? log.peers.find((peer) => peer.service !== undefined)?.service;
    this.#network = service === undefined ? file.settings.network : networkOf(service);
    if (service === undefined) this.#facts.network = 'setting';
    const network = this.#network ?? 'unknown';
    const peers = log.peers.map((peer) => party(network, peer.id.toWellFormed(), log.names.get(peer.id)));
    // Some logs list their owner too: a direct chat is called after the other side.
    const named = log.chat?.split(';-;')[1];
    const other = named === undefined ? undefined : party(network, named.toWellFormed()).address;
    const direct = peers.filter(({ address }) => address === other);
    this.#peers = direct.length > 0 ? direct : peers;
    this.#self = this.#findSelf(network);
    this.#conversation = this.#findConversation();
  }

  /** The one who is no other side: of those whom the log lists, of those who wrote, or as stated. */
  #findSelf(network: string): string | undefined {
    const others = new Set(this.#peers.map(({ address }) => address));
    const own = (id: string): string | undefined => {
      const { address } = party(network, id.toWellFormed());
      return others.size > 0 && !others.has(address) ? address : undefined;
    };
    for (const id of this.#log.everybody) if (own(id) !== undefined) return this.#known(own(id), 'header');
    for (let i = 0; i < Math.min(this.#log.count, MAX_LOOKED); i++) {
      const id = this.#message(i)?.sender?.id;
      if (id !== undefined && own(id) !== undefined) return this.#known(own(id), 'record');
    }
    const { account } = this.#file.settings;
    return account === undefined ? undefined : this.#known(party(network, account).address, 'setting');
  }

  #known(address: string | undefined, from: 'header' | 'record' | 'setting'): string | undefined {
    this.#facts.perspective = from;
    return address;
  }

  #message(index: number): LoggedMessage | undefined {
    try {
      return this.#log.message(index);
    } catch (error) {
      if (isFault(error)) return undefined;
      throw error;
    }
  }

  #findConversation(): Conversation | undefined {
    const { chat } = this.#log;
    const addresses = this.#peers.map(({ address }) => address);
    const everybody = this.#self === undefined ? addresses : [...addresses, this.#self];
    if (everybody.length === 0) return undefined;
    const room = chat?.includes(';+;') === true;
    if (!room && addresses.length <= 1) return { id: directConversation(everybody), kind: 'direct' };
    const name = room ? (chat ?? '').slice((chat ?? '').indexOf(';+;') + 3).toWellFormed() : '';
    return { id: name === '' ? directConversation(everybody) : name, kind: 'group' };
  }

  read(index: number): Outcome {
    const part = `messages/${index}`;
    const reject = (
      code: 'record-malformed' | 'time-missing' | 'time-invalid' | 'conversation-unknown',
    ): Outcome => ({
      type: 'reject',
      code,
      part,
    });
    const message = this.#message(index);
    const network = this.#network ?? UNKNOWN_NETWORK;
    const conversation = this.#conversation;
    if (message === undefined) return reject('record-malformed');
    if (conversation === undefined) return reject('conversation-unknown');
    if (message.seconds === undefined) return reject('time-missing');
    const at = epochMoment(appleSecondsMs(message.seconds), 'ms');
    if (at === undefined) return reject('time-invalid');
    const sender = message.sender === undefined ? undefined : this.#person(network, message.sender);
    const text = message.text?.replaceAll('\ufffc', '').trim() === '' ? undefined : message.text;
    const who = sender?.address ?? '';
    const content = text ?? message.files.join('/');
    const key =
      message.guid ??
      contentKey(who, at.instant, content, this.#ordinals.next(conversation.id, who, at.instant, content));
    const place = { source: this.#source, file: this.#file, offset: 0, length: this.#file.size };
    const repairs: Repair[] = [];
    const attachments = message.files.map(
      (name): Attachment => ({ name: name.toWellFormed(), state: 'missing' }),
    );
    const extra = {
      ...(message.flags !== undefined && Number.isSafeInteger(message.flags) && { Flags: message.flags }),
      ...(message.status !== undefined &&
        Number.isSafeInteger(message.status) && { StatusChatItemStatusType: message.status }),
    };
    const other = sender === undefined ? undefined : this.#other(sender);
    const common = {
      id: eventId(network, conversation.id, key),
      network,
      conversation,
      ...(sender !== undefined && { sender }),
      ...(other !== undefined && { recipients: [{ ...other, role: 'to' as const }] }),
      at,
      ...(text !== undefined && { text }),
      ...(message.html !== undefined &&
        message.html !== text && { markup: { type: 'html', source: message.html } }),
      ...(attachments.length > 0 && { attachments }),
      provenance: provenance(place, { part, perspective: this.#self, facts: this.#facts, repairs }),
      ...(Object.keys(extra).length > 0 && { extra }),
    };
    return { type: 'event', event: kindOf(common, text === undefined) };
  }

  #person(network: string, { id }: Presentity): Party {
    return party(network, id.toWellFormed(), this.#log.names.get(id)?.toWellFormed());
  }

  /** In a direct conversation the other side is the one addressed. */
  #other(sender: Party): Party | undefined {
    if (this.#conversation?.kind !== 'direct') return undefined;
    if (sender.address === this.#self) return this.#peers[0];
    return this.#self === undefined ? undefined : { address: this.#self };
  }
}

/** Messages in which the one whose log it is is looked for. */
const MAX_LOOKED = 2000;

/** A service as a network: a name of small letters. */
function networkOf(service: string): string {
  const name = service.toLowerCase();
  if (Object.hasOwn(NETWORKS, name)) return NETWORKS[name] as string;
  return (
    name
      .replaceAll(/[^a-z0-9._-]+/gu, '-')
      .replace(/^[^a-z0-9]+/u, '')
      .slice(0, 64) || 'unknown'
  );
}

function kindOf(common: Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>, silent: boolean): Event {
  if (common.sender === undefined) return { ...common, kind: 'notice', payload: { type: 'iChat' } };
  return silent && common.attachments !== undefined
    ? { ...common, kind: 'file', payload: { phase: 'offered' } }
    : { ...common, kind: 'message' };
}
