/**
 * Logs of IRC clients and bots: XChat and HexChat (log and scrollback), irssi, WeeChat, mIRC, ZNC, KVIrc, Konversation,
 * Textual, The Lounge, Quassel, ChatZilla, bip, BitchX, Eggdrop, EnergyMech, Supybot, and the plain form of public channel archives. Forms:
 * public logs, and the documentation or source of each client's logging.
 */
import type { Format } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { ChannelLog } from './irc/channel-log.ts';
import { dialectOf } from './irc/dialect.ts';

export const irc: Format = {
  name: 'irc',
  title: 'IRC client logs',
  networks: ['irc'],
  systems: [
    { name: 'XChat and HexChat', proven: 'real sample' },
    { name: 'irssi', proven: 'synthetic only' },
    { name: 'WeeChat', proven: 'synthetic only' },
    { name: 'mIRC', proven: 'synthetic only' },
    {
      name: 'KVIrc, Konversation, Textual, The Lounge, ChatZilla and Quassel (text)',
      proven: 'synthetic only',
    },
    { name: 'bip, BitchX, Eggdrop, EnergyMech and Supybot (Limnoria)', proven: 'synthetic only' },
    {
      name: 'ZNC and public channel archives',
      proven: 'real sample',
      note: 'An archive of one day; ZNC itself synthetic only.',
    },
  ],
  unit: 'A line, but those that only say when the log was opened or closed or a day began.',
  limits: [
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'The channel comes from the name of the file, else from the first line that names one.',
    'Dates come from the lines that open the log or begin a day, else from the name of the file, else from `date` in the file of `--settings`; without any, entries are the reject “time-missing”.',
    'Joins, parts and the like are understood in English; in other languages they are notices, or taken for what somebody did where the client marks both alike.',
    'A log whose lines have no time stands at the time of its last heading, or on the day that its name gives, precise to the day.',
    'What is copied from Quassel has times alone: before its first line that says which day begins, the day has to be stated as `date`.',
  ],
  detect(probe) {
    const lines = probe.text.slice(0, 16_384).split(/\r?\n/u, 60);
    const dialect = dialectOf(lines);
    if (dialect === undefined) return undefined;
    return { confidence: dialect.confidence, reason: `lines as ${dialect.client} writes its logs` };
  },
  async *frames(source) {
    for (const file of source.files) {
      const head = decodeHead(await readHead(file, 65_536), file.settings.encoding);
      yield* entryFrames(source, file, new ChannelLog(file, head));
    }
  },
};
