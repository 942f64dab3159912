/** Frames of a server's tables: everything is read once for what names others, and once more for what was said. */
import type { Frame, Outcome, Source } from '../format.ts';
import { noEntries } from './frames.ts';
import type { Place } from './provenance.ts';
import { type Row, type Tables, tableParts } from './tables.ts';

export interface TableReader {
  readonly tables: Tables;
  /** Looks at every row of every file before any is read. */
  learn?(row: Row): void;
  /** The outcomes of a row, at least one; undefined: a table that says nothing. */
  read(row: Row, place: Place, part: string | undefined): readonly Outcome[] | undefined;
}

export async function* tableFrames(source: Source, reader: TableReader): AsyncIterable<readonly Frame[]> {
  if (reader.learn !== undefined)
    for (const file of source.files)
      for await (const parts of tableParts(file, reader.tables))
        for (const part of parts) if (part.type === 'row') reader.learn(part.row);
  for (const file of source.files) {
    let units = 0;
    for await (const parts of tableParts(file, reader.tables)) {
      units += parts.length;
      yield parts.map((each): Frame => {
        const { offset, length, part } = each;
        const outcomes: readonly Outcome[] =
          each.type === 'problem'
            ? [
                {
                  type: 'reject',
                  code: each.code,
                  ...(each.detail !== undefined && { detail: each.detail }),
                  ...(part !== undefined && { part }),
                },
              ]
            : (reader.read(each.row, { source, file, offset, length }, part) ?? [
                { type: 'excluded', reason: 'other-table' },
              ]);
        const placed = part === undefined ? outcomes : outcomes.map((outcome) => at(outcome, part));
        return { file, offset, length, units: placed.length, read: () => placed };
      });
    }
    if (units === 0) yield [noEntries(file)];
  }
}

/** Rows of one file share its place: a reject says which row it is. */
const at = (outcome: Outcome, part: string): Outcome =>
  outcome.type === 'reject' && outcome.part === undefined ? { ...outcome, part } : outcome;

/**
 * Folders in which each table is a file of its own: `archive.csv`, `public.jm.sql`. `own`: names of tables of which one
 * has to be there, where the others could be anybody's.
 */
export function tableFolder(
  names: readonly string[],
  own: readonly string[] = names,
): {
  marks(name: string): boolean;
  groups(names: readonly string[]): readonly (readonly string[])[];
} {
  const pattern = new RegExp(`(?:^|/)(?:\\w+\\.)?(${names.join('|')})\\.(?:csv|tsv|txt|rpt|sql)$`, 'iu');
  const isOwn = new RegExp(`(?:^|/)(?:\\w+\\.)?(?:${own.join('|')})\\.\\w+$`, 'iu');
  return {
    marks: (name) => pattern.test(name),
    groups(all) {
      const folders = new Map<string, string[]>();
      for (const name of all) {
        if (!pattern.test(name)) continue;
        const folder = name.slice(0, name.lastIndexOf('/') + 1);
        const group = folders.get(folder) ?? [];
        folders.set(folder, group);
        group.push(name);
      }
      // One file alone is recognised by what it holds.
      return [...folders.values()].filter(
        (group) => group.length > 1 && group.some((name) => isOwn.test(name)),
      );
    },
  };
}

/** Whether a probe holds one of these tables: in SQL, as the names of a CSV, or in the schema of a SQLite file. */
export function namesTable(text: string, tables: readonly string[]): string | undefined {
  const found = new RegExp(
    `\\b(?:INTO|TABLE|COPY|TABLE\\s+IF\\s+NOT\\s+EXISTS|INSERT)\\s+(?:[\\w"\`[\\]]{1,64}\\.){0,2}["\`[]?(${tables.join('|')})["\`\\]]?[\\s(]`,
    'iu',
  ).exec(text);
  return found?.[1];
}
