/**
 * Logs of Adium: the Unified Logging Format (XML, alone or in a `.chatlog` bundle), and the HTML that it wrote before
 * May 2005. Grammar: Adium's own description of the format, and public logs.
 */
import type { Format } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { xmlLogFrames } from '../reading/xml-log.ts';
import { isHtmlEntry, OldLog } from './adium/old-log.ts';
import { sidesIn, UlfLog } from './adium/ulf-log.ts';

const ULF =
  /<chat\b[^>]{0,400}(?:purl\.org\/net\/ulf|\bservice=["'][^>]{0,300}\baccount=|\baccount=["'][^>]{0,300}\bservice=)/u;

export const adium: Format = {
  name: 'adium',
  title: 'Adium logs',
  networks: ['aim', 'icq', 'msn', 'yahoo', 'xmpp', 'bonjour', 'sametime', 'groupwise', 'irc', 'gadu-gadu'],
  systems: [
    { name: 'Adium (chatlog, bundle)', proven: 'documented schema' },
    {
      name: 'Adium before 2005 (HTML log)',
      proven: 'real sample',
      note: 'A page retyped from a public description.',
    },
  ],
  unit: 'XML: a child of chat. HTML: a line that begins with a block or a time.',
  limits: [
    'HTML logs have a date in the name of the file only (else state it as `date` in the file of `--settings`), and no zone: state it with --zone.',
    'Pictures in a bundle are not taken from beside the log.',
  ],
  detect({ text, name }) {
    const start = text.slice(0, 8192);
    if (ULF.test(start))
      return {
        confidence: 0.95,
        reason: 'XML with the root chat, account and service: Adium’s logging format',
      };
    if (start.split(/\r?\n/u, 20).some(isHtmlEntry))
      return {
        confidence: /AdiumHTMLLog/u.test(name) ? 0.9 : 0.8,
        reason: 'blocks of timestamp, sender and message as Adium wrote HTML',
      };
    return undefined;
  },
  async *frames(source) {
    for (const file of source.files) {
      const head = decodeHead(await readHead(file, 65_536), file.settings.encoding);
      if (/<chat\b/u.test(head)) yield* xmlLogFrames(source, file, new UlfLog(file, sidesIn(head)));
      else yield* entryFrames(source, file, new OldLog(file));
    }
  },
};
