/** Finding ends in SQL on bytes: of a tuple, a statement, a line; quotes, comments and dollar quotes are stepped over. */
import type { Dialect } from './dialect.ts';

const [LF, QUOTE, DOUBLE, BACKTICK, BACKSLASH] = [10, 39, 34, 96, 92];
const [OPEN, CLOSE, SEMICOLON, DOLLAR, DASH, SLASH, STAR] = [40, 41, 59, 36, 45, 47, 42];

/** Index just after the `)` that closes the `(` at `from`; −1: not in these bytes. */
export function tupleEnd(bytes: Buffer, from: number, dialect: Dialect): number {
  let depth = 0;
  for (let i = from; i < bytes.length; i++) {
    const c = bytes[i] as number;
    if (c === OPEN) depth++;
    else if (c === CLOSE) {
      if (--depth === 0) return i + 1;
    } else if (c === QUOTE || c === DOUBLE || c === BACKTICK || c === DOLLAR) {
      const end = quoteEnd(bytes, i, dialect);
      if (end === -1) return -1;
      i = end - 1;
    }
  }
  return -1;
}

/**
 * Index just after a statement: its semicolon, or a line that begins another one (SQL Server and HSQLDB end statements
 * without a mark). −1: not in these bytes.
 */
export function statementEnd(bytes: Buffer, dialect: Dialect, ended: boolean): number {
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i] as number;
    if (c === SEMICOLON) return i + 1;
    if (c === QUOTE || c === DOUBLE || c === BACKTICK || c === DOLLAR) {
      const end = quoteEnd(bytes, i, dialect);
      if (end === -1) return -1;
      i = end - 1;
    } else if (c === DASH && bytes[i + 1] === DASH) {
      const end = bytes.indexOf(LF, i);
      if (end === -1) return -1;
      i = end - 1;
    } else if (c === SLASH && bytes[i + 1] === STAR) {
      const end = bytes.indexOf('*/', i + 2);
      if (end === -1) return -1;
      i = end + 1;
    } else if (c === LF && i > 0) {
      if (bytes.length - i < 16 && !ended) return -1;
      if (/^\s*(?:INSERT\s|COPY\s|CREATE\s|REPLACE\s|GO\s)/iu.test(bytes.toString('latin1', i + 1, i + 33)))
        return i + 1;
    }
  }
  return -1;
}

/** Index just after the line feed of a line; −1: not in these bytes. */
export function lineEnd(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(LF, from);
  return at === -1 ? -1 : at + 1;
}

/** Index just after a quoted text that starts at `from`; a lone dollar sign is one byte; −1: not in these bytes. */
function quoteEnd(bytes: Buffer, from: number, dialect: Dialect): number {
  const quote = bytes[from] as number;
  if (quote === DOLLAR) {
    const tag = /^\$(?:[A-Za-z_]\w*)?\$/u.exec(bytes.toString('latin1', from, from + 66))?.[0];
    if (tag === undefined) return bytes.length - from < 66 && from + 1 >= bytes.length ? -1 : from + 1;
    const end = bytes.indexOf(tag, from + tag.length);
    return end === -1 ? -1 : end + tag.length;
  }
  const previous = bytes[from - 1];
  // PostgreSQL's E'…' escapes with a backslash, whatever the rest of the dump does.
  const escapes = quote !== BACKTICK && (dialect.backslash || previous === 69 || previous === 101);
  for (let at = from + 1; ; ) {
    const end = bytes.indexOf(quote, at);
    if (end === -1) return -1;
    if (escapes) {
      let slashes = 0;
      while (bytes[end - 1 - slashes] === BACKSLASH && end - 1 - slashes > from) slashes++;
      if (slashes % 2 === 1) {
        at = end + 1;
        continue;
      }
    }
    if (end + 1 >= bytes.length) return end + 1;
    if (bytes[end + 1] !== quote) return end + 1;
    at = end + 2;
  }
}
