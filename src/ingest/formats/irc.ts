/**
 * Logs of IRC clients: XChat and HexChat (log and scrollback), irssi, WeeChat, mIRC, ZNC, and the plain form of public
 * channel archives. Forms: public logs, and the documentation of each client's logging.
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
    'Joins, parts and the like are understood in English; in other languages they are notices.',
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
