/**
 * Rocket.Chat as mongodump writes its database: a folder of BSON files, of which messages, rooms and users are read.
 * Fields and system message types: the message and room interfaces of Rocket.Chat’s published core typings.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { bsonDocuments, readBson } from '../reading/bson.ts';
import { directoryFile } from '../reading/frames.ts';
import { nameOf } from '../source-name.ts';
import { outcomesOf, unitsOf } from './rocketchat/message.ts';
import { RocketRooms } from './rocketchat/rooms.ts';

const MESSAGES = 'rocketchat_message.bson';

export const rocketchat: Format = {
  name: 'rocketchat',
  title: 'Rocket.Chat (BSON dump)',
  networks: ['rocketchat'],
  systems: [{ name: 'Rocket.Chat', proven: 'real sample' }],
  unit: 'A document of rocketchat_message, each person of each of its reactions, and each other file.',
  limits: [
    'The database holds the last text of an edited message only, unless it was told to keep history: then the earlier versions are read too.',
    'Reactions have no time of their own and stand at the time of their message.',
    'Files are references; their bytes are in GridFS or elsewhere.',
  ],
  detect({ name, head }) {
    if (!name.endsWith('.bson') || head.length < 5) return undefined;
    const text = Buffer.from(head.subarray(0, 4096)).toString('latin1');
    const shape = text.includes('\u0002rid\0') && text.includes('\u0009ts\0') && text.includes('\u0003u\0');
    return shape
      ? { confidence: 0.9, reason: 'BSON documents with “rid”, “ts” and “u”: Rocket.Chat messages' }
      : undefined;
  },
  folder: {
    marks: (name) => name === MESSAGES,
    groups: (names) =>
      names
        .filter((name) => name === MESSAGES || name.endsWith(`/${MESSAGES}`))
        .map((found) => {
          const root = found.slice(0, -MESSAGES.length);
          return names.filter(
            (name) =>
              name.startsWith(root) && /^[^/]+\.(?:bson|metadata\.json)$/u.test(name.slice(root.length)),
          );
        }),
  },
  async *frames(source) {
    const named = (end: string): SourceFile[] => source.files.filter((file) => nameOf(file).endsWith(end));
    const rooms = new RocketRooms();
    for (const file of named('rocketchat_room.bson')) await each(file, (value) => rooms.addRoom(value));
    for (const file of named('users.bson')) await each(file, (value) => rooms.addUser(value));
    for (const file of source.files)
      if (/\.bson$/u.test(nameOf(file)) && (source.files.length === 1 || nameOf(file).endsWith(MESSAGES)))
        yield* messageFrames(source, file, rooms);
      else yield [directoryFile(file)];
    for (const statement of rooms.statements()) source.state(statement);
  },
};

async function each(file: SourceFile, add: (value: ReturnType<typeof readBson>) => void): Promise<void> {
  for await (const batch of bsonDocuments(file))
    for (const { bytes } of batch) if (bytes !== undefined) add(readBson(bytes, []));
}

async function* messageFrames(
  source: Source,
  file: SourceFile,
  rooms: RocketRooms,
): AsyncIterable<readonly Frame[]> {
  for await (const batch of bsonDocuments(file)) {
    const frames: Frame[] = [];
    for (const { offset, length, bytes, problem } of batch) {
      const place = { source, file, offset, length };
      if (bytes === undefined) {
        frames.push({ ...place, units: 1, read: () => [{ type: 'reject', code: problem ?? 'truncated' }] });
        continue;
      }
      const repairs: Parameters<typeof readBson>[1] = [];
      const value = readBson(bytes, repairs);
      if (typeof value === 'string')
        frames.push({ ...place, units: 1, read: () => [{ type: 'reject', code: value }] });
      else
        frames.push({
          ...place,
          units: unitsOf(value),
          read: () => outcomesOf(value, { place, rooms, repairs }),
        });
    }
    yield frames;
  }
}
