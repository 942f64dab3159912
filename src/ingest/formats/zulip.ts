/**
 * Zulip's export of an organisation: realm.json with people, streams and reactions, numbered files of messages, uploads.
 * Tables and columns: Zulip's public export and import sources and its documentation of the message object.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { directoryFile } from '../reading/frames.ts';
import { isObject } from '../reading/json.ts';
import { jsonFrames } from '../reading/json-units.ts';
import { nameOf } from '../source-name.ts';
import { outcomesOf, unitsOf } from './zulip/message.ts';
import { ZulipRealm } from './zulip/realm.ts';

const MESSAGES = /^messages-\d{6}\.json$/u;
const OTHERS =
  /^(?:realm|attachment|analytics|migration_status|uploads\/records|avatars\/records|emoji\/records|realm_icons\/records)\.json$/u;

export const zulip: Format = {
  name: 'zulip',
  title: 'Zulip export',
  networks: ['zulip'],
  systems: [{ name: 'Zulip', proven: 'documented schema' }],
  unit: 'A message, each of the edits that its history holds, each of its reactions; each other file of the export.',
  limits: [
    'Reactions have no time of their own and stand at the time of their message.',
    'The topic of a message stands in its extra fields; the conversation is the stream.',
    'Read marks (zerver_usermessage) have no time and are not taken as events.',
  ],
  detect({ text }) {
    return /"zerver_message"\s*:\s*\[/u.test(text)
      ? { confidence: 0.9, reason: 'JSON with the table “zerver_message” of a Zulip export' }
      : undefined;
  },
  folder: {
    marks: (name) => name === 'realm.json' || MESSAGES.test(name),
    groups: (names) => {
      const roots = names
        .filter((name) => MESSAGES.test(name.slice(name.lastIndexOf('/') + 1)))
        .map((name) => name.slice(0, name.lastIndexOf('/') + 1));
      return [...new Set(roots)]
        .filter((root) => names.includes(`${root}realm.json`))
        .map((root) => names.filter((name) => name.startsWith(root)));
    },
  },
  async *frames(source) {
    const realmFile = source.files.find((file) => nameOf(file).endsWith('realm.json'));
    const root = realmFile === undefined ? '' : nameOf(realmFile).slice(0, -'realm.json'.length);
    const own = (file: SourceFile): string => nameOf(file).slice(root.length);
    const isMessages = (file: SourceFile): boolean => realmFile === undefined || MESSAGES.test(own(file));
    const lists = source.files.filter((file) => !isMessages(file) && OTHERS.test(own(file)));
    const beside = new FilesBeside(source.files.filter((file) => !isMessages(file) && !lists.includes(file)));
    const realm = new ZulipRealm(root, beside);
    for (const file of lists)
      if (own(file) === 'realm.json' || own(file) === 'attachment.json') await realm.read(source, file);
    for (const file of source.files) if (isMessages(file)) yield* messageFrames(source, file, realm);
    for (const file of lists) yield [directoryFile(file)];
    yield [...beside.rest()];
  },
};

function messageFrames(source: Source, file: SourceFile, realm: ZulipRealm): AsyncIterable<readonly Frame[]> {
  return jsonFrames(source, file, {
    walk: (path, list) =>
      path.length === 0
        ? 'inside'
        : list && path[0] === 'zerver_message'
          ? 'units'
          : list
            ? 'inside'
            : 'whole',
    units: (unit) => {
      const { value } = unit;
      if (!isObject(value)) return { units: 1, read: () => [{ type: 'reject', code: 'json-shape' }] };
      return { units: unitsOf(value, realm), read: () => outcomesOf(value, unit, realm) };
    },
  });
}
