/** A profile of Miranda NG in SQLite: events, and settings that say who the contacts are. */
import type { Repair } from '../../../core/event.ts';
import type { Frame, Outcome, Source, SourceFile } from '../../format.ts';
import { embeddedText } from '../../reading/embedded-text.ts';
import type { Place } from '../../reading/provenance.ts';
import { Scribe } from '../../reading/scribe.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import {
  numberColumn,
  type RowUnit,
  sqliteFrames,
  type Tables,
  textColumn,
} from '../../reading/sqlite-units.ts';
import { contentOf } from './blob.ts';
import { ADDRESS_SETTINGS, FLAGS, networkOfModule, outcomeOf, type Sides } from './event.ts';

export const sqliteProfileFrames = (
  source: Source,
  file: SourceFile,
  log: SourceFile | undefined,
): AsyncIterable<readonly Frame[]> => sqliteFrames(source, file, log, (db) => unitsOf(db, file));

const SETTINGS = ['p', 'Nick', 'MyHandle', ...ADDRESS_SETTINGS];
const MAX_SETTINGS = 1_000_000;

/** Contact, module and setting → value. */
class Settings {
  readonly #values = new Map<string, string>();

  constructor(db: Tables) {
    if (!db.tables.has('settings')) return;
    const names = SETTINGS.map((name) => `'${name}'`).join(', ');
    for (const row of db.facts(
      `SELECT contact_id, module, setting, value FROM settings WHERE setting IN (${names})`,
    )) {
      const value = textColumn(row, 'value') ?? numberColumn(row, 'value')?.toString();
      if (value === undefined || this.#values.size >= MAX_SETTINGS) continue;
      this.#values.set(
        `${numberColumn(row, 'contact_id')}/${textColumn(row, 'module')}/${textColumn(row, 'setting')}`,
        value,
      );
    }
  }

  get(contact: number, module: string, setting: string): string | undefined {
    const value = this.#values.get(`${contact}/${module}/${setting}`);
    return value === '0' ? undefined : value;
  }

  address(contact: number, module: string): string | undefined {
    return ADDRESS_SETTINGS.map((name) => this.get(contact, module, name)).find((each) => each !== undefined);
  }
}

function* unitsOf(db: Tables, file: SourceFile): Iterable<RowUnit> {
  if (!db.tables.has('events')) return;
  const columns = db.tables.get('events') ?? new Set();
  const settings = new Settings(db);
  const decode = embeddedText(file.settings.encoding, Buffer.alloc(0));
  const scribe = new Scribe();
  const serverId = columns.has('server_id') ? 'server_id' : 'NULL AS server_id';
  const rows = db.rows(
    `SELECT id, contact_id, module, timestamp, type, flags, data, ${serverId} FROM events ORDER BY id`,
  );
  for (const row of rows) {
    const part = `events/${numberColumn(row, 'id') ?? 0}`;
    yield { part, units: 1, read: (place) => [read(row, part, place)] };
  }

  function read(row: SqliteRow, part: string, place: Place): Outcome {
    const flags = numberColumn(row, 'flags') ?? 0;
    if ((flags & FLAGS.encrypted) !== 0) return { type: 'reject', code: 'file-encrypted' };
    const time = numberColumn(row, 'timestamp');
    const kind = numberColumn(row, 'type') ?? 0;
    if (time === undefined) return { type: 'reject', code: 'time-missing' };
    const { data } = row;
    const blob =
      data instanceof Uint8Array
        ? Buffer.from(data)
        : Buffer.from(typeof data === 'string' ? data : '', 'utf8');
    const repairs: Repair[] = [];
    const content = contentOf(kind, flags, blob, decode, repairs);
    const sent = (flags & FLAGS.sent) !== 0;
    const sides = sidesOf(numberColumn(row, 'contact_id') ?? 0, textColumn(row, 'module'));
    return outcomeOf(scribe, place, sides, {
      time,
      kind,
      sent,
      ...content,
      serverId: textColumn(row, 'server_id'),
      repairs,
      part,
    });
  }

  function sidesOf(contact: number, owner: string | undefined): Sides {
    const module = settings.get(contact, 'Protocol', 'p') ?? owner;
    const stated = networkOfModule(module);
    const own = module === undefined ? undefined : settings.address(0, module);
    const { account, network } = file.settings;
    return {
      network: stated ?? network,
      self: own ?? account,
      peer: module === undefined || contact === 0 ? undefined : settings.address(contact, module),
      peerName:
        settings.get(contact, 'CList', 'MyHandle') ??
        (module === undefined ? undefined : settings.get(contact, module, 'Nick')),
      facts: {
        network: stated === undefined ? 'setting' : 'header',
        conversation: 'header',
        ...(own !== undefined ? { account: 'header' } : account !== undefined && { account: 'setting' }),
      },
    };
  }
}
