/** What only a whole history shows: the order of its dates. */
import type { SourceFile } from '../../format.ts';
import { DateOrders } from '../../reading/date-order.ts';
import { openText } from '../../reading/text.ts';

export type Decided = ReturnType<DateOrders['decide']>;

const DATE =
  /\bDate="(\d{1,4})[^\d"]{1,2}(\d{1,2})[^\d"]{1,2}(\d{1,4})\.?"(?:[^<>]{0,60} DateTime="(\d{4})-(\d{2})-(\d{2})T)?/gu;
const OVERLAP = 256;

/** Reads a history through once: dates of the first half of a month are decided by all others. */
export async function surveyOf(file: SourceFile): Promise<Decided> {
  const orders = new DateOrders();
  const stream = await openText(file);
  let rest = '';
  for await (const chunk of stream.chunks) {
    const text = rest + chunk.toString('latin1');
    // What may be cut off at the end is looked at with the next chunk.
    const end = Math.max(0, text.length - OVERLAP);
    let last = 0;
    for (const match of text.matchAll(DATE)) {
      if (match.index >= end) break;
      last = match.index + match[0].length;
      see(orders, match);
    }
    rest = text.slice(Math.max(end, last));
  }
  for (const match of rest.matchAll(DATE)) see(orders, match);
  return orders.decide(file.settings.dateOrder);
}

/** A local date beside a UTC one: where only one order brings them together, that is as good as a day past the twelfth. */
function see(orders: DateOrders, [, a = '', b = '', c = '', year, month, day]: RegExpMatchArray): void {
  orders.see([a, b, c]);
  if (year === undefined || Number(a) > 12 || Number(b) > 12 || a === b) return;
  if (Number(b) === Number(day) && Number(a) === Number(month)) orders.see(['1', '13', c]);
  else if (Number(a) === Number(day) && Number(b) === Number(month)) orders.see(['13', '1', c]);
}
