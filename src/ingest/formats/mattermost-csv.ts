/**
 * Mattermost's compliance export as CSV: twenty columns, a row for each post, join, leave and file. Columns and the
 * meaning of their values: the public sources of its message export.
 */
import type { Repair } from '../../core/event.ts';
import type { Format } from '../format.ts';
import { csvFields, csvRecords } from '../reading/csv.ts';
import { decode, openText } from '../reading/text.ts';
import { outcomeOf } from './mattermost/row.ts';

const HEAD = 'Post Creation Time,Post Update Time,Post Update Type,Team Id,';

export const mattermostCsv: Format = {
  name: 'mattermost-csv',
  title: 'Mattermost (compliance export, CSV)',
  networks: ['mattermost'],
  systems: [{ name: 'Mattermost (CSV export)', proven: 'documented schema' }],
  unit: 'A row.',
  limits: [
    'Files are references; their bytes are not taken from beside the rows.',
    'Older servers write fewer columns; they are read by their names.',
  ],
  detect({ text }) {
    return text.startsWith(HEAD) || /^Post Creation Time,Team Id,Team Name,/u.test(text)
      ? { confidence: 0.95, reason: 'the column names of Mattermost’s compliance CSV' }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) {
      const stream = await openText(file);
      const captured = new Set<string>();
      let columns: readonly string[] | undefined;
      for await (const batch of csvRecords(stream))
        yield batch.map(({ offset, length, bytes, problem }) => {
          const place = { source, file, offset, length };
          if (bytes === undefined)
            return { ...place, units: 1, read: () => [{ type: 'reject', code: problem ?? 'truncated' }] };
          const repairs: Repair[] = [];
          const fields = csvFields(decode(stream, bytes, repairs), ',');
          if (columns === undefined) {
            columns = fields.map((field) => field.trim());
            return { ...place, units: 1, read: () => [{ type: 'excluded', reason: 'directory-entry' }] };
          }
          const row = new Map(columns.map((name, i) => [name, fields[i] ?? '']));
          return { ...place, units: 1, read: () => [outcomeOf(row, place, repairs, captured)] };
        });
    }
  },
};
