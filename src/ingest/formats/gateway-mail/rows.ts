/** Conversations that are laid out as a table with a line of names, or as blocks of named values. */
import { CLOCK, DATE, type Groups, isSound } from './stamps.ts';

/** What a cell holds; `direction` says whether the local user of a row spoke or was spoken to. */
type Column = 'time' | 'date' | 'who' | 'to' | 'text' | 'direction' | 'network' | 'other';

const NAMES: readonly (readonly [Column, RegExp])[] = [
  ['time', /^(?:date(?:\s*(?:and|\/|&)?\s*time)|time|timestamp|sent(?: at)?|when)(?:\s*\(.{1,20}\))?$/iu],
  ['date', /^(?:date|day)$/iu],
  [
    'who',
    /^(?:from|sender|(?:local |internal )?user|who|screen ?name|participant|buddy|name|speaker|author)$/iu,
  ],
  ['to', /^(?:to|recipients?|receiver|(?:remote|external) user|contact)$/iu],
  ['direction', /^direction$/iu],
  ['network', /^(?:(?:im )?(?:network|service|protocol))$/iu],
  ['text', /^(?:message(?: text)?|text|content|body|im|instant message|said)$/iu],
];
const STAMP = new RegExp(`^[[(]?${DATE}${CLOCK}[\\])]?$`, 'u');
const RECEIVED = /^(?:in(?:bound|coming)?|received?|from)$/iu;

/** The columns of a line of names between tabs; undefined: it is none. */
export function columnsOf(line: string): readonly Column[] | undefined {
  const cells = line.split('\t', 16).map((cell) => cell.trim());
  if (cells.length < 3) return undefined;
  const names = cells.map((cell) => NAMES.find(([, name]) => name.test(cell))?.[0] ?? 'other');
  // A date without a column of times holds both.
  const columns = names.map((name) => (name === 'date' && !names.includes('time') ? 'time' : name));
  const has = (column: Column): boolean => columns.filter((each) => each === column).length === 1;
  return has('time') && has('who') && has('text') ? columns : undefined;
}

/** A row under such a line. Empty cells at its end may be missing; what has no time and name is no row. */
export function rowOf(line: string, columns: readonly Column[] | undefined): Groups | undefined {
  const cells = line.split('\t');
  if (columns === undefined || cells.length < 2) return undefined;
  const cell = (column: Column): string => cells[columns.indexOf(column)]?.trim() ?? '';
  if (cells.length <= Math.max(columns.indexOf('time'), columns.indexOf('who'))) return undefined;
  const groups = stampOf(`${cell('date')} ${cell('time')}`.trim());
  if (groups === undefined) return undefined;
  const [who, to] = [cell('who'), cell('to')];
  const rest = { ...groups, text: cell('text'), network: cell('network') };
  return RECEIVED.test(cell('direction')) && to !== ''
    ? { ...rest, who: to, to: who }
    : { ...rest, who, ...(to !== '' && { to }) };
}

function stampOf(text: string): Groups | undefined {
  const groups = STAMP.exec(text)?.groups;
  return groups !== undefined && isSound(groups) ? groups : undefined;
}

const BLOCK_LINE = /^(?<name>[A-Za-z][A-Za-z /]{0,24}):[ \t]*(?<value>.*)$/u;
/** A block names who and when before what. */
const MAX_BLOCK = 6;

/** The block that begins with a line: its groups, and how many lines it takes. Undefined: none begins here. */
export function blockAt(
  lines: readonly string[],
  start: number,
): { readonly groups: Groups; readonly count: number } | undefined {
  const found = new Map<Column, string>();
  for (let i = start; i < Math.min(lines.length, start + MAX_BLOCK); i++) {
    const { name = '', value = '' } = BLOCK_LINE.exec(lines[i]?.trim() ?? '')?.groups ?? {};
    const column = NAMES.find(([, known]) => known.test(name.trim()))?.[0];
    if (column === undefined && (i === start || name === '')) return undefined;
    if (column !== undefined) found.set(column, value.trim());
    if (column !== 'text') continue;
    const who = found.get('who');
    const to = found.get('to');
    const groups = stampOf(`${found.get('date') ?? ''} ${found.get('time') ?? ''}`.trim());
    return groups === undefined || who === undefined
      ? undefined
      : { groups: { ...groups, who, ...(to !== undefined && { to }), text: value }, count: i - start + 1 };
  }
  return undefined;
}
