/**
 * Logs of Trillian. XML: a line an element, without a root, values percent-encoded UTF-8, times in seconds UTC. Text:
 * sessions with a date, lines with a time. Grammar: public logs, mtlynch/chat_unifier, libpurple's log reader.
 */
import type { Format } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { isSession, TextLog } from './trillian/text-log.ts';
import { XmlLog } from './trillian/xml-log.ts';

const ELEMENT =
  /^\s*<(?:session type="(?:start|stop)"|message type="(?:incoming|outgoing|information)_|status type="|filetransfer type="|asset medium="|icon time=")/mu;

export const trillian: Format = {
  name: 'trillian',
  title: 'Trillian logs',
  networks: ['aim', 'icq', 'msn', 'yahoo', 'irc', 'xmpp', 'astra'],
  systems: [
    { name: 'Trillian (XML)', proven: 'real sample' },
    { name: 'Trillian (text)', proven: 'synthetic only' },
  ],
  unit: 'XML: an element. Text: a line that begins with a time or opens or closes a session, with the lines after it that do not.',
  limits: [
    'Text logs have no zone; state it with --zone, else UTC is assumed and marked.',
    'Text logs show names only; the network comes from the folder above, from the line that opens a session, or from --network; else it is “unknown”.',
    'A session that is opened or closed is a notice.',
  ],
  detect(probe) {
    const start = probe.text.slice(0, 8192);
    if (ELEMENT.test(start) && /(?: medium="| time="\d{9,10}")/u.test(start))
      return {
        confidence: 0.9,
        reason: 'one element a line with type, time and medium, as Trillian writes XML',
      };
    if (start.split(/\r?\n/u, 20).some(isSession))
      return { confidence: 0.85, reason: 'sessions that start and close as in Trillian’s text logs' };
    return undefined;
  },
  async *frames(source) {
    for (const file of source.files) {
      const head = decodeHead(await readHead(file, 8192), file.settings.encoding);
      yield* entryFrames(source, file, ELEMENT.test(head) ? new XmlLog(file) : new TextLog(file));
    }
  },
};
