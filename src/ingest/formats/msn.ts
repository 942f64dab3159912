/**
 * Message history of MSN Messenger 6 and later and Windows Live Messenger: XML beside a stylesheet. Shape: the
 * stylesheet itself (MessageLog.xsl), fox-it/dissect.target, libpurple's log reader, Deltik/Log2Log.
 */
import type { Format } from '../format.ts';
import { xmlLogFrames } from '../reading/xml-log.ts';
import { MsnLog } from './msn/msn-log.ts';
import { surveyOf } from './msn/survey.ts';

export const msn: Format = {
  name: 'msn',
  title: 'MSN and Windows Live Messenger history',
  networks: ['msn'],
  systems: [
    {
      name: 'MSN Messenger and Windows Live Messenger',
      proven: 'documented schema',
      note: 'Read by the stylesheet that the client wrote beside its logs, and files retyped from public tests.',
    },
  ],
  unit: 'A child of Log.',
  limits: [
    'People are shown by their friendly name of the moment: that name is the address.',
    'The other side’s mail address stands in the name of the file only, as a checksum: it is found where it is at one of the usual domains, or in the settings.',
    'Old versions give local times only, in the order of dates of their machine: state --zone and --date-order.',
  ],
  detect({ text }) {
    const found =
      /<Log\b[^>]{0,400}(?:FirstSessionID|LogonName)=/u.test(text.slice(0, 4096)) ||
      (/<Log\b/u.test(text.slice(0, 4096)) &&
        /<(?:Message|Invitation|Join|Leave)\b[^>]{0,200} SessionID="/u.test(text));
    return found
      ? { confidence: 0.9, reason: 'XML with the root Log and sessions, as MSN Messenger keeps its history' }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files)
      yield* xmlLogFrames(source, file, new MsnLog(file, await surveyOf(file)));
  },
};
