/** The first pages: cover, selection, completeness and exceptions, people, index of conversations. */

import type { Statement } from '../../core/record.ts';
import type { Sheet } from '../pdf/sheet.ts';
import { type LocalClock, longDay } from '../selection/local-time.ts';
import type { SelectionCounts, SelectionStore } from '../selection/store.ts';
import { count, list, pairs, paragraph, part, plural, STYLE, subheading, Table } from './blocks.ts';
import type { Exceptions, ReportFacts, SourceAccount } from './facts.ts';

export interface FrontInput {
  readonly facts: ReportFacts;
  readonly store: SelectionStore;
  readonly counts: SelectionCounts;
  readonly accounts: () => Iterable<SourceAccount>;
  readonly exceptions: Exceptions;
  /** Number of page on which a conversation begins and ends; undefined while they are not known. */
  readonly pagesOf: (conversation: number) => { first: number; last: number } | undefined;
  /** Characters that no font of the report draws: different ones, and how often in all. */
  readonly substituted: { readonly different: number; readonly times: number };
}

/** Draws the first pages. The number of pages never depends on `pagesOf` or `substituted`, which come last. */
export function drawFront(sheet: Sheet, input: FrontInput, bookmark: (title: string) => void): void {
  cover(sheet, input, bookmark);
  selection(sheet, input, bookmark);
  completeness(sheet, input, bookmark);
  people(sheet, input, bookmark);
  conversations(sheet, input, bookmark);
  sheet.endPage();
}

/** A day and time as the report writes them. */
export function moment(clock: LocalClock, instant: string | number): string {
  const { day, time, offset } = clock.at(instant);
  return `${longDay(day)}, ${time} ${offset}`;
}

function cover(sheet: Sheet, { facts, counts, store }: FrontInput, bookmark: (title: string) => void): void {
  const { settings } = facts;
  sheet.newPage();
  bookmark('Cover');
  sheet.y = 150;
  sheet.text('Transcript of electronic communications', STYLE.title);
  sheet.y += 6;
  sheet.rule(sheet.left, sheet.y, 64, 'accent', 2.2);
  sheet.y += 20;
  if (settings.firm?.name !== undefined) {
    const crd = settings.firm.crd === undefined ? '' : `  ·  CRD ${settings.firm.crd}`;
    sheet.text(`${settings.firm.name}${crd}`, { size: 13, leading: 19, weight: 'semibold' });
  }
  sheet.y += 26;
  pairs(sheet, [
    ['Status', 'DRAFT: not a production; pages carry no Bates numbers'],
    ['For', settings.recipient],
    ['Request and item', settings.request],
    ['Matter', settings.matter],
    [
      'Period',
      counts.records === 0
        ? 'no records'
        : `${moment(store.clock, counts.first)} to ${moment(store.clock, counts.last)}`,
    ],
    ['Time zone', `${facts.zone}; every time is printed with its offset from UTC`],
    ['Prepared', moment(store.clock, facts.created.getTime())],
    ['Prepared by', settings.preparer],
    ['Archive', facts.verification.archive],
  ]);
  sheet.y += 18;
  sheet.rule(sheet.left, sheet.y, sheet.width);
  sheet.y += 16;
  const kind = (name: string): string => count(counts.kinds[name] ?? 0);
  figures(sheet, [
    [count(counts.records), 'records'],
    [kind('message'), 'messages'],
    [kind('edit'), 'edits'],
    [kind('deletion'), 'deletions'],
    [count(counts.conversations), 'conversations'],
    [count(counts.slices), 'slices (conversation and day)'],
    [count(counts.hits), 'records match the selection'],
    [count(counts.records - counts.hits), 'records are context'],
    [count(counts.attachments.held), 'files held'],
    [count(counts.attachments.referenced), 'files referenced, not held'],
    [count(counts.attachments.missing), 'files missing'],
    ['0', 'withheld or redacted'],
  ]);
  if (settings.legend !== undefined) {
    sheet.y = sheet.file.height - 118;
    sheet.text(settings.legend, { ...STYLE.body, weight: 'semibold' });
  }
}

/** Figures four in a row, the number above its name. */
function figures(sheet: Sheet, items: readonly (readonly [string, string])[]): void {
  const columns = 4;
  const width = sheet.width / columns;
  for (let row = 0; row < items.length; row += columns) {
    for (const [column, [value, name]] of items.slice(row, row + columns).entries()) {
      const x = sheet.left + column * width;
      sheet.textAt(x, sheet.y, value, { size: 15, leading: 19, weight: 'semibold' }, width - 8);
      sheet.textAt(x, sheet.y + 20, name, STYLE.soft, width - 8);
    }
    sheet.y += 46;
  }
}

function selection(
  sheet: Sheet,
  { facts, counts, exceptions }: FrontInput,
  bookmark: (title: string) => void,
): void {
  const { selection: chosen } = facts;
  part(sheet, 'Selection');
  bookmark('Selection');
  subheading(sheet, 'Criteria');
  list(sheet, chosen.criteria.length === 0 ? ['Every record of the archive.'] : chosen.criteria);
  if (chosen.query !== undefined) pairs(sheet, [['Query as given', chosen.query]]);
  subheading(sheet, 'Sources searched');
  list(
    sheet,
    chosen.searched ?? [
      'Every record that the archive had sealed and indexed at the checkpoints in this bundle.',
    ],
  );
  subheading(sheet, 'Not searched');
  list(
    sheet,
    chosen.notSearched ?? [
      'The text inside attached files.',
      'Parts of a source that could not be read (see the next part).',
    ],
  );
  subheading(sheet, 'Context');
  paragraph(
    sheet,
    chosen.context ??
      'Only records that match were taken. Changes of a message (edits, deletions, reactions) stand under it.',
  );
  paragraph(
    sheet,
    `${plural(counts.hits, 'record matches', 'records match')} and ${count(counts.hits) === '1' ? 'is' : 'are'} marked ▸ in the transcript; ${plural(counts.records - counts.hits, 'record')} without the mark ${counts.records - counts.hits === 1 ? 'is' : 'are'} context.`,
  );
  subheading(sheet, 'Duplicates');
  paragraph(
    sheet,
    `The same event captured again with the same content is kept once, and each further copy is recorded as an observation: ${plural(exceptions.observed, 'observation')} of these records. The same event with other content is kept as a record of its own.`,
  );
}

function completeness(sheet: Sheet, input: FrontInput, bookmark: (title: string) => void): void {
  const { counts, exceptions } = input;
  part(sheet, 'Completeness and exceptions');
  bookmark('Completeness and exceptions');
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
  const most = 2000;
  let shown = 0;
  let more = 0;
  for (const account of input.accounts()) {
    if (++shown > most) {
      more++;
      continue;
    }
    const at = account.receivedAt === '' ? 'not known' : `${input.store.clock.at(account.receivedAt).day}`;
    const figures = [account.units, account.events, account.rejects, account.excluded, account.exported];
    table.row([[account.path, ...statedLines(account.stated)].join('\n'), at, ...figures.map(count)]);
  }
  if (more > 0) table.row([`… and ${plural(more, 'more source')}: see custody.ndjson`]);
  table.end();
  subheading(sheet, 'Exceptions');
  const number = (value: number): string => (value === 0 ? 'None' : count(value));
  pairs(
    sheet,
    [
      [
        'Rejects of these sources',
        exceptions.rejects.length === 0
          ? 'None'
          : exceptions.rejects.map(({ code, count: n }) => `${code}: ${count(n)}`).join('; '),
      ],
      ['Missing files', number(counts.attachments.missing)],
      [
        'Referenced files',
        counts.attachments.referenced === 0
          ? 'None'
          : `${count(counts.attachments.referenced)}: the source names them, the archive does not hold their bytes`,
      ],
      [
        'Assumed zones †',
        counts.assumedZones === 0
          ? 'None'
          : `${plural(counts.assumedZones, 'time')} whose zone the source does not state`,
      ],
      [
        'Coarse times ~',
        counts.coarseTimes === 0
          ? 'None'
          : `${plural(counts.coarseTimes, 'time')} known to the minute or the day only`,
      ],
      [
        'Earlier texts',
        counts.earlierNotCaptured === 0
          ? 'None missing'
          : `${plural(counts.earlierNotCaptured, 'edit or deletion', 'edits or deletions')} whose earlier text no source held`,
      ],
      [
        'Repairs while reading',
        counts.repaired === 0
          ? 'None'
          : `${plural(counts.repaired, 'record')}, with the repair in records.ndjson`,
      ],
      [
        'Substituted characters',
        input.substituted.times === 0
          ? 'None'
          : `${count(input.substituted.times)}, written as [U+…] (${plural(input.substituted.different, 'character')})`,
      ],
      ['Gaps and disposals', 'None recorded'],
    ],
    150,
  );
}

function people(sheet: Sheet, { store }: FrontInput, bookmark: (title: string) => void): void {
  part(sheet, 'People');
  bookmark('People');
  paragraph(
    sheet,
    'Everyone who wrote in these records, as the sources show them: addresses and names were observed, and are not checked against a directory. Employer and whether a person is external are therefore not known.',
  );
  const table = new Table(sheet, [
    { title: 'Name as observed', width: 128 },
    { title: 'Address', width: sheet.width - 128 - 66 - 50 - 118 },
    { title: 'Network', width: 66 },
    { title: 'First and last', width: 118 },
    { title: 'Records', width: 50, align: 'right' },
  ]);
  const most = 5000;
  let shown = 0;
  let more = 0;
  for (const person of store.people()) {
    if (++shown > most) {
      more++;
      continue;
    }
    const from = store.clock.at(person.first).day;
    const to = store.clock.at(person.last).day;
    table.row([
      person.names.length === 0 ? '—' : person.names.join('; '),
      person.address === '' ? '—' : person.address,
      person.network,
      from === to ? from : `${from} to ${to}`,
      count(person.sent),
    ]);
  }
  if (more > 0) table.row([`… and ${plural(more, 'more address', 'more addresses')}: see records.ndjson`]);
  table.end();
}

function conversations(
  sheet: Sheet,
  { store, pagesOf }: FrontInput,
  bookmark: (title: string) => void,
): void {
  part(sheet, 'Conversations');
  bookmark('Conversations');
  const table = new Table(sheet, [
    { title: 'Conversation', width: sheet.width - 70 - 62 - 118 - 58 - 70 },
    { title: 'Network', width: 70 },
    { title: 'Kind', width: 62 },
    { title: 'Period', width: 118 },
    { title: 'Records', width: 58, align: 'right' },
    { title: 'Pages', width: 70, align: 'right' },
  ]);
  const index = { size: 0 };
  for (const conversation of store.conversations()) {
    index.size++;
    const from = store.clock.at(conversation.first).day;
    const to = store.clock.at(conversation.last).day;
    const pages = pagesOf(conversation.conversation);
    table.row([
      titleOf(conversation),
      conversation.network,
      conversation.kind,
      from === to ? from : `${from} to ${to}`,
      count(conversation.records),
      pages === undefined
        ? '0'
        : pages.first === pages.last
          ? `${pages.first}`
          : `${pages.first}–${pages.last}`,
    ]);
  }
  if (index.size === 0) table.row(['None']);
  table.end();
}

/** A conversation's name as the report shows it; the addresses of a direct one are set apart. */
export function titleOf({ name, id, kind }: { name: string | undefined; id: string; kind: string }): string {
  if (name !== undefined && name !== '') return name;
  const addresses = id.split(' ');
  return kind === 'direct' && addresses.length === 2 ? addresses.join(' and ') : id;
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
