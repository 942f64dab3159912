import { count, plural } from '../../core/counted.ts';
import type { Custodian, Directory } from '../../core/directory/fold.ts';
import { addressesOf } from '../../core/directory/people.ts';
import { saysAnything } from '../../core/directory/reference.ts';
import { standingOf } from '../../core/directory/standing.ts';
import type { Sheet } from '../pdf/sheet.ts';
import type { SelectionStore } from '../selection/store.ts';
import { list, pairs, paragraph, subheading, Table } from './blocks.ts';
import type { Copies, CustodyFacts, SearchedSource } from './facts.ts';
import type { FrontInput } from './front.ts';
import { days, employerOf } from './wording.ts';

/** Rows of a table that are printed; what is more is counted. */
const MOST_CUSTODIANS = 5_000;
const MOST_COPIES = 500;

/** How the records were chosen, in plain words: criteria, custodians, sources, context, duplicates. */
export function selection(sheet: Sheet, { facts, counts, custody, store }: FrontInput): void {
  const { selection: chosen } = facts;
  subheading(sheet, 'Criteria');
  list(sheet, chosen.criteria.length === 0 ? ['Every record of the archive.'] : chosen.criteria);
  if (chosen.query !== undefined) pairs(sheet, [['Query as given', chosen.query]]);
  custodians(sheet, facts.directory, store);
  const sources = custody.searched();
  searched(sheet, sources);
  subheading(sheet, 'Not searched');
  const rejects = sources.reduce((sum, source) => sum + source.rejects, 0);
  list(sheet, [
    rejects === 0
      ? 'Sources that are not connected to the archive. No part of the sources above was unreadable.'
      : `Sources that are not connected to the archive; and ${plural(rejects, 'part')} of the sources above that could not be read.`,
    ...(chosen.notSearched ?? ['The text inside attached files.']),
  ]);
  subheading(sheet, 'Context');
  const context = counts.records - counts.hits;
  paragraph(
    sheet,
    chosen.context ??
      'Only records that match were taken. Changes of a message (edits, deletions, reactions) stand under it.',
  );
  paragraph(
    sheet,
    `${plural(counts.hits, 'record matches', 'records match')} and ${counts.hits === 1 ? 'is' : 'are'} marked ▸ in the transcript; ${plural(context, 'record')} without the mark ${context === 1 ? 'is' : 'are'} context.`,
  );
  duplicates(sheet, facts.directory, custody);
}

/** The people of the directory who took part, with every address that it gives them, and since when until when. */
function custodians(sheet: Sheet, directory: Directory, store: SelectionStore): void {
  subheading(sheet, 'Custodians');
  if (!saysAnything(directory)) {
    paragraph(sheet, 'The directory of the archive is empty: no custodian is known.');
    return;
  }
  const ids = new Set<string>();
  for (const { owners } of store.people()) for (const id of owners) ids.add(id);
  const known = [...ids].map((id) => directory.custodians.get(id)).filter((one) => one !== undefined);
  if (known.length === 0) {
    paragraph(sheet, 'None of the directory took part in these records.');
    return;
  }
  paragraph(
    sheet,
    `The people of the directory who took part in these records, with their addresses and the days on which these were theirs (version ${directory.version} of the directory).`,
  );
  const table = new Table(sheet, [
    { title: 'Custodian', width: 150 },
    { title: 'Employer', width: 120 },
    { title: 'Addresses', width: sheet.width - 270 },
  ]);
  for (const one of known.slice(0, MOST_CUSTODIANS))
    table.row([nameAndId(one), employerOf(one), addressLines(one)]);
  if (known.length > MOST_CUSTODIANS) table.row([`… and ${count(known.length - MOST_CUSTODIANS)} more`]);
  table.end();
}

const nameAndId = ({ id, names }: Custodian): string => `${names[0] ?? id}\n${id}`;

const addressLines = (custodian: Custodian): string =>
  addressesOf(custodian)
    .map(
      (one) =>
        `${one.network === null ? '' : `${one.network}: `}${one.address}, ${days(one)}${one.shared ? ' (shared)' : ''}`,
    )
    .join('\n') || 'none';

function searched(sheet: Sheet, sources: readonly SearchedSource[]): void {
  subheading(sheet, 'Sources searched');
  if (sources.length === 0) {
    paragraph(sheet, 'None');
    return;
  }
  paragraph(
    sheet,
    'All that the archive had received, sealed and indexed at the checkpoints in this bundle, whoever it is from.',
  );
  const table = new Table(sheet, [
    { title: 'Connector', width: sheet.width - 130 - 210 },
    { title: 'Format', width: 130 },
    { title: 'Receipts', width: 70, align: 'right' },
    { title: 'Events', width: 70, align: 'right' },
    { title: 'Rejects', width: 70, align: 'right' },
  ]);
  for (const { connector, format, receipts, events, rejects } of sources)
    table.row([connector, format, ...[receipts, events, rejects].map(count)]);
  table.end();
}

function duplicates(sheet: Sheet, directory: Directory, custody: CustodyFacts): void {
  subheading(sheet, 'Duplicates');
  const { observed } = custody.exceptions();
  paragraph(
    sheet,
    `The same event captured again with the same content is kept once; each further copy that was somebody else’s is recorded as an observation, so that every custodian of a duplicate is kept: ${observed === 0 ? 'none of these records' : `${plural(observed, 'observation')} of these records, in custody.ndjson one by one`}. The same event with other content is kept as a record of its own.`,
  );
  const copies = custody.copies();
  if (copies.length === 0) return;
  const table = new Table(sheet, [
    { title: 'Whose further copies', width: sheet.width - 190 },
    { title: 'Network', width: 110 },
    { title: 'Copies', width: 80, align: 'right' },
  ]);
  for (const one of copies.slice(0, MOST_COPIES))
    table.row([holderOf(directory, one), one.network, count(one.copies)]);
  if (copies.length > MOST_COPIES) table.row([`… and ${count(copies.length - MOST_COPIES)} more`]);
  table.end();
}

function holderOf(directory: Directory, { perspective, network, first }: Copies): string {
  if (perspective === undefined) return 'not stated by the source';
  const standing = standingOf(directory, network, perspective, first);
  if (standing?.is !== 'firm') return perspective;
  return `${standing.owners.map(({ id, names }) => names[0] ?? id).join('; ')} (${perspective})`;
}
