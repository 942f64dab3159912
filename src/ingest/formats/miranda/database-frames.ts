/** Frames of a dbx_mmap profile: the events of each contact, of the account itself last. */
import type { Repair } from '../../../core/event.ts';
import type { Frame, Outcome, Source, SourceFile } from '../../format.ts';
import { embeddedText } from '../../reading/embedded-text.ts';
import { noEntries, rejectFrame } from '../../reading/frames.ts';
import { Scribe } from '../../reading/scribe.ts';
import { readWhole } from '../../reading/whole.ts';
import { contentOf } from './blob.ts';
import { Database, type DbContact, type DbEvent, type SettingValue } from './database.ts';
import { ADDRESS_SETTINGS, FLAGS, networkOfModule, outcomeOf, type Sides } from './event.ts';

const BATCH = 1024;
const SAMPLE = 262_144;

export async function* databaseFrames(source: Source, file: SourceFile): AsyncIterable<readonly Frame[]> {
  const bytes = await readWhole(file);
  if (bytes === undefined) {
    yield [rejectFrame(file, { offset: 0, length: file.size }, 'file-too-large')];
    return;
  }
  if (bytes.length < 44) {
    yield [rejectFrame(file, { offset: 0, length: bytes.length }, 'truncated')];
    return;
  }
  const database = new Database(bytes);
  const owner = database.owner();
  const { contacts, damaged } = database.contacts();
  const all = owner === undefined ? contacts : [...contacts, owner];
  const decode = embeddedText(file.settings.encoding, sampleOf(database, all));
  const scribe = new Scribe();
  let batch: Frame[] = [];
  let units = 0;
  // What damage repeats stands at one place: the chains of two contacts can break at the same.
  const broken = database.visited();
  const visited = database.visited();
  const reject = (offset: number): Frame[] => {
    const at = Math.min(offset, bytes.length);
    return broken.visit(at) ? [rejectFrame(file, { offset: at, length: 0 }, 'file-damaged')] : [];
  };
  for (const contact of all) {
    let found = 0;
    for (const event of database.events(contact, visited)) {
      if ('damaged' in event) batch.push(...reject(event.damaged));
      else {
        found++;
        const { offset, length } = event;
        const read = (): Outcome[] => [readEvent(event, sidesOf(file, owner, contact, event, decode))];
        batch.push({ file, offset, length, units: 1, read });
      }
      if (batch.length < BATCH) continue;
      units += batch.length;
      yield batch;
      batch = [];
    }
    if (contact.count !== found)
      source.state({ what: `events of the contact at ${contact.offset}`, stated: contact.count, found });
  }
  if (damaged !== undefined) batch.push(...reject(damaged));
  units += batch.length;
  if (units === 0) batch.push(noEntries(file));
  yield batch;

  function readEvent(event: DbEvent, sides: Sides): Outcome {
    if ((event.flags & FLAGS.encrypted) !== 0) return { type: 'reject', code: 'file-encrypted' };
    const repairs: Repair[] = [];
    const { offset, length, time, flags, kind, blob } = event;
    const content = contentOf(kind, flags, blob, decode, repairs);
    const sent = (flags & FLAGS.sent) !== 0;
    return outcomeOf(scribe, { source, file, offset, length }, sides, {
      time,
      kind,
      sent,
      ...content,
      repairs,
    });
  }
}

/** Texts that are not UTF-8, to tell their code page by. */
function sampleOf(database: Database, contacts: readonly DbContact[]): Buffer {
  const pieces: Buffer[] = [];
  const visited = database.visited();
  let size = 0;
  for (const contact of contacts)
    for (const event of database.events(contact, visited)) {
      if (size >= SAMPLE) return Buffer.concat(pieces);
      if ('damaged' in event || (event.flags & (FLAGS.utf8 | FLAGS.encrypted)) !== 0) continue;
      const end = event.blob.indexOf(0);
      const text = end === -1 ? event.blob : event.blob.subarray(0, end);
      pieces.push(text, Buffer.from('\n'));
      size += text.length;
    }
  return Buffer.concat(pieces);
}

type Decode = (bytes: Buffer, repairs: Repair[]) => string;

function sidesOf(
  file: SourceFile,
  owner: DbContact | undefined,
  contact: DbContact,
  event: DbEvent,
  decode: Decode,
): Sides {
  const text = (value: SettingValue | undefined): string | undefined => {
    if (value === undefined) return undefined;
    if (typeof value === 'number') return value === 0 ? undefined : String(value);
    const found = decode(value, []).replaceAll('\0', '').trim();
    return found === '' ? undefined : found;
  };
  const module = text(contact.settings.get('Protocol')?.get('p')) ?? event.module;
  const address = (settings: DbContact['settings'] | undefined): string | undefined => {
    const own = module === undefined ? undefined : settings?.get(module);
    for (const name of ADDRESS_SETTINGS) {
      const found = text(own?.get(name));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const network = networkOfModule(module) ?? file.settings.network;
  const own = address(owner?.settings);
  const isOwner = contact === owner;
  const nick = module === undefined ? undefined : text(contact.settings.get(module)?.get('Nick'));
  return {
    network,
    self: own ?? file.settings.account,
    peer: isOwner ? undefined : address(contact.settings),
    peerName: text(contact.settings.get('CList')?.get('MyHandle')) ?? nick,
    facts: {
      network: networkOfModule(module) === undefined ? 'setting' : 'header',
      conversation: 'header',
      ...(own !== undefined
        ? { account: 'header' }
        : file.settings.account !== undefined && { account: 'setting' }),
    },
  };
}
