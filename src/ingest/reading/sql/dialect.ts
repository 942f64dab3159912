/** What differs between the spellings of SQL in how a string is written. */
export interface Dialect {
  /** A backslash escapes inside quotes (MySQL). */
  readonly backslash: boolean;
  /** `\u0041` stands for a character (HSQLDB's script files). */
  readonly unicode: boolean;
}

/** The dialect, as far as a comment or statement gives it away. */
export function dialectOf(text: string, known: Dialect): Dialect {
  if (/\b(?:MySQL|MariaDB) dump\b|^\/\*!\d|\bENGINE\s*=|`/iu.test(text)) return { ...known, backslash: true };
  if (
    /^(?:CREATE (?:MEMORY|CACHED) TABLE|SET (?:DATABASE|SCHEMA PUBLIC)|CREATE SCHEMA PUBLIC)\b/iu.test(text)
  )
    return { ...known, unicode: true };
  return known;
}
