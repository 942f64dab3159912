/**
 * Google Chat as Takeout gives it: `Groups/<DM or Space>/messages.json` with `group_info.json` and the files beside it,
 * `Users/<User>/user_info.json`.
 */
import type { Party } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { wholeFile } from '../reading/frames.ts';
import { isObject, type JsonObject, tooMuch } from '../reading/json.ts';
import { jsonFrames, objectsOf, textOf } from '../reading/json-units.ts';
import { LocaleDates } from '../reading/locale-date.ts';
import { readWhole } from '../reading/whole.ts';
import { nameOf } from '../source-name.ts';
import { type Group, NETWORK, outcomesOf, personOf, unitsOf } from './google-chat/message.ts';

const MESSAGES = /(?:^|\/)messages\.json$/u;
const INFO = /(?:^|\/)(?:group_info|user_info)\.json$/u;
const MAX_INFO = 8 * 1024 * 1024;

export const googleChat: Format = {
  name: 'google-chat',
  title: 'Google Chat (Takeout)',
  networks: [NETWORK],
  systems: [
    {
      name: 'Google Chat',
      proven: 'synthetic only',
      note: 'Of a real Takeout one deleted record was at hand.',
    },
  ],
  unit: 'An object of messages, each person of each of its reactions, and each other file of the Takeout.',
  limits: [
    'Dates are words in the account’s language: those of sixty languages are understood; a day of the week that does not fit is recorded.',
    'Of a deleted message a Takeout holds nothing but when, not even by whom.',
    'Reactions have no time of their own and stand at the time of their message.',
    'Members of conversations are listed without a time and are not taken as events.',
  ],
  detect({ text, name }) {
    if (!/^\s*\{/u.test(text)) return undefined;
    const message =
      /"messages"\s*:\s*\[/u.test(text) &&
      /"(?:topic_id|message_id)"\s*:/u.test(text) &&
      /"(?:created_date|deleted_date|creator)"\s*:/u.test(text);
    if (message)
      return {
        confidence: 0.9,
        reason: 'a JSON file of Google Chat (“messages” with “topic_id” and “created_date”)',
      };
    if (/"message_state"\s*:\s*"DELETED"/u.test(text) && /"deletion_metadata"\s*:/u.test(text))
      return { confidence: 0.8, reason: 'a deleted message as Google Chat writes it' };
    if (/"membership_info"\s*:\s*\[/u.test(text) || (/"members"\s*:\s*\[/u.test(text) && INFO.test(name)))
      return { confidence: 0.7, reason: 'a list of members as Google Chat writes it' };
    return undefined;
  },
  folder: { marks: (name) => ['Google Chat', 'Groups', 'messages.json'].includes(name), groups: takeouts },
  async *frames(source) {
    const isMessages = (file: SourceFile): boolean =>
      MESSAGES.test(nameOf(file)) || (source.files.length === 1 && !INFO.test(nameOf(file)));
    const infos = source.files.filter((file) => INFO.test(nameOf(file)));
    const about = new Map<string, JsonObject>();
    for (const file of infos) {
      const info = await infoOf(file);
      if (info !== undefined) about.set(nameOf(file), info);
      const outcome: Outcome =
        info === undefined
          ? { type: 'reject', code: 'json-malformed' }
          : { type: 'excluded', reason: 'directory-file' };
      yield [wholeFile(file, outcome)];
    }
    const self = selfOf(about);
    const others = source.files.filter((file) => !infos.includes(file) && !isMessages(file));
    const beside = new FilesBeside(others);
    for (const file of source.files)
      if (!infos.includes(file) && isMessages(file))
        yield* messageFrames(source, file, groupOf(file, about, self), beside);
    yield [...beside.rest()];
  },
};

/** A whole Takeout, or single folders of groups. */
function takeouts(names: readonly string[]): string[][] {
  const roots = new Set<string>();
  const folders = new Set<string>();
  for (const name of names) {
    if (!MESSAGES.test(name)) continue;
    const root = /^(.*?)Groups\/[^/]+\/messages\.json$/u.exec(name)?.[1];
    const folder = name.slice(0, -'messages.json'.length);
    if (root !== undefined) roots.add(root);
    else if (names.includes(`${folder}group_info.json`)) folders.add(folder);
  }
  return [
    ...[...roots].map((root) =>
      names.filter((name) => name.startsWith(`${root}Groups/`) || name.startsWith(`${root}Users/`)),
    ),
    ...[...folders].map((folder) =>
      names.filter((name) => name.startsWith(folder) && !name.slice(folder.length).includes('/')),
    ),
  ];
}

async function infoOf(file: SourceFile): Promise<JsonObject | undefined> {
  const bytes = await readWhole(file, MAX_INFO);
  const text = bytes?.toString('utf8');
  if (text === undefined || tooMuch(text) !== undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whose Takeout it is: the one user of whom it tells. */
function selfOf(about: ReadonlyMap<string, JsonObject>): string | undefined {
  const users = [...about.values()].flatMap((info) => (isObject(info.user) ? [textOf(info.user.email)] : []));
  const [email] = users;
  return users.length === 1 && email !== undefined
    ? normaliseAddress(NETWORK, email.toWellFormed())
    : undefined;
}

function groupOf(file: SourceFile, about: ReadonlyMap<string, JsonObject>, self: string | undefined): Group {
  const folder = nameOf(file).split('/').at(-2) ?? '';
  const info = about.get(nameOf(file).replace(/[^/]*$/u, 'group_info.json')) ?? {};
  const members = objectsOf(info.members).flatMap((member): Party[] => {
    const person = personOf(member);
    return person === undefined ? [] : [person];
  });
  const kind = !folder.startsWith('DM') ? 'room' : members.length > 2 ? 'group' : 'direct';
  const name = textOf(info.name)?.toWellFormed();
  return { folder: /^(?:DM|Space) (.+)$/u.exec(folder)?.[1] ?? '', kind, name, members, self };
}

async function* messageFrames(
  source: Source,
  file: SourceFile,
  group: Group,
  beside: FilesBeside,
): AsyncIterable<readonly Frame[]> {
  const root = nameOf(file).replace(/[^/]*$/u, '');
  const dates = new LocaleDates();
  yield* jsonFrames(source, file, {
    alone: true,
    walk: (path, list) =>
      path.length === 0
        ? list
          ? 'whole'
          : 'inside'
        : list && path.join('/') === 'messages'
          ? 'units'
          : 'whole',
    units(unit) {
      const { value: raw } = unit;
      if (!isObject(raw)) return { units: 1, read: () => [NO_OBJECT] };
      return { units: unitsOf(raw), read: () => outcomesOf({ unit, raw, group, root, beside, dates }) };
    },
  });
}

const NO_OBJECT: Outcome = { type: 'reject', code: 'json-shape', detail: 'not an object' };
