/**
 * Symphony as its datafeed gives it: real-time events, alone, in lists, in pages (`events`) or one a line; and messages
 * as its agent lists those of a stream, which are what an event of a message holds. Event types and payloads: the
 * vendor's developer documentation, “Real-time events”.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { isJsonLines, jsonLineFrames, type ReadLine } from '../reading/json-lines.ts';
import { jsonFrames } from '../reading/json-units.ts';
import { Known, outcomeOf } from './symphony/event.ts';

const LISTS: ReadonlySet<string> = new Set(['', 'events', 'messages']);

export const symphony: Format = {
  name: 'symphony',
  title: 'Symphony (datafeed events)',
  networks: ['symphony'],
  systems: [
    {
      name: 'Symphony',
      proven: 'documented schema',
      note: 'The batch format of Content Export is not published.',
    },
  ],
  unit: 'An event, or a message of a list.',
  limits: [
    'A suppressed message becomes a deletion; its text is there only where its own event is.',
    'Files are references; their bytes are fetched by another call.',
  ],
  detect({ text }) {
    const shape =
      /"type"\s*:\s*"(?:MESSAGESENT|MESSAGESUPPRESSED|SHAREDPOST|INSTANTMESSAGECREATED|ROOM[A-Z]+|USER[A-Z]*ROOM|CONNECTION[A-Z]+|SYMPHONYELEMENTSACTION)"/u.test(
        text,
      );
    const isList =
      /"messageId"\s*:/u.test(text) &&
      /"stream"\s*:\s*\{/u.test(text) &&
      /"message"\s*:\s*"<(?:div|messageML)\b/iu.test(text);
    if (isList && !shape)
      return { confidence: 0.8, reason: 'JSON of Symphony messages (“messageId”, “stream”, PresentationML)' };
    return shape && /"initiator"\s*:/u.test(text) && /"payload"\s*:/u.test(text)
      ? { confidence: 0.9, reason: 'JSON of Symphony events (“type”, “initiator”, “payload”)' }
      : undefined;
  },
  async *frames(source) {
    const known = new Known();
    const read: ReadLine = (unit) => ({ units: 1, read: () => [outcomeOf(unit, known)] });
    for (const file of source.files)
      yield* (await isJsonLines(file)) ? jsonLineFrames(source, file, read) : wholeFrames(source, file, read);
  },
};

const wholeFrames = (source: Source, file: SourceFile, read: ReadLine): AsyncIterable<readonly Frame[]> =>
  jsonFrames(source, file, {
    alone: true,
    walk: (path, list) =>
      list ? (LISTS.has(path.join('/')) ? 'units' : 'whole') : path.length === 0 ? 'inside' : 'whole',
    units: read,
  });
