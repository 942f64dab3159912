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
 * The bare writing that the report is measured against: the same lines on the same pages, one `text` call a line, in one
 * font, no tags, no links, no signature. Answers pages a second.
 */
export async function barePdf(file: string, pages: readonly string[]): Promise<number> {
  const { ms } = await timed(async () => {
    const document = new PDFDocument({ size: 'LETTER', margin: 36, autoFirstPage: false });
    const output = document.pipe(createWriteStream(file));
    document.font(FONT).fontSize(8);
    for (const page of pages) {
      document.addPage();
      for (const line of page.split('\n')) document.text(line, { lineBreak: false });
      // What was drawn leaves for the file, so that memory stays bounded.
      await new Promise(setImmediate);
    }
    document.end();
    await finished(output);
  });
  return (pages.length / ms) * 1_000;
}
