/**
 * Logs of Empathy and of telepathy-logger: an XML file a contact and day, times in UTC. Shape: telepathy-logger's XML
 * log store.
 */
import type { Format } from '../format.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { xmlLogFrames } from '../reading/xml-log.ts';
import { TelepathyLog } from './empathy/telepathy-log.ts';

export const empathy: Format = {
  name: 'empathy',
  title: 'Empathy and telepathy-logger logs',
  networks: ['xmpp', 'irc', 'msn', 'icq', 'aim', 'yahoo', 'bonjour', 'facebook'],
  systems: [{ name: 'Empathy', proven: 'synthetic only' }],
  unit: 'A child of log.',
  limits: [
    'The network and the account come from the folder of the account, or from --network and --account; out of its folders the two are those who first write.',
  ],
  detect({ text }) {
    return /<message time=['"]\d{8}T\d{2}:\d{2}:\d{2}['"] (?:cm_id|id)=/u.test(text) ||
      (/log-store-xml\.xsl/u.test(text.slice(0, 512)) && /<log>/u.test(text.slice(0, 1024)))
      ? {
          confidence: 0.9,
          reason: 'XML with the root log and messages with compact times, as Telepathy logs them',
        }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) {
      const head = decodeHead(await readHead(file, 65_536));
      yield* xmlLogFrames(source, file, new TelepathyLog(file, head));
    }
  },
};
