/** Rows in the text form of PostgreSQL's COPY: what `pg_dump` writes, and what reading a dump understands. */

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A line of a row; null is NULL. */
export const copyLine = (values: readonly (string | null)[]): string =>
  `${values.map((value) => (value === null ? '\\N' : escaped(value))).join('\t')}\n`;

const SPECIAL = /[\\\b\f\n\r\t\v]/gu;
const escaped = (value: string): string => value.replaceAll(SPECIAL, (char) => ESCAPES[char] ?? char);

/** A name in SQL, whatever it holds. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The statement that stands before the rows. */
export const copyHead = (schema: string, table: string, columns: readonly string[]): string =>
  `COPY ${quoted(schema)}.${quoted(table)} (${columns.map(quoted).join(', ')}) FROM stdin;\n`;

export const COPY_END = '\\.\n';
