/**
 * ejabberd: its message archive and rosters as rows, and the logs of `mod_logxml`, `mod_log_chat` and
 * `mod_message_log`. Schemas and grammars: processone/ejabberd and ejabberd-contrib.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { LogClock } from '../reading/log-clock.ts';
import { packetFrames } from '../reading/packet-log.ts';
import { Scribe } from '../reading/scribe.ts';
import { isSqlite } from '../reading/sqlite.ts';
import { tableFolder, tableFrames } from '../reading/table-frames.ts';
import { csvNames } from '../reading/tables.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { wallMs } from '../reading/time.ts';
import { ArchiveReader, TABLES } from './ejabberd/archive.ts';
import { chatLog, chatLogKind } from './ejabberd/chat-log.ts';
import { attribute, STANZA_TAGS } from './xmpp/element.ts';
import { stampMoment } from './xmpp/moment.ts';
import { StanzaReader } from './xmpp/stanza.ts';

const PACKETS = /<log\b[^<>]{0,256}>\s*(?:<packet\b|$)|<packet\b[^<>]{0,64}\bor="(?:send|recv)"/u;
const isPackets = (text: string): boolean => /^\s*</u.test(text) && PACKETS.test(text.slice(0, 8192));
const LEGACY = /^(\d{4})(\d{2})(\d{2})T(\d{2}):(\d{2}):(\d{2})$/u;

export const ejabberd: Format = {
  name: 'ejabberd',
  title: 'ejabberd archive tables and logs',
  networks: ['xmpp'],
  systems: [
    {
      name: 'ejabberd',
      proven: 'documented schema',
      note: 'Tables archive, rosterusers, spool and last; mod_logxml, mod_log_chat (text, HTML) and mod_message_log.',
    },
  ],
  unit: 'A row; a packet of mod_logxml; an entry of mod_log_chat (its line with time and addresses, and the lines after it).',
  limits: [
    'Each side of a conversation keeps its own row, a moment apart: with the id of the message they are variants of one event.',
    'mod_log_chat and mod_logxml write local time: state the zone with --zone, else UTC is assumed and marked.',
    'mod_message_log holds no text.',
    'Rosters have no time: they stand at the beginning of 1970, and the repair says so.',
  ],
  detect({ text, head }) {
    if (isSqlite(head))
      return /bare_peer/u.test(Buffer.from(head).toString('latin1'))
        ? { confidence: 0.9, reason: 'a SQLite database with ejabberd’s table archive' }
        : undefined;
    if (isPackets(text))
      return { confidence: 0.9, reason: 'XML with packets as ejabberd’s mod_logxml writes them' };
    const kind = chatLogKind(text);
    if (kind !== undefined)
      return {
        confidence: 0.9,
        reason: `the lines of ejabberd’s mod_${kind === 'logged' ? 'message_log' : 'log_chat'}`,
      };
    if (/\bbare_peer\b/u.test(text) && /\barchive\b/u.test(text) && /\b(?:INSERT|COPY|CREATE)\b/iu.test(text))
      return { confidence: 0.9, reason: 'a database dump with ejabberd’s table archive' };
    if (
      /\b(?:INTO|COPY|TABLE)\s+[\w"`.[\]]{0,64}(?:rosterusers|archive_prefs|mqtt_pub|caps_features)\b/iu.test(
        text,
      )
    )
      return { confidence: 0.85, reason: 'a database dump with tables of ejabberd' };
    return csvNames(text)?.includes('bare_peer')
      ? { confidence: 0.9, reason: 'CSV with the columns of ejabberd’s table archive' }
      : undefined;
  },
  folder: tableFolder(Object.keys(TABLES), ['rosterusers', 'archive_prefs']),
  tables: Object.keys(TABLES),
  async *frames(source) {
    const tables: SourceFile[] = [];
    const scribe = new Scribe();
    const stanzas = new StanzaReader();
    for (const file of source.files) {
      const text = decodeHead(await readHead(file, 16_384));
      const kind = chatLogKind(text);
      if (isPackets(text)) yield* packets(source, file, stanzas);
      else if (kind !== undefined) yield* entryFrames(source, file, chatLog(file, kind, scribe));
      else tables.push(file);
    }
    if (tables.length > 0) yield* tableFrames({ ...source, files: tables }, new ArchiveReader());
  },
};

/** `ljid` is the local side; a client leaves out whom its packet comes from. */
function packets(source: Source, file: SourceFile, stanzas: StanzaReader): AsyncIterable<readonly Frame[]> {
  const clock = new LogClock(file.settings);
  return packetFrames(source, file, 'log', STANZA_TAGS, (packet, text, place, repairs) => {
    const stamp = attribute(packet, 'ts');
    if (stamp === undefined) return [{ type: 'reject', code: 'time-missing', detail: 'ts' }];
    const match = LEGACY.exec(stamp);
    const [year, month, day, hour, minute, second] = (match?.slice(1) ?? []).map(Number);
    const wall =
      year === undefined || month === undefined || day === undefined || hour === undefined
        ? undefined
        : wallMs({ year, month, day, hour, minute: minute ?? 0, second: second ?? 0 });
    const at = wall === undefined ? stampMoment(stamp) : clock.moment(wall, 's', repairs);
    if (at === undefined) return [{ type: 'reject', code: 'time-invalid', detail: 'ts' }];
    const [stanza] = packet.children;
    if (stanza === undefined) return [{ type: 'reject', code: 'field-missing', detail: 'stanza' }];
    const local = attribute(packet, 'ljid');
    const from = attribute(stanza, 'from') === undefined ? local : undefined;
    const extra = Object.fromEntries(
      ['or', 'lip'].flatMap((name) => {
        const value = attribute(packet, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    return stanzas.read(stanza, { place, at, owner: local, from, repairs, source: text, extra });
  });
}
