/**
 * Prosody: archives, offline messages and rosters as its data files (`data/<host>/<store>/<user>.list`, Lua) and as its
 * SQL tables. Serialisation: `util.serialization`, `util.datamanager` and `mod_storage_sql` of Prosody.
 */
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { isSqlite } from '../reading/sqlite.ts';
import { namesTable, tableFolder, tableFrames } from '../reading/table-frames.ts';
import { csvNames } from '../reading/tables.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { readWhole } from '../reading/whole.ts';
import { nameOf } from '../source-name.ts';
import { ArchiveReader, type Store, TABLES } from './prosody/archive.ts';
import { isTable, luaValue } from './prosody/lua.ts';

const ITEM = /^item\s*\(\s*(?:\{|$)/u;
const isList = (text: string): boolean => /^(?:\s|--[^\n]*\n)*item\s*\(\s*\{/u.test(text);
const isRoster = (text: string): boolean =>
  /^\s*return\s*\{/u.test(text) && /\[?"?subscription"?\]?\s*=\s*"(?:none|to|from|both)"/u.test(text);
/** Rosters are small. */
const MAX_ROSTER = 8 * 1024 * 1024;

export const prosody: Format = {
  name: 'prosody',
  title: 'Prosody archives',
  networks: ['xmpp'],
  systems: [
    {
      name: 'Prosody',
      proven: 'documented schema',
      note: 'Archive and offline lists, rosters, and the tables prosodyarchive and prosody.',
    },
  ],
  unit: 'An item of a list; a contact of a roster; a row of a table.',
  limits: [
    'Whose archive a list is stands in its path only: data/<host>/<store>/<user>.list.',
    'Rosters have no time: they stand at the beginning of 1970, and the repair says so.',
    'Whole seconds in most versions.',
  ],
  detect({ text, head }) {
    if (isSqlite(head))
      return /prosodyarchive/iu.test(Buffer.from(head).toString('latin1'))
        ? { confidence: 0.9, reason: 'a SQLite database with Prosody’s table prosodyarchive' }
        : undefined;
    if (isList(text)) return { confidence: 0.85, reason: 'a list of items in Lua as Prosody stores them' };
    if (isRoster(text)) return { confidence: 0.85, reason: 'a roster in Lua as Prosody stores it' };
    const table = namesTable(text, Object.keys(TABLES));
    if (table !== undefined)
      return { confidence: 0.9, reason: `a database dump with Prosody’s table ${table}` };
    const names = csvNames(text) ?? [];
    return ['host', 'user', 'store', 'when', 'with'].every((name) => names.includes(name))
      ? { confidence: 0.85, reason: 'CSV with the columns of Prosody’s table prosodyarchive' }
      : undefined;
  },
  folder: tableFolder(Object.keys(TABLES)),
  tables: Object.keys(TABLES),
  async *frames(source) {
    const reader = new ArchiveReader();
    const tables: SourceFile[] = [];
    for (const file of source.files) {
      const text = decodeHead(await readHead(file, 16_384));
      if (isRoster(text)) yield [await rosterFrame(source, file, reader)];
      else if (isList(text) || /\.list$/u.test(nameOf(file))) yield* listFrames(source, file, reader);
      else tables.push(file);
    }
    if (tables.length > 0) yield* tableFrames({ ...source, files: tables }, reader);
  },
};

/** `data/<host>/<store>/<user>`, with `%xx` for what is no letter or digit; also where somebody made it one name. */
function storeOf(file: SourceFile): Store {
  const match =
    /(?:^|[/_])([^/_]+(?:%2e[^/_]+)+)[/_]([a-z_\d%]+?)[/_]([^/]+?)\.(?:list|dat)$/iu.exec(nameOf(file)) ??
    /(?:^|\/)([^/]+)\/([^/]+)\/([^/]+)\.(?:list|dat)$/u.exec(nameOf(file));
  const decoded = (text: string | undefined): string | undefined =>
    text?.replaceAll(/%([\da-fA-F]{2})/gu, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return { host: decoded(match?.[1]), store: decoded(match?.[2]), user: decoded(match?.[3]) };
}

/** A line break inside a string stands after a backslash: such a line begins no item, whatever it looks like. */
async function* listFrames(
  source: Source,
  file: SourceFile,
  reader: ArchiveReader,
): AsyncIterable<readonly Frame[]> {
  const store = storeOf(file);
  let continued = false;
  /** What an item holds beyond its first outcome: a set of reactions is several. */
  let further: readonly Outcome[] = [];
  const frames = entryFrames(source, file, {
    role(line) {
      const inside = continued;
      continued = /(?:^|[^\\])(?:\\\\)*\\$/u.test(line.slice(-64));
      if (inside) return 'more';
      return ITEM.test(line) ? 'entry' : line.trim() === '' ? 'blank' : 'more';
    },
    read(entry, place, repairs) {
      const [outcome, ...others] = reader.item(entry, store, place, repairs);
      further = others;
      return outcome ?? { type: 'reject', code: 'record-malformed' };
    },
  });
  for await (const batch of frames)
    yield batch.map((frame) => {
      further = [];
      const all = [...frame.read(), ...further];
      return { ...frame, units: all.length, read: () => all };
    });
}

async function rosterFrame(source: Source, file: SourceFile, reader: ArchiveReader): Promise<Frame> {
  const { size } = file;
  const place = { source, file, offset: 0, length: size };
  const bytes = await readWhole(file, MAX_ROSTER);
  const value = bytes === undefined ? undefined : luaValue(bytes.toString('utf8'));
  const outcomes = isTable(value) ? reader.roster(value, storeOf(file), place) : undefined;
  const read: NonNullable<typeof outcomes> =
    bytes === undefined
      ? [{ type: 'reject', code: 'file-too-large' }]
      : outcomes === undefined
        ? [{ type: 'reject', code: 'record-malformed' }]
        : outcomes.length === 0
          ? [{ type: 'excluded', reason: 'no-entries' }]
          : outcomes;
  return { file, offset: 0, length: size, units: read.length, read: () => read };
}
