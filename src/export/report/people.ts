import { count, plural } from '../../core/counted.ts';
import type { Directory } from '../../core/directory/fold.ts';
import { saysAnything } from '../../core/directory/reference.ts';
import type { Sheet } from '../pdf/sheet.ts';
import type { PersonFacts } from '../selection/parties.ts';
import type { SelectionStore } from '../selection/store.ts';
import { paragraph, Table } from './blocks.ts';
import type { FrontInput } from './front.ts';
import { employerOf } from './wording.ts';

const MOST_PEOPLE = 5_000;
/** Addresses of one person that are printed. */
const MOST_ADDRESSES = 50;

/** Everybody who took part: name, employer, external or unknown, addresses, how known. */
export function people(sheet: Sheet, { facts, store }: FrontInput): void {
  const { directory } = facts;
  const isKnown = saysAnything(directory);
  paragraph(
    sheet,
    isKnown
      ? `Everyone who wrote in these records or is named in them as a participant. Who is of the firm is said by version ${directory.version} of its directory, on the day of each record; an address that changed hands stands with each of its owners. Unknown: an address of the firm’s domains that belongs to nobody in the directory. External: all other addresses of nobody in it. Names in quotation marks are as the sources show them.`
      : 'Everyone who wrote in these records or is named in them as a participant, as the sources show them. The directory of the archive is empty: employers, and who is external, are not known.',
  );
  const table = new Table(sheet, [
    { title: 'Name', width: 112 },
    { title: 'Employer', width: 92 },
    { title: 'Standing', width: 54 },
    { title: 'Addresses, first and last seen', width: sheet.width - 112 - 92 - 54 - 66 - 42 },
    { title: 'How known', width: 66 },
    { title: 'Wrote', width: 42, align: 'right' },
  ]);
  let shown = 0;
  let more = 0;
  for (const person of together(store)) {
    if (++shown > MOST_PEOPLE) more++;
    else table.row(rowOf(directory, store, person));
  }
  if (shown === 0) table.row(['None']);
  if (more > 0) table.row([`… and ${plural(more, 'more')}: see records.ndjson`]);
  table.end();
}

/** One person's addresses together; whoever is in no directory has one. */
function* together(store: SelectionStore): Generator<readonly PersonFacts[]> {
  let held: PersonFacts[] = [];
  for (const one of store.people()) {
    const last = held[0];
    if (last !== undefined && (one.owners.length === 0 || one.owners.join(' ') !== last.owners.join(' '))) {
      yield held;
      held = [];
    }
    held.push(one);
  }
  if (held.length > 0) yield held;
}

function rowOf(directory: Directory, store: SelectionStore, parts: readonly PersonFacts[]): string[] {
  const [first] = parts;
  const owners = (first?.owners ?? [])
    .map((id) => directory.custodians.get(id))
    .filter((one) => one !== undefined);
  const observed = [...new Set(parts.flatMap(({ names }) => names))];
  const addresses = parts.slice(0, MOST_ADDRESSES).map(({ network, address, first: from, last: to }) => {
    const [a, b] = [store.clock.at(from).day, store.clock.at(to).day];
    return `${network}: ${address === '' ? '—' : address}, ${a === b ? a : `${a} to ${b}`}`;
  });
  if (parts.length > MOST_ADDRESSES) addresses.push(`and ${count(parts.length - MOST_ADDRESSES)} more`);
  const wrote = count(parts.reduce((sum, { sent }) => sum + sent, 0));
  if (owners.length > 0) {
    const names = owners.map(({ id, names: [name] }) => name ?? id);
    const other = observed.filter((name) => !names.includes(name)).map((name) => `“${name}”`);
    return [
      [names.join('; '), ...other].join('\n'),
      [...new Set(owners.map(employerOf))].join('; '),
      owners.length === 1 ? 'of the firm' : 'shared by several of the firm',
      addresses.join('\n'),
      `directory: ${owners.map(({ id }) => id).join(', ')}`,
      wrote,
    ];
  }
  const standing = !saysAnything(directory) ? 'not known' : first?.external ? 'external' : 'unknown';
  return [
    observed.map((name) => `“${name}”`).join('\n') || '—',
    'not known',
    standing,
    addresses.join('\n'),
    'as observed',
    wrote,
  ];
}
