/**
 * Archives of Yahoo! Messenger: binary records, the text of each XORed with the account’s name. Layout: a public study
 * of the format, venkydude.com’s article of 2004 (with a file), ahwm/yahoo-messenger-archive-reader.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { rejectFrame } from '../reading/frames.ts';
import { readWhole } from '../reading/whole.ts';
import { ArchiveReader } from './yahoo/archive-reader.ts';
import { isRecord, recordsIn } from './yahoo/records.ts';

export const yahoo: Format = {
  name: 'yahoo',
  title: 'Yahoo! Messenger archive',
  networks: ['yahoo'],
  systems: [
    {
      name: 'Yahoo! Messenger (.dat)',
      proven: 'real sample',
      note: 'One real file of messages; conferences and messages of phones from descriptions only.',
    },
  ],
  unit: 'A record.',
  limits: [
    'The texts can be read with the account’s name only: it stands in the file’s name (20040413-name.dat), else state it with --account.',
    'The other side comes from the folder above the file.',
    'Colours and smileys of the text are kept as markup.',
  ],
  detect({ name, head }) {
    const bytes = Buffer.from(head);
    const isNamed = /(?<!\d)\d{8}-[^/]+\.dat$/iu.test(name);
    const records = [...recordsIn(bytes.subarray(0, 8192), true)].filter(
      ({ type }) => type === 'record',
    ).length;
    if (records === 0 || !isRecord(bytes, 0)) return undefined;
    if (!isNamed && records < 2) return undefined;
    return {
      confidence: isNamed ? 0.9 : 0.6,
      reason: 'binary records of time, type, direction and length, as Yahoo! Messenger archives them',
    };
  },
  async *frames(source) {
    for (const file of source.files) yield* archiveFrames(source, file);
  },
};

async function* archiveFrames(source: Source, file: SourceFile): AsyncIterable<readonly Frame[]> {
  const bytes = await readWhole(file);
  if (bytes === undefined) {
    yield [rejectFrame(file, { offset: 0, length: file.size }, 'file-too-large')];
    return;
  }
  const reader = new ArchiveReader(file, bytes);
  let batch: Frame[] = [];
  for (const part of recordsIn(bytes, false)) {
    const { offset, length } = part;
    batch.push(
      part.type === 'damaged'
        ? rejectFrame(file, part, part.cut ? 'truncated' : 'record-malformed')
        : {
            file,
            offset,
            length,
            units: 1,
            read: () => [reader.read(part, { source, file, offset, length })],
          },
    );
    if (batch.length < 1024) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
