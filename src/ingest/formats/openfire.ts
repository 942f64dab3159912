/**
 * Openfire: dumps of its database (the monitoring plugin's archive and the room log; schemas: `openfire_*.sql`,
 * `monitoring_*.sql` of igniterealtime), its embedded database's script, and audit logs (`AuditorImpl`).
 */
import type { Format, Source, SourceFile } from '../format.ts';
import { LogClock } from '../reading/log-clock.ts';
import { packetFrames } from '../reading/packet-log.ts';
import { isSqlite } from '../reading/sqlite.ts';
import { namesTable, tableFolder, tableFrames } from '../reading/table-frames.ts';
import { csvNames } from '../reading/tables.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { ArchiveReader, TABLES } from './openfire/archive.ts';
import { auditWall } from './openfire/audit-time.ts';
import { attribute, STANZA_TAGS } from './xmpp/element.ts';
import { StanzaReader } from './xmpp/stanza.ts';

const AUDIT = /<jive\b[^<>]{0,256}>\s*(?:<packet\b|$)|<packet\b[^<>]{0,256}\bstreamID=/u;
const NAMES = [...Object.keys(TABLES), 'ofuser', 'ofversion', 'ofprivacylist', 'ofid'];
const isAudit = (text: string): boolean => AUDIT.test(text.slice(0, 8192)) && /^\s*</u.test(text);

export const openfire: Format = {
  name: 'openfire',
  title: 'Openfire archive tables and audit logs',
  networks: ['xmpp'],
  systems: [
    {
      name: 'Openfire',
      proven: 'documented schema',
      note: 'Archive, room log, roster, offline and presence tables by the published schemas; audit log by its source.',
    },
  ],
  unit: 'A row of a table (a row of ofConParticipant of a room is a joining and a leaving); a packet of an audit log.',
  limits: [
    'Audit logs are in the language and zone of the server: state the zone with --zone, else UTC is assumed and marked.',
    'Accounts in tables bear no domain unless the dump holds xmpp.domain.',
    'A room that only the room log names is known by its number.',
    'Rosters have no time: they stand at the beginning of 1970, and the repair says so.',
  ],
  detect({ text, head }) {
    if (isSqlite(head)) return undefined;
    if (isAudit(text))
      return { confidence: 0.95, reason: 'XML with packets as Openfire’s audit log has them' };
    const table = namesTable(text, NAMES);
    if (table !== undefined)
      return { confidence: 0.9, reason: `a database dump with Openfire’s table ${table}` };
    const names = csvNames(text);
    return names !== undefined && ['fromjid', 'tojid', 'sentdate'].every((name) => names.includes(name))
      ? { confidence: 0.9, reason: 'CSV with the columns of Openfire’s ofMessageArchive' }
      : undefined;
  },
  folder: tableFolder(Object.keys(TABLES)),
  tables: Object.keys(TABLES),
  async *frames(source) {
    const logs: SourceFile[] = [];
    const tables: SourceFile[] = [];
    for (const file of source.files)
      (isAudit(decodeHead(await readHead(file, 8192))) ? logs : tables).push(file);
    if (tables.length > 0) {
      const reader = new ArchiveReader();
      yield* tableFrames({ ...source, files: tables }, reader);
      reader.state(source);
    }
    for (const file of logs) yield* auditFrames(source, file);
  },
};

function auditFrames(source: Source, file: SourceFile): ReturnType<typeof packetFrames> {
  const stanzas = new StanzaReader();
  const clock = new LogClock(file.settings);
  return packetFrames(source, file, 'jive', STANZA_TAGS, (packet, text, place, repairs) => {
    const stamp = attribute(packet, 'timestamp');
    if (stamp === undefined) return [{ type: 'reject', code: 'time-missing', detail: 'timestamp' }];
    const wall = auditWall(stamp);
    const at = wall === undefined ? undefined : clock.moment(wall, 'ms', repairs);
    if (at === undefined) return [{ type: 'reject', code: 'time-invalid', detail: 'timestamp' }];
    const [stanza] = packet.children;
    if (stanza === undefined) return [{ type: 'reject', code: 'field-missing', detail: 'stanza' }];
    const extra = Object.fromEntries(
      ['streamID', 'status'].flatMap((name) => {
        const value = attribute(packet, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    return stanzas.read(stanza, { place, at, repairs, source: text, extra });
  });
}
