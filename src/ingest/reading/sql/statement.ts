/** Heads of the statements that carry rows, and the columns that CREATE TABLE lists. */
const NAME = '(?:[\\w$#@-]+|`[^`]{1,200}`|"[^"]{1,200}"|\\[[^\\]]{1,200}\\])';
const TABLE = `(${NAME}(?:\\s*\\.\\s*${NAME}){0,3})`;
const INSERT = new RegExp(
  `^(?:INSERT|REPLACE)(?:\\s+(?:IGNORE|DELAYED|LOW_PRIORITY|HIGH_PRIORITY|OR\\s+\\w+))*(?:\\s+INTO)?\\s+${TABLE}\\s*(?:\\(([^()]*)\\)\\s*)?(?:OVERRIDING\\s+\\w+\\s+VALUE\\s*)?VALUES\\s*(?=\\()`,
  'iu',
);
const COPY = new RegExp(`^COPY\\s+${TABLE}\\s*(?:\\(([^()]*)\\)\\s*)?FROM\\s+STDIN\\b([^;]*)`, 'iu');
const CREATE = new RegExp(
  `^CREATE\\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|MEMORY|CACHED|TEXT)\\s+)*TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?${TABLE}\\s*\\(`,
  'iu',
);
/** What begins a line of CREATE TABLE that is no column. */
const NO_COLUMN = /^(?:PRIMARY|UNIQUE|KEY|INDEX|CONSTRAINT|FOREIGN|CHECK|FULLTEXT|SPATIAL|EXCLUDE|LIKE)\b/iu;

export interface InsertHead {
  readonly table: string;
  readonly columns?: readonly string[];
  /** The text up to the first tuple. */
  readonly length: string;
  readonly backtick: boolean;
}

/** The head of an INSERT whose first tuple begins within `text`. */
export function insertOf(text: string): InsertHead | undefined {
  const match = INSERT.exec(text);
  if (match?.[1] === undefined) return undefined;
  const columns = match[2] === undefined ? undefined : namesIn(match[2]);
  return {
    table: tableName(match[1]),
    ...(columns !== undefined && { columns }),
    length: match[0],
    backtick: match[0].includes('`'),
  };
}

/** The head of a COPY from the dump itself, in the text form. */
export function copyOf(text: string): { table: string; columns?: readonly string[] } | undefined {
  const match = COPY.exec(text);
  if (match?.[1] === undefined || /\b(?:csv|binary)\b/iu.test(match[3] ?? '')) return undefined;
  const columns = match[2] === undefined ? undefined : namesIn(match[2]);
  return { table: tableName(match[1]), ...(columns !== undefined && { columns }) };
}

/** The columns of a CREATE TABLE, in their order. */
export function columnsOf(statement: string): { table: string; columns: readonly string[] } | undefined {
  const match = CREATE.exec(statement);
  if (match?.[1] === undefined) return undefined;
  const columns: string[] = [];
  let depth = 0;
  let start = match[0].length;
  for (let i = start; i < statement.length; i++) {
    const c = statement[i];
    if (c === "'" || c === '"' || c === '`') {
      const end = statement.indexOf(c, i + 1);
      if (end === -1) break;
      i = end;
    } else if (c === '(') depth++;
    else if ((c === ')' && depth-- === 0) || (c === ',' && depth === 0)) {
      const line = statement
        .slice(start, i)
        .replaceAll(/--[^\n]*\n/gu, ' ')
        .trim();
      const name = new RegExp(`^${NAME}`, 'u').exec(line)?.[0];
      if (name !== undefined && !NO_COLUMN.test(line)) columns.push(bare(name));
      start = i + 1;
      if (c === ')') break;
    }
  }
  return columns.length === 0 ? undefined : { table: tableName(match[1]), columns };
}

const namesIn = (list: string): string[] => list.split(',').map((name) => bare(name.trim()));

/** A name without its schema and quotes, in lower case. */
const tableName = (name: string): string =>
  bare(new RegExp(`${NAME}$`, 'u').exec(name.trim())?.[0] ?? name.trim());

const bare = (name: string): string => name.replaceAll(/^[`"[]|[`"\]]$/gu, '').toLowerCase();
