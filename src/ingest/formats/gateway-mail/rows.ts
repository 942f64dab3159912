/** Conversations that are laid out as a table with a line of names, or as blocks of named values. */
import { CLOCK, DATE } from './profiles.ts';

/** What a cell holds. */
type Column = 'time' | 'who' | 'text' | 'other';

/** A row as a line's groups: see `LineForm`. */
export type Groups = Readonly<Record<string, string | undefined>>;

const NAMES: readonly (readonly [Column, RegExp])[] = [
  ['time', /^(?:date(?:\s*(?:and|\/|&)\s*time)?|time|timestamp|sent(?: at)?|when)(?:\s*\(.{1,20}\))?$/iu],
  ['who', /^(?:from|sender|user|who|screen ?name|participant|buddy|name|speaker|author)$/iu],
  ['text', /^(?:message|text|content|body|im|instant message|said)$/iu],
];
const STAMP = new RegExp(`^[[(]?${DATE}${CLOCK}[\\])]?$`, 'u');

/** The columns of a line of names between tabs; undefined: it is none. */
export function columnsOf(line: string): readonly Column[] | undefined {
  const cells = line.split('\t', 16).map((cell) => cell.trim());
  if (cells.length < 3) return undefined;
  const columns = cells.map((cell) => NAMES.find(([, name]) => name.test(cell))?.[0] ?? 'other');
  const has = (column: Column): boolean => columns.filter((each) => each === column).length === 1;
  return has('time') && has('who') && has('text') ? columns : undefined;
}

/** A row under such a line. */
export function rowOf(line: string, columns: readonly Column[] | undefined): Groups | undefined {
  const cells = line.split('\t');
  if (columns === undefined || cells.length < columns.length) return undefined;
  const cell = (column: Column): string => cells[columns.indexOf(column)]?.trim() ?? '';
  const groups = STAMP.exec(cell('time'))?.groups;
  return groups === undefined ? undefined : { ...groups, who: cell('who'), text: cell('text') };
}

const BLOCK_LINE = /^(?<name>[A-Za-z][A-Za-z ]{0,24}):[ \t]*(?<value>.*)$/u;
/** A block names who and when before what. */
const MAX_BLOCK = 6;

/** The block that begins with a line: its groups, and how many lines it takes. Undefined: none begins here. */
export function blockAt(
  lines: readonly string[],
  start: number,
): { readonly groups: Groups; readonly count: number } | undefined {
  let groups: Groups | undefined;
  let who: string | undefined;
  for (let i = start; i < Math.min(lines.length, start + MAX_BLOCK); i++) {
    const { name = '', value = '' } = BLOCK_LINE.exec(lines[i]?.trim() ?? '')?.groups ?? {};
    const column = NAMES.find(([, known]) => known.test(name.trim()))?.[0];
    if (column === undefined && (i === start || name === '')) return undefined;
    if (column === 'who') who = value.trim();
    else if (column === 'time') groups = STAMP.exec(value.trim())?.groups;
    else if (column === 'text') {
      if (groups === undefined || who === undefined) return undefined;
      return { groups: { ...groups, who, text: value }, count: i - start + 1 };
    }
  }
  return undefined;
}
