/** What only much of a log of classic Mac OS shows: who writes, and the order of its dates. */
import { normaliseAddress } from '../../../core/ids.ts';
import type { SourceFile } from '../../format.ts';
import { type DateDigits, DateOrders, type DecidedOrder } from '../../reading/date-order.ts';
import { readHead } from '../../reading/text.ts';

const HEADING = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4}) (\d{1,2}) (\d{2})(?: (\d{2}))?\s*$/u;
const ENTRY = /^([^\t:]{1,64}):\t/u;

export const isMacHeading = (line: string): boolean => HEADING.test(line);
export const isMacEntry = (line: string): boolean => ENTRY.test(line);

/** The date and the time of a heading. */
export function headingOf(line: string): { date: DateDigits; clock: readonly [string, string] } | undefined {
  const match = HEADING.exec(line);
  if (match === null) return undefined;
  const [, a = '', b = '', c = '', hour = '', minute = ''] = match;
  return { date: [a, b, c], clock: [hour, minute] };
}

/** Who writes an entry. */
export const writerOf = (line: string): string | undefined => ENTRY.exec(line)?.[1];

export interface MacSurvey {
  readonly writers: ReadonlySet<string>;
  readonly order: DecidedOrder;
}

const MAX_WRITERS = 1000;
/** A log is judged by its beginning. */
const LIMIT = 2 * 1024 * 1024;

export async function surveyOf(file: SourceFile): Promise<MacSurvey> {
  const writers = new Set<string>();
  const orders = new DateOrders();
  const head = Buffer.from(await readHead(file, LIMIT)).toString('latin1');
  for (const line of head.split(/[\r\n]+/u)) {
    const heading = headingOf(line);
    if (heading !== undefined) orders.see(heading.date);
    else {
      const writer = writerOf(line);
      if (writer !== undefined && writers.size < MAX_WRITERS) writers.add(normaliseAddress('aim', writer));
    }
  }
  return { writers, order: orders.decide(file.settings.dateOrder) };
}
