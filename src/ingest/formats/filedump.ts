/**
 * FileDump XML, the import format of FaceTime's IMAuditor (2006) that Actiance kept, in the dialects that others write:
 * Mattermost's compliance export, Bloomberg's IB dump, Microsoft's Persistent Chat through its published stylesheet.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { openText } from '../reading/text.ts';
import { type XmlPart, xmlParts } from '../reading/xml-frames.ts';
import { firstElements, SHAPE } from './filedump/elements.ts';
import { DumpReader } from './filedump/reader.ts';

export const filedump: Format = {
  name: 'filedump',
  title: 'FileDump XML (Actiance, FaceTime, Mattermost)',
  networks: ['mattermost', 'bloomberg', 'skype-for-business', 'any'],
  systems: [
    { name: 'FaceTime IMAuditor and Vantage', proven: 'documented schema' },
    { name: 'Actiance', proven: 'documented schema' },
    { name: 'Mattermost (Actiance export)', proven: 'documented schema' },
  ],
  unit: 'A child of Conversation that is neither RoomID nor its start or end.',
  limits: [
    'FaceTime’s dialect names no network: state it with --network, else it is “unknown”.',
    'Times are seconds or milliseconds since 1970, told apart by their size (an instant before March 1973 in milliseconds would be misread).',
    'Files are references; their bytes are not taken from beside the dump.',
  ],
  detect(probe) {
    const { text } = probe;
    const [root, child] = firstElements(text);
    // Other dumps share the root: of people, of mail, of disclaimers.
    if (root !== 'FileDump' || (child !== undefined && child !== 'Conversation')) return undefined;
    const dialect = /<(?:UserType|MessageId|PreviewsPost)[\s>/]/u.test(text)
      ? 'Mattermost'
      : /<DateTimeUTC>\d{9,10}<\/DateTimeUTC>/u.test(text)
        ? 'FaceTime (seconds)'
        : 'Actiance';
    return { confidence: 0.9, reason: `XML with the root FileDump, ${dialect} dialect` };
  },
  async *frames(source) {
    const reader = new DumpReader();
    for (const file of source.files) yield* dumpFrames(source, file, reader);
  },
};

async function* dumpFrames(
  source: Source,
  file: SourceFile,
  reader: DumpReader,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  const open = reader.file(source, file, stream);
  let units = 0;
  for await (const parts of xmlParts(stream, SHAPE)) {
    const frames: Frame[] = [];
    for (const part of parts) {
      const frame = frameOf(part, file, open);
      if (frame !== undefined) frames.push(frame);
    }
    units += frames.length;
    yield frames;
  }
  if (units === 0) {
    const { size } = file;
    yield [
      { file, offset: 0, length: size, units: 1, read: () => [{ type: 'excluded', reason: 'no-entries' }] },
    ];
  }
}

/** Units become frames; what says something about a conversation is read at its turn, in the frame that follows. */
function frameOf(part: XmlPart, file: SourceFile, open: ReturnType<DumpReader['file']>): Frame | undefined {
  const { offset, length } = part;
  switch (part.type) {
    case 'unit':
      return { file, offset, length, units: 1, read: open.unit(part.name, part.bytes, offset, length) };
    case 'problem':
      return { file, offset, length, units: 1, read: () => [{ type: 'reject', code: part.problem }] };
    case 'enter':
      open.enter(part.name, part.bytes);
      return undefined;
    case 'leave':
      open.leave(part.name);
      return undefined;
    case 'fact':
      open.fact(part.name, part.bytes);
      return undefined;
  }
}
