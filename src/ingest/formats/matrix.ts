/**
 * Matrix rooms as Element exports them (JSON): facts of the room, then its events as the homeserver gave them. Event
 * types and relations: the Matrix client-server specification.
 */
import type { Format } from '../format.ts';
import { isJsonLines, jsonLineFrames, type ReadLine } from '../reading/json-lines.ts';
import { jsonFrames } from '../reading/json-units.ts';
import { outcomeOf } from './matrix/event.ts';

export const matrix: Format = {
  name: 'matrix',
  title: 'Matrix (Element JSON export)',
  networks: ['matrix'],
  systems: [{ name: 'Matrix (Element)', proven: 'synthetic only' }],
  unit: 'An event of the room.',
  limits: [
    'A removed message is shown by the server without its text: it becomes a deletion, and the message itself is not captured.',
    'Events that were still encrypted when they were exported become notices; their content is kept as it is.',
    'Files are references; their bytes are not in the JSON.',
  ],
  detect({ text }) {
    const events = /"event_id"\s*:\s*"\$/u.test(text) && /"origin_server_ts"\s*:\s*\d/u.test(text);
    return events
      ? { confidence: 0.85, reason: 'JSON of Matrix events (“event_id” with “$”, “origin_server_ts”)' }
      : undefined;
  },
  async *frames(source) {
    const read: ReadLine = (unit) => ({ units: 1, read: () => [outcomeOf(unit)] });
    // An event a line is what Synapse exports for an administrator.
    for (const file of source.files)
      yield* (await isJsonLines(file))
        ? jsonLineFrames(source, file, read)
        : jsonFrames(source, file, {
            alone: true,
            walk: (path, list) => {
              const key = path.join('/');
              if (list && (key === '' || key === 'messages' || key === 'chunk' || key === 'events'))
                return 'units';
              return path.length === 0 ? 'inside' : 'whole';
            },
            units: read,
          });
  },
};
