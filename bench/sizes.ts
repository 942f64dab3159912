import { join } from 'node:path';
import { writeCorpus } from './corpus/files.ts';
import { inFolder } from './folders.ts';
import { note, type Result } from './output.ts';
import { holdfast } from './process.ts';
import { stores } from './stores.ts';

/** Bytes for each message in each store of an embedded archive, and memory, at a tenth of `messages` and at all. */
export async function sizes({ messages }: { readonly messages: number }): Promise<Result[]> {
  const small = await measured(Math.round(messages / 10));
  return [...small, ...(await measured(messages))];
}

function measured(messages: number): Promise<Result[]> {
  return inFolder(async (folder) => {
    note(`an archive of ${messages} messages`);
    const corpus = join(folder, 'corpus');
    const data = join(folder, 'archive');
    const bytes = await writeCorpus(corpus, messages);
    await holdfast(['init', '--data', data]);
    const ingest = await holdfast(['ingest', corpus, '--data', data]);
    const verify = await holdfast(['verify', '--data', data]);
    const at = messages.toLocaleString('en');
    return [
      { what: `at ${at}: input`, value: bytes / messages, unit: 'bytes/message' },
      ...(await stores(data, messages)).map((one) => ({ ...one, what: `at ${at}: ${one.what}` })),
      { what: `at ${at}: peak memory of ingest`, value: ingest.peakMiB, unit: 'MiB' },
      { what: `at ${at}: ingest`, value: (messages / ingest.ms) * 1_000, unit: 'messages/s' },
      { what: `at ${at}: peak memory of verify`, value: verify.peakMiB, unit: 'MiB' },
      {
        what: `at ${at}: verify, all of the archive`,
        value: (messages / verify.ms) * 1_000,
        unit: 'messages/s',
      },
    ];
  });
}
