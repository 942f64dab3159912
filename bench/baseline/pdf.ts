import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import PDFDocument from 'pdfkit';
import { timed } from '../output.ts';

const require = createRequire(import.meta.url);

/** The Latin font of the report, so that both embed the same. */
const FONT = join(
  dirname(require.resolve('@expo-google-fonts/noto-sans/package.json')),
  '400Regular',
  'NotoSans_400Regular.ttf',
);

/**
 * The bare writing that the report is measured against: the same lines, wrapped by pdfkit itself, in the same font and
 * size, one `text` call a line, no tags, no signature. Answers pages a second.
 */
export async function barePdf(
  file: string,
  lines: Iterable<string>,
): Promise<{ pages: number; perSecond: number }> {
  let pages = 0;
  const { ms } = await timed(async () => {
    const document = new PDFDocument({ size: 'A4', margin: 50, autoFirstPage: false });
    document.on('pageAdded', () => {
      pages += 1;
    });
    const output = document.pipe(createWriteStream(file));
    document.addPage();
    document.font(FONT).fontSize(8.5);
    let count = 0;
    for (const line of lines) {
      document.text(line);
      count += 1;
      // What was drawn leaves for the file now and then, as it does where memory is to stay bounded.
      if (count % 2_000 === 0) await new Promise(setImmediate);
    }
    document.end();
    await finished(output);
  });
  return { pages, perSecond: (pages / ms) * 1_000 };
}
