/**
 * Logs of Pidgin and Gaim, HTML and text: AIM, ICQ, MSN, Yahoo, XMPP and whatever else libpurple spoke. Grammar: the
 * loggers of libpurple (`log.c`), tried on public logs.
 */
import type { Format, SourceFile } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { headOf } from './pidgin/entry.ts';
import { pathFacts, titleFacts } from './pidgin/heading.ts';
import { LogReader } from './pidgin/log-reader.ts';

const LINE =
  /^(?:<font color="?#[0-9A-F]{6}"?>)?\s*<font size="?2"?>\((?:[\d/.-]+,? )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?\)<\/font>/imu;

export const pidgin: Format = {
  name: 'pidgin',
  title: 'Pidgin and Gaim logs',
  networks: ['aim', 'icq', 'msn', 'yahoo', 'xmpp', 'irc', 'sametime', 'groupwise', 'gadu-gadu'],
  systems: [{ name: 'Pidgin and Gaim', proven: 'real sample' }],
  unit: 'An entry: a line that begins with a time, with the lines after it that do not.',
  limits: [
    'Text logs show names only: where a name is neither the account nor the peer, it is the address.',
    'Times before November 2006 have no zone; state it with --zone, else UTC is assumed and marked.',
    'A pasted line that looks like an entry of a text log is read as one.',
    'Lines of the client are understood in English; in other languages they are notices.',
    'Path facts need the folders logs/<protocol>/<account>/<peer> above the file.',
  ],
  detect(probe) {
    const html = /<(?:html|head|h1|h3|font)\b/iu.test(probe.text.slice(0, 1024));
    const start = probe.text.slice(0, 4096);
    if (hasHeading(start)) {
      const form = html ? 'HTML' : 'text';
      return {
        confidence: 0.9,
        reason: `the heading of a Pidgin log in ${form} (“Conversation with … at … on …”)`,
      };
    }
    const byPath = pathFacts(probe.name).network !== undefined;
    if (byPath && start.split('\n', 40).some((line) => headOf(line.trimStart(), html) !== undefined))
      return { confidence: 0.85, reason: 'lines with times in the folders in which Pidgin keeps its logs' };
    if (html && LINE.test(start))
      return { confidence: 0.7, reason: 'lines with times as Pidgin writes them in HTML' };
    return undefined;
  },
  async *frames(source) {
    for (const file of source.files)
      yield* entryFrames(source, file, new LogReader(file, await isHtml(file)));
  },
};

/** Whether a line says with whom, when, on which account, and over which protocol. */
function hasHeading(text: string): boolean {
  return text.split(/[\n<>]/u).some((part) => titleFacts(part)?.network !== undefined);
}

async function isHtml(file: SourceFile): Promise<boolean> {
  return /<(?:html|head|h1|h3|font)\b/iu.test(decodeHead(await readHead(file, 4096)));
}
