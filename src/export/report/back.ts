/** The last pages: verification, and the appendices from which every line of the transcript leads to its record. */

import { count, plural } from '../../core/counted.ts';
import type { Sheet } from '../pdf/sheet.ts';
import type { SelectionCounts, SelectionStore } from '../selection/store.ts';
import { list, pairs, paragraph, part, STYLE, subheading, Table } from './blocks.ts';
import { emojiName } from './emoji.ts';
import type { CustodyFacts, ReportFacts } from './facts.ts';

export interface BackInput {
  readonly facts: ReportFacts;
  readonly store: SelectionStore;
  readonly counts: SelectionCounts;
  readonly pages: Uint32Array;
  readonly custody: CustodyFacts;
  readonly emoji: ReadonlyMap<string, number>;
}

/** Draws appendices A to C and verification. */
export async function drawBack(
  sheet: Sheet,
  input: BackInput,
  bookmark: (title: string) => void,
): Promise<void> {
  await positions(sheet, input, bookmark);
  trail(sheet, input, bookmark);
  emojiNames(sheet, input.emoji, sheet.file.shaper.substituted, bookmark);
  verification(sheet, input.facts, bookmark);
  sheet.endPage();
}

function verification(
  sheet: Sheet,
  { verification: facts }: ReportFacts,
  bookmark: (title: string) => void,
): void {
  part(sheet, 'Verification');
  bookmark('Verification');
  subheading(sheet, 'Seal');
  pairs(sheet, [
    ['Signed by', facts.signer.name],
    ['Level', `${facts.level} (ETSI EN 319 142-1), ECDSA P-256 with SHA-256`],
    ['Certificate SHA-256', facts.signer.fingerprint],
    ['Root SHA-256', facts.signer.root],
  ]);
  paragraph(
    sheet,
    'The seal is that of the archive, not a person’s statement. Compare the root’s fingerprint with the one that the firm gave you by another way: whoever holds a root can make certificates under it.',
  );
  subheading(sheet, `Heads of the ledger ${facts.archive}`);
  const table = new Table(sheet, [
    { title: 'Log', width: 90 },
    { title: 'Leaves', width: 76, align: 'right' },
    { title: 'Root (base64)', width: sheet.width - 166 },
  ]);
  for (const head of facts.heads) table.row([head.log, count(head.size), head.root]);
  table.end();
  subheading(sheet, 'The records');
  paragraph(
    sheet,
    `records.ndjson, SHA-256 ${facts.records.sha256}${facts.records.attached ? ', is attached to this file and stands beside it' : ', stands beside this file'}. Each line holds a record with its salt and leaf number, so that its leaf can be computed and proved against the checkpoint of its log.`,
  );
  subheading(sheet, 'How to check, with public tools');
  for (const command of [
    'pdfsig report.pdf',
    'pyhanko sign adesverify --trust chain/root.pem --trust-replace report.pdf',
    'openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -CAfile chain/root.pem -purpose any -out /dev/null',
    'holdfast verify DIR',
  ]) {
    sheet.text(command, STYLE.code, { x: sheet.left + 14 });
    sheet.y += 3;
  }
  sheet.y += 4;
  paragraph(
    sheet,
    'The checkpoints and proofs are C2SP signed notes, tlog-proofs and tlog-tiles, which tools of the transparency-log community read; README.txt beside this file says how.',
  );
  subheading(sheet, 'What this shows, and what it does not');
  list(sheet, [
    'It shows that nothing in these records changed since the heads above, and that each was in its log then.',
    'It does not show that a source was complete when it was captured, nor who typed.',
    'Without a head that somebody outside held before, it shows accidents and partial tampering only: whoever holds all keys of an archive could have made another.',
    'This report is a rendering. It is not a native production of the sources.',
  ]);
}

const COLUMNS = 3;
/** The appendix is set small: it is looked things up in, not read. */
const TINY = { size: 6.5, leading: 8.6 } as const;

/** Appendix A: number → page, record, capture; in three columns. */
async function positions(
  sheet: Sheet,
  { store, pages, custody }: BackInput,
  bookmark: (title: string) => void,
): Promise<void> {
  part(sheet, 'Appendix A: where each record is');
  bookmark('Appendix A: where each record is');
  paragraph(
    sheet,
    'Number in the transcript, page, record (log/leaf), and capture by its number in appendix B.',
    STYLE.soft,
  );
  const width = sheet.width / COLUMNS;
  let top = sheet.y;
  let column = 0;
  let done = 0;
  for (const { number, log, leaf } of store.positions()) {
    if (sheet.room < TINY.leading) {
      if (++column < COLUMNS) sheet.y = top;
      else {
        column = 0;
        sheet.newPage();
        top = sheet.y;
      }
    }
    const x = sheet.left + column * width;
    const capture = custody.captureOf(number);
    sheet.textAt(x, sheet.y, String(number), { ...TINY, align: 'right', weight: 'semibold' }, 30);
    sheet.textAt(x + 36, sheet.y, `p. ${pages[number] ?? 0}`, TINY, 34);
    sheet.textAt(x + 72, sheet.y, `${log}/${leaf}`, TINY, 56);
    sheet.textAt(x + 130, sheet.y, capture === undefined ? '' : `C${capture}`, { ...TINY, ink: 'soft' }, 30);
    sheet.y += TINY.leading;
    if (++done % 1000 === 0) await sheet.file.drain();
  }
}

const ORIGINAL = {
  here: 'Original: in originals/',
  kept: 'Original: not in this export, as it holds more than these records',
  absent: 'Original: no longer in the archive',
} as const;

/** Appendix B: the captures that these records come from. */
function trail(sheet: Sheet, { custody, store }: BackInput, bookmark: (title: string) => void): void {
  part(sheet, 'Appendix B: custody of these records');
  bookmark('Appendix B: custody of these records');
  paragraph(
    sheet,
    'Each capture as it was received, with the SHA-256 of its bytes, and when its records of this export were sealed. custody.ndjson states the same record by record, and every further copy in which a record was observed. The original of a capture stands in originals/ where all that it holds is in this export; of the others, this is their digest, and the position of each record stands in records.ndjson.',
  );
  const table = new Table(sheet, [
    { title: 'No.', width: 40 },
    { title: 'Capture', width: sheet.width - 40 - 92 - 116 - 56 },
    { title: 'Received', width: 92 },
    { title: 'Sealed', width: 116 },
    { title: 'Records', width: 56, align: 'right' },
  ]);
  const when = (instant: string): string => {
    if (instant === '') return 'not known';
    const { day, time, offset } = store.clock.at(instant);
    return `${day} ${time} ${offset}`;
  };
  let number = 0;
  for (const line of custody.captures()) {
    number++;
    const sealed =
      line.sealedFirst === line.sealedLast
        ? when(line.sealedFirst)
        : `${when(line.sealedFirst)} to ${when(line.sealedLast)}`;
    const observed = line.observed === 0 ? '' : `\n${plural(line.observed, 'observation')} in other copies`;
    table.row([
      `C${number}`,
      `${line.path}\n${line.capture}\n${ORIGINAL[line.original]}${observed}`,
      when(line.receivedAt),
      sealed,
      count(line.records),
    ]);
  }
  table.end();
}

/** Appendix C: emoji by name and code point, and what no font draws. */
function emojiNames(
  sheet: Sheet,
  emoji: ReadonlyMap<string, number>,
  substituted: ReadonlyMap<string, number>,
  bookmark: (title: string) => void,
): void {
  part(sheet, 'Appendix C: emoji and substituted characters');
  bookmark('Appendix C: emoji and substituted characters');
  const points = (text: string): string =>
    [...text]
      .map((one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
      .join(' ');
  const order = (map: ReadonlyMap<string, number>): [string, number][] =>
    [...map].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  subheading(sheet, 'Emoji');
  if (emoji.size === 0) paragraph(sheet, 'None');
  else {
    const table = new Table(sheet, [
      { title: 'Emoji', width: 50 },
      { title: 'Name', width: sheet.width - 50 - 190 - 50 },
      { title: 'Code points', width: 190 },
      { title: 'Times', width: 50, align: 'right' },
    ]);
    for (const [cluster, times] of order(emoji)) {
      table.row([cluster, emojiName(cluster) ?? '—', points(cluster), count(times)]);
    }
    table.end();
  }
  subheading(sheet, 'Characters written as [U+…]');
  if (substituted.size === 0) paragraph(sheet, 'None');
  else {
    const table = new Table(sheet, [
      { title: 'Code points', width: sheet.width - 70 },
      { title: 'Times', width: 70, align: 'right' },
    ]);
    for (const [character, times] of order(substituted)) table.row([points(character), count(times)]);
    table.end();
  }
}
