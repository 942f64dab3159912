import { count, plural } from '../../core/counted.ts';
import type { Statement } from '../../core/record.ts';
import type { Sheet } from '../pdf/sheet.ts';
import { pairs, paragraph, subheading, Table } from './blocks.ts';
import type { FrontInput } from './front.ts';

const MOST_SOURCES = 2_000;
/** Numbers that are named behind a reason for withholding. */
const MOST_NUMBERS = 400;

/** What of each source is here and what is not. Where there is nothing to say, "None" is printed. */
export function completeness(sheet: Sheet, input: FrontInput): void {
  sources(sheet, input);
  exceptions(sheet, input);
  closings(sheet, input);
}

function sources(sheet: Sheet, { custody, store }: FrontInput): void {
  paragraph(
    sheet,
    'For each source of these records: the units it offered, and what became of them. Units are events, rejects and exclusions together. Whether a source itself was complete cannot be known from it.',
  );
  const table = new Table(sheet, [
    { title: 'Source', width: sheet.width - 262 },
    { title: 'Received', width: 62 },
    { title: 'Units', width: 38, align: 'right' },
    { title: 'Events', width: 38, align: 'right' },
    { title: 'Rejects', width: 38, align: 'right' },
    { title: 'Excluded', width: 46, align: 'right' },
    { title: 'In here', width: 40, align: 'right' },
  ]);
  let shown = 0;
  let more = 0;
  for (const account of custody.accounts()) {
    if (++shown > MOST_SOURCES) {
      more++;
      continue;
    }
    const at = account.receivedAt === '' ? 'not known' : `${store.clock.at(account.receivedAt).day}`;
    const figures = [account.units, account.events, account.rejects, account.excluded, account.exported];
    table.row([[account.path, ...statedLines(account.stated)].join('\n'), at, ...figures.map(count)]);
  }
  if (shown === 0) table.row(['None']);
  if (more > 0) table.row([`… and ${plural(more, 'more source')}: see custody.ndjson`]);
  table.end();
}

function exceptions(sheet: Sheet, { counts, custody, substituted }: FrontInput): void {
  const { rejects, absent } = custody.exceptions();
  const said = (value: number, words: string): string => (value === 0 ? 'None' : words);
  const { attachments, assumedZones, coarseTimes, earlierNotCaptured, repaired, withheld, redacted } = counts;
  subheading(sheet, 'Exceptions');
  pairs(
    sheet,
    [
      [
        'Rejects of these sources',
        said(rejects.length, rejects.map(({ code, count: n }) => `${code}: ${count(n)}`).join('; ')),
      ],
      ['Gaps in these sources', 'None recorded'],
      ['Missing files', said(attachments.missing, count(attachments.missing))],
      [
        'Referenced files',
        said(
          attachments.referenced,
          `${count(attachments.referenced)}: the source names them, the archive does not hold their bytes`,
        ),
      ],
      ['Missing originals', said(absent, `${plural(absent, 'capture')}: see appendix B`)],
      [
        'Assumed zones †',
        said(assumedZones, `${plural(assumedZones, 'time')} whose zone the source does not state`),
      ],
      [
        'Coarse times ~',
        said(coarseTimes, `${plural(coarseTimes, 'time')} known to the minute or the day only`),
      ],
      [
        'Earlier texts',
        said(
          earlierNotCaptured,
          `${plural(earlierNotCaptured, 'edit or deletion', 'edits or deletions')} whose earlier text no source held`,
        ),
      ],
      [
        'Repairs while reading',
        said(repaired, `${plural(repaired, 'record')}, with the repair in records.ndjson`),
      ],
      [
        'Substituted characters',
        said(
          substituted.times,
          `${count(substituted.times)}, written as [U+…] (${plural(substituted.different, 'character')})`,
        ),
      ],
      ['Disposals in the period', 'None recorded'],
      [
        'Withheld',
        said(
          withheld.records,
          `${plural(withheld.records, 'record')} of ${plural(withheld.families, 'message family', 'message families')}`,
        ),
      ],
      [
        'Redacted',
        said(
          redacted.records,
          `${plural(redacted.records, 'record')} of ${plural(redacted.families, 'message family', 'message families')}`,
        ),
      ],
    ],
    150,
  );
}

/** What is not shown, by reason, with the numbers that it has in the transcript. */
function closings(sheet: Sheet, { store }: FrontInput): void {
  const reasons = store.closings(MOST_NUMBERS);
  if (reasons.length === 0) return;
  subheading(sheet, 'Withheld and redacted');
  paragraph(
    sheet,
    'A message is withheld or redacted with all its changes, reactions and files. Each keeps its number and its place; its line in records.ndjson proves that it is in the log, and shows nothing that is not printed here.',
  );
  const table = new Table(sheet, [
    { title: 'What', width: 60 },
    { title: 'Reason', width: 190 },
    { title: 'Records', width: 50, align: 'right' },
    { title: 'Numbers in the transcript', width: sheet.width - 300 },
  ]);
  for (const { closing, records, numbers } of reasons) {
    const more = records > numbers.length ? ` and ${count(records - numbers.length)} more` : '';
    table.row([closing.is, closing.reason, count(records), `${numbers.join(', ')}${more}`]);
  }
  table.end();
}

/** Statements of one source that are printed; the others are counted. */
const MOST_STATED = 5;

/** What a source counts of itself, beside what was found: each difference, and how many counts agree. */
export function statedLines(stated: readonly Statement[] = []): string[] {
  const differing = stated.filter((each) => each.stated !== each.found);
  const agreeing = stated.length - differing.length;
  return [
    ...differing
      .slice(0, MOST_STATED)
      .map((each) => `states ${count(each.stated)} ${each.what}; ${count(each.found)} were found`),
    ...(differing.length > MOST_STATED
      ? [`and ${plural(differing.length - MOST_STATED, 'more difference')}`]
      : []),
    ...(agreeing > 0
      ? [`${plural(agreeing, 'count')} of its own ${agreeing === 1 ? 'agrees' : 'agree'}`]
      : []),
  ];
}
