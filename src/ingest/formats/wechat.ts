/**
 * WeChat for Windows 3.x: the table MSG of its decrypted databases (MSG0.db, MSG1.db, …), as SQLite, or as SQL or CSV
 * taken out of it. There is no official export.
 */
import type { Format, Frame, Outcome, SourceFile } from '../format.ts';
import { noEntries } from '../reading/frames.ts';
import type { Place } from '../reading/provenance.ts';
import { Scribe } from '../reading/scribe.ts';
import { looksLike } from '../reading/sqlite-units.ts';
import { csvNames, looksLikeSql, type Row, tableParts } from '../reading/tables.ts';
import { NETWORK, outcomeOf, person } from './wechat/message.ts';

const COLUMNS = [
  'localid',
  'talkerid',
  'msgsvrid',
  'type',
  'subtype',
  'issender',
  'createtime',
  'sequence',
  'statusex',
  'flagex',
  'status',
  'msgserverseq',
  'msgsequence',
  'strtalker',
  'strcontent',
  'displaycontent',
  'reserved0',
  'reserved1',
  'reserved2',
  'reserved3',
  'reserved4',
  'reserved5',
  'reserved6',
  'compresscontent',
  'bytesextra',
  'bytestrans',
] as const;

const TABLES = {
  columns: { msg: COLUMNS },
  tableOf: (columns: ReadonlySet<string>): string | undefined =>
    columns.has('strtalker') && columns.has('createtime') ? 'msg' : undefined,
};

export const wechat: Format = {
  name: 'wechat',
  title: 'WeChat database (MSG*.db)',
  networks: [NETWORK],
  systems: [
    {
      name: 'WeChat (Windows 3.x, MSG*.db)',
      proven: 'synthetic only',
      note: 'Decrypted by another tool before.',
    },
  ],
  unit: 'A row of the table MSG.',
  limits: [
    'The owner is not in the database: state him with --account, else what he sent has no sender.',
    'Compressed contents (LZ4, of shared links and quotes) are not unpacked; the raw row is kept.',
    'A recall tells neither whose nor which message: it is a notice, and the message stays.',
    'Databases of version 4 and encrypted databases are not read.',
  ],
  detect(probe) {
    if (
      looksLike(probe, [/CREATE TABLE "?MSG"? ?\([^;]{0,2000}?\bStrTalker\b/iu], /^MSG\d+\.db$/u) === 'schema'
    )
      return { confidence: 0.95, reason: 'a SQLite database with WeChat’s table MSG (“StrTalker”)' };
    const sql = looksLikeSql(probe.text) && /\bMSG\b/u.test(probe.text) && /\bStrTalker\b/iu.test(probe.text);
    const names = new Set(csvNames(probe.text));
    return sql || (names.has('strtalker') && names.has('createtime'))
      ? { confidence: 0.9, reason: 'rows of WeChat’s table MSG (“StrTalker”, “CreateTime”)' }
      : undefined;
  },
  async *frames(source) {
    const scribe = new Scribe();
    for (const file of source.files) {
      let units = 0;
      for await (const parts of tableParts(file, TABLES)) {
        const frames: Frame[] = [];
        for (const part of parts) {
          if (part.type === 'row' && part.row.table !== 'msg') continue;
          const place = { source, file, offset: part.offset, length: part.length };
          const one = (outcome: () => Outcome): Frame => ({ ...place, units: 1, read: () => [outcome()] });
          if (part.type === 'row')
            frames.push(one(() => rowOutcome(part.row, place, file, scribe, part.part)));
          else
            frames.push(
              one(() => ({
                type: 'reject',
                code: part.code,
                ...(part.detail !== undefined && { detail: part.detail }),
                ...(part.part !== undefined && { part: part.part }),
              })),
            );
        }
        units += frames.length;
        yield frames;
      }
      if (units === 0) yield [noEntries(file)];
    }
  },
};

function rowOutcome(
  row: Row,
  place: Place,
  file: SourceFile,
  scribe: Scribe,
  part: string | undefined,
): Outcome {
  const talker = row.value('strtalker');
  const refused = (code: 'conversation-unknown' | 'time-missing', detail: string): Outcome => ({
    type: 'reject',
    code,
    detail,
    ...(part !== undefined && { part }),
  });
  if (talker === undefined) return refused('conversation-unknown', 'StrTalker');
  const time = row.value('createtime');
  if (time === undefined) return refused('time-missing', 'CreateTime');
  const owner = file.settings.account;
  const mine = row.value('issender') === '1';
  const group = talker.endsWith('@chatroom');
  // Telephones and Macs put the sender before what he says in a group.
  const written = row.value('strcontent');
  const prefix = group && !mine ? /^([\w@.-]{3,64}):\n/u.exec(written ?? '') : null;
  const from = prefix?.[1] ?? (group ? senderIn(row.value('bytesextra')) : talker);
  const sender = mine ? owner : from;
  const subtype = row.value('subtype');
  const id = row.value('msgsvrid');
  return outcomeOf(
    {
      talker,
      seconds: /^\d{1,12}$/u.test(time) ? Number(time) : Number.NaN,
      type: Number(row.value('type') ?? 1),
      sender: sender === undefined ? undefined : person(sender),
      content: prefix === null ? written : written?.slice(prefix[0].length),
      key: id === undefined || id === '0' ? undefined : id,
      owner,
      ownerStated: false,
      extra: subtype === undefined || subtype === '0' ? {} : { SubType: subtype },
      part,
    },
    place,
    scribe,
  );
}

/** In a group the sender stands in BytesExtra, a protocol buffer: field 1 is 1, field 2 his id. */
function senderIn(extra: string | undefined): string | undefined {
  const at = extra?.indexOf(SENDER) ?? -1;
  if (extra === undefined || at === -1) return undefined;
  const from = at + SENDER.length + 1;
  const id = extra.slice(from, from + extra.charCodeAt(from - 1));
  return /^[\w@.-]{3,64}$/u.test(id) ? id : undefined;
}

/** Field 1 with the value 1, then the tag of field 2, whose length follows. */
const SENDER = '\u0008\u0001\u0012';
