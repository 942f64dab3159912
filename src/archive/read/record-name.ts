import { HoldfastError } from '../../core/errors.ts';
import { fromDecimal } from '../../core/ledger/read.ts';
import { parseLogName } from '../../core/logs.ts';
import type { LogName, RecordName } from '../../core/record.ts';

/** Splits `m0/123`; `bad-usage` for any other text. */
export function parseRecordName(name: RecordName): { readonly log: LogName; readonly leaf: number } {
  const slash = name.indexOf('/');
  const log = name.slice(0, Math.max(0, slash));
  const leaf = fromDecimal(name.slice(slash + 1));
  if (parseLogName(log) === undefined || leaf === undefined) {
    throw new HoldfastError('bad-usage', `${printable(name)} is no name of a record.`, {
      hint: 'A record is named by its log and leaf, as in m0/123.',
    });
  }
  return { log, leaf };
}

/** Foreign text for a message: short, and without control characters. */
export function printable(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
