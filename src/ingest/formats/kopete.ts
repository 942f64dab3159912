/**
 * History of Kopete: an XML file a contact and month. Shape: the history plugin of Kopete (kopete-history 0.7 to 0.9).
 */
import type { Format } from '../format.ts';
import { xmlLogFrames } from '../reading/xml-log.ts';
import { HistoryLog } from './kopete/history-log.ts';

export const kopete: Format = {
  name: 'kopete',
  title: 'Kopete history',
  networks: ['xmpp', 'aim', 'icq', 'msn', 'yahoo', 'gadu-gadu', 'irc', 'sametime', 'groupwise'],
  systems: [{ name: 'Kopete', proven: 'synthetic only' }],
  unit: 'A child of kopete-history but its head.',
  limits: [
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'The network comes from the folder of the protocol (logs/JabberProtocol/…), or from --network.',
  ],
  detect({ text }) {
    return /<kopete-history\b/u.test(text.slice(0, 2048))
      ? { confidence: 0.95, reason: 'XML with the root kopete-history' }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield* xmlLogFrames(source, file, new HistoryLog(file));
  },
};
