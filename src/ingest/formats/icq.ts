/**
 * Databases of ICQ 99a to 2003b: entries in a `.dat` file, and an index of those that are in use in the `.idx` beside
 * it. Layout: ICQ_Db_Specs.txt of the Miranda project, and its import plugin.
 */
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { noEntries, rejectFrame } from '../reading/frames.ts';
import { readWhole } from '../reading/whole.ts';
import { nameOf } from '../source-name.ts';
import { entriesIn, indexedIn } from './icq/entries.ts';
import { EntryReader } from './icq/entry-reader.ts';

const DAT_HEAD = Buffer.from([4, 0, 0, 0, 8, 0, 0, 0]);
/** An index has twenty bytes an entry; a longer one is left aside, and every entry is read as if there were none. */
const MAX_INDEX = 16 * 1024 * 1024;
const IDX_HEAD = Buffer.from([4, 0, 0, 0, 20, 0, 0, 0, 8, 0, 0, 0]);

export const icq: Format = {
  name: 'icq',
  title: 'ICQ databases, 99a to 2003b',
  networks: ['icq'],
  systems: [
    {
      name: 'ICQ 99a to 2003b (.dat, .idx)',
      proven: 'synthetic only',
      note: 'Made from the public description of the database.',
    },
  ],
  unit: 'An entry of the .dat file; each .idx file.',
  limits: [
    'The account is the number that the files are named by, else --account.',
    'Times are stored shifted by the machine’s zone, twice the wrong way: state the zone with --zone, else UTC is assumed and marked.',
    'Requests for files, chats and calls are rejects: their layout is not published.',
    'Entries that the index does not know (deleted, or left over) are read too, and say so.',
    'A database larger than 64 MiB is not read.',
  ],
  detect({ head, name }) {
    const bytes = Buffer.from(head);
    if (bytes.subarray(0, 12).equals(IDX_HEAD) && /\.idx$/iu.test(name))
      return { confidence: 0.9, reason: 'the header of an index of an ICQ database' };
    const isDat =
      bytes.subarray(0, 8).equals(DAT_HEAD) && bytes.length >= 12 && bytes.readUInt32LE(8) === 201;
    return isDat
      ? { confidence: 0.9, reason: 'the headers of an ICQ database and of its first page' }
      : undefined;
  },
  folder: {
    marks: (name) => /\.idx$/iu.test(name),
    groups: (names) =>
      names
        .filter((name) => /\.dat$/iu.test(name))
        .flatMap((name) => {
          const index = names.find((each) => each.toLowerCase() === `${name.slice(0, -4)}.idx`.toLowerCase());
          return index === undefined ? [] : [[name, index]];
        }),
  },
  async *frames(source) {
    const indices = source.files.filter((file) => /\.idx$/iu.test(nameOf(file)) && source.files.length > 1);
    for (const file of source.files) {
      if (indices.includes(file)) continue;
      const stem = nameOf(file).slice(0, -4).toLowerCase();
      const index = indices.find((each) => nameOf(each).slice(0, -4).toLowerCase() === stem);
      yield* databaseFrames(source, file, index);
    }
    yield indices.map((file) => ({ file, offset: 0, length: file.size, units: 1, read: readWith }));
  },
};

const readWith = (): Outcome[] => [{ type: 'excluded', reason: 'read-with' }];

async function* databaseFrames(
  source: Source,
  file: SourceFile,
  index: SourceFile | undefined,
): AsyncIterable<readonly Frame[]> {
  const bytes = await readWhole(file);
  if (bytes === undefined) {
    yield [rejectFrame(file, { offset: 0, length: file.size }, 'file-too-large')];
    return;
  }
  if (bytes.subarray(0, 12).equals(IDX_HEAD)) {
    yield [{ file, offset: 0, length: file.size, units: 1, read: readWith }];
    return;
  }
  const indexBytes = index === undefined ? undefined : await readWhole(index, MAX_INDEX);
  const indexed = indexBytes === undefined ? undefined : indexedIn(indexBytes);
  const reader = new EntryReader(file, bytes, indexed);
  let units = 0;
  let batch: Frame[] = [];
  for (const entry of entriesIn(bytes)) {
    units++;
    const { offset, length } = entry;
    const read = (): Outcome[] => [reader.read(entry, { source, file, offset, length })];
    batch.push({ file, offset, length, units: 1, read });
    if (batch.length < 1024) continue;
    yield batch;
    batch = [];
  }
  if (units === 0) batch.push(noEntries(file));
  yield batch;
}
