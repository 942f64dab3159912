/**
 * Logs of AOL Instant Messenger: HTML of the clients for Windows (one file a day and buddy; times in comments, from AIM
 * 6 on in spans) and text of the client for classic Mac OS. Grammar: public logs, and the parsers Citizen-T/aim-to-md,
 * cfinke/IM-porter and Deltik/Log2Log.
 */
import type { Format, SourceFile } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { HtmlLog, isEntry } from './aim/html-log.ts';
import { MacLog } from './aim/mac-log.ts';
import { isMacEntry, isMacHeading, surveyOf } from './aim/mac-survey.ts';

export const aim: Format = {
  name: 'aim',
  title: 'AOL Instant Messenger logs',
  networks: ['aim'],
  systems: [
    { name: 'AIM for Windows (HTML, AIM 6 too)', proven: 'real sample' },
    { name: 'AIM for classic Mac OS (text)', proven: 'real sample' },
  ],
  unit: 'HTML: a line that begins with a name and a time, with the lines after it that do not. Text: a line that begins with a name and a tab.',
  limits: [
    'Only the name of the file has a date: without one (2005-03-04 …), and without a `date` in the file of `--settings`, every entry is the reject “time-missing”.',
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'Logs of classic Mac OS have the time at which a conversation began and none for an entry: all stand at that time.',
    'A pasted line of a text log that begins with a name and a tab is read as an entry.',
  ],
  detect(probe) {
    const lines = probe.text.split(/\r\n|\n|\r/u, 100);
    if (lines.some((line) => line.startsWith('<') && isEntry(line)))
      return { confidence: 0.85, reason: 'names with times in comments or spans, as AIM writes its logs' };
    const start = lines.slice(0, 4);
    if (start.some(isMacHeading) && lines.some(isMacEntry))
      return {
        confidence: 0.8,
        reason: 'a date with blanks and lines of name, colon, tab: AIM for classic Mac OS',
      };
    return undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield* entryFrames(source, file, await logOf(file));
  },
};

async function logOf(file: SourceFile): Promise<HtmlLog | MacLog> {
  const head = decodeHead(await readHead(file, 65_536), file.settings.encoding);
  return /<[A-Za-z!]/u.test(head.slice(0, 4096))
    ? new HtmlLog(file, head)
    : new MacLog(file, await surveyOf(file));
}
