/**
 * Text logs of Messenger Plus!, the add-on of MSN Messenger: sessions that begin with a box of participants and their
 * addresses. Grammar: Deltik/Log2Log, and descriptions of the add-on's logs.
 */
import type { Format } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { isEdge, PlusLog } from './messenger-plus/plus-log.ts';

export const messengerPlus: Format = {
  name: 'messenger-plus',
  title: 'Messenger Plus! text logs',
  networks: ['msn'],
  systems: [{ name: 'Messenger Plus! (text)', proven: 'synthetic only' }],
  unit: 'A line that begins with a time, with the lines after it that do not.',
  limits: [
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'A name that is none of those in the box of participants is the address itself.',
    'The add-on’s HTML logs are not read.',
  ],
  detect({ text }) {
    const lines = text.slice(0, 8192).split(/\r?\n/u, 40);
    const edge = lines.findIndex(isEdge);
    if (edge === -1 || !lines.slice(edge + 1, edge + 4).some((line) => line.startsWith('|')))
      return undefined;
    return {
      confidence: 0.85,
      reason: 'a box of participants and lines with times, as Messenger Plus! writes',
    };
  },
  async *frames(source) {
    for (const file of source.files) yield* entryFrames(source, file, new PlusLog(file));
  },
};
