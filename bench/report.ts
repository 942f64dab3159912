import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportBundle } from '../src/export/bundle/export-bundle.ts';
import { Searcher } from '../src/search/searcher.ts';
import { withArchive } from './archive.ts';
import { barePdf } from './baseline/pdf.ts';
import { writeCorpus } from './corpus/files.ts';
import { inFolder } from './folders.ts';
import { note, type Result } from './output.ts';
import { holdfast } from './process.ts';

export interface ReportOptions {
  readonly messages: number;
  readonly profile?: string | undefined;
}

/** A signed report of all messages, against bare pdfkit writing the same text on the same pages. Needs `pdftotext`. */
export function report({ messages, profile }: ReportOptions): Promise<Result[]> {
  return inFolder(async (folder) => {
    note(`an archive of ${messages} messages`);
    const corpus = join(folder, 'corpus');
    const data = join(folder, 'archive');
    const out = join(folder, 'out');
    await writeCorpus(corpus, messages);
    await holdfast(['init', '--data', data]);
    await holdfast(['ingest', corpus, '--data', data]);
    note('export, the whole command');
    const node = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const whole = await holdfast(['export', '--query', QUERY, '--out', out, '--data', data], { node });
    note('the report alone');
    const alone = await reportAlone(data, join(folder, 'again'));
    note('the same text with bare pdfkit');
    const pages = await textOf(join(out, 'report.pdf'));
    const bare = await barePdf(join(folder, 'bare.pdf'), pages);
    const rate = (pages.length / alone) * 1_000;
    const ratio = rate / bare;
    note('verify the bundle');
    const verified = await holdfast(['verify', out]);
    return [
      { what: 'bare pdfkit', value: bare, unit: 'pages/s' },
      { what: 'report: laid out, written, signed', value: rate, unit: 'pages/s' },
      { what: 'ratio', value: ratio, unit: '', asked: '≥ 0.7', met: ratio >= 0.7 },
      {
        what: 'the whole command, selection and proofs too',
        value: (pages.length / whole.ms) * 1_000,
        unit: 'pages/s',
      },
      { what: 'pages', value: pages.length, unit: '' },
      {
        what: 'peak memory of export',
        value: whole.peakMiB,
        unit: 'MiB',
        asked: '< 512',
        met: whole.peakMiB < 512,
      },
      { what: 'verifying the bundle', value: (messages / verified.ms) * 1_000, unit: 'messages/s' },
    ];
  });
}

const QUERY = 'network:slack';

/** Milliseconds from the last proof written to the end: the report, its signature, and the manifest beside it. */
function reportAlone(data: string, out: string): Promise<number> {
  return withArchive({ mode: 'embedded', data }, async (archive) => {
    const selection = await new Searcher({ index: archive.index, zone: 'UTC' }).select(QUERY);
    let proved = 0;
    await exportBundle({
      reader: archive.reader,
      hits: selection.records('UTC'),
      out,
      seal: archive.keys.seal,
      selection: { criteria: [], notSearched: [], context: '' },
      settings: {},
      zone: 'UTC',
      clock: archive.clock,
      random: archive.random,
      progress: (step) => {
        if (step === 'writing proofs') proved = performance.now();
      },
    });
    return performance.now() - proved;
  });
}

/** The text of each page, lines laid out as they stand. */
async function textOf(pdf: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('pdftotext', ['-layout', pdf, '-'], { maxBuffer: 2 ** 30 });
  return stdout.split('\f').slice(0, -1);
}
