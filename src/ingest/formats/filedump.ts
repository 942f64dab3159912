/**
 * FileDump XML, the import format of FaceTime's IMAuditor (2006) that Actiance kept, in the dialects that others write:
 * Mattermost's compliance export, Bloomberg's IB dump, Microsoft's Persistent Chat through its published stylesheet.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { noEntries, rejectFrame } from '../reading/frames.ts';
import { openText } from '../reading/text.ts';
import { type XmlPart, xmlParts } from '../reading/xml-frames.ts';
import { nameOf } from '../source-name.ts';
import { firstElements, SHAPE } from './filedump/elements.ts';
import { DumpReader } from './filedump/reader.ts';

/** A dump that its files lie beside: the name that Mattermost gives it. */
const DUMP = /(?:^|\/)actiance_export[^/]*\.xml$/u;
/** Products whose chats reach an archive as FileDump and that published nothing themselves. */
const GATEWAY = 'What a gateway passes on of it as FileDump; state the network with --network.';

export const filedump: Format = {
  name: 'filedump',
  title: 'FileDump XML (Actiance, FaceTime, Mattermost)',
  networks: ['mattermost', 'bloomberg', 'skype-for-business', 'any'],
  systems: [
    {
      name: 'FaceTime IMAuditor and Vantage',
      proven: 'documented schema',
      note: 'The vendor’s import example of 2006, as printed.',
    },
    { name: 'Actiance', proven: 'documented schema' },
    { name: 'Mattermost (Actiance export)', proven: 'documented schema' },
    {
      name: 'Microsoft Persistent Chat (through its stylesheet)',
      proven: 'documented schema',
      note: 'The published stylesheet loses every login; the corporate address stands in where there is one.',
    },
    { name: 'Reuters Messaging / LSEG Messenger (FileDump)', proven: 'generic gateway', note: GATEWAY },
    { name: 'Pivot IMTrader (FileDump)', proven: 'generic gateway', note: GATEWAY },
    { name: 'ICE Chat', proven: 'generic gateway', note: GATEWAY },
    { name: 'MarkitGroup (FileDump)', proven: 'generic gateway', note: GATEWAY },
  ],
  unit: 'A child of Conversation that is neither RoomID nor its start or end.',
  limits: [
    'FaceTime’s dialect names no network but, at times, in the perspective: else state it with --network, else it is that whose name a folder or the file bears, else “unknown”.',
    'Times are seconds or milliseconds since 1970, told apart by their size (an instant before March 1973 in milliseconds would be misread).',
    'Files are held where the export has them beside an actiance_export.xml; else they are references.',
    'What other versions add is kept under its own name, in the event or as a notice.',
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
  folder: {
    marks: (name) => DUMP.test(name),
    groups(names) {
      const roots = names.flatMap((name) =>
        DUMP.test(name) ? [name.slice(0, name.lastIndexOf('/') + 1)] : [],
      );
      return [...new Set(roots)].flatMap((root) => {
        const inside = names.filter((name) => name.startsWith(root));
        return inside.length > 1 && !roots.some((other) => other !== root && root.startsWith(other))
          ? [inside]
          : [];
      });
    },
  },
  async *frames(source) {
    const isDump = (file: SourceFile): boolean => /\.xml$/iu.test(nameOf(file)) || source.files.length === 1;
    const files = new FilesBeside(source.files.filter((file) => !isDump(file)));
    const reader = new DumpReader(files);
    for (const file of source.files) if (isDump(file)) yield* dumpFrames(source, file, reader);
    yield [...files.rest()];
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
    yield [noEntries(file)];
  }
}

/** Units become frames; what says something about a conversation is read at its turn, in the frame that follows. */
function frameOf(part: XmlPart, file: SourceFile, open: ReturnType<DumpReader['file']>): Frame | undefined {
  const { offset, length } = part;
  switch (part.type) {
    case 'unit':
      return { file, offset, length, units: 1, read: open.unit(part.name, part.bytes, offset, length) };
    case 'problem':
      return rejectFrame(file, { offset, length }, part.problem);
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
