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
    DATE.lastIndex = 0;
    for (let match = DATE.exec(text); match !== null && match.index < end; match = DATE.exec(text)) {
      last = DATE.lastIndex;
      see(orders, match);
    }
    rest = text.slice(Math.max(end, last));
  }
  DATE.lastIndex = 0;
  for (let match = DATE.exec(rest); match !== null; match = DATE.exec(rest)) see(orders, match);
  return orders.decide(file.settings.dateOrder);
}

/** A local date beside a UTC one: where only one order brings them together, that is as good as a day past the twelfth. */
function see(orders: DateOrders, match: RegExpExecArray): void {
  const [a = '', b = '', c = ''] = [match[1], match[2], match[3]];
  orders.see([a, b, c]);
  if (match[4] === undefined) return;
  const [first, second, month, day] = [Number(a), Number(b), Number(match[5]), Number(match[6])];
  if (first > 12 || second > 12 || a === b) return;
  if (second === day && first === month) orders.prove('mdy');
  else if (first === day && second === month) orders.prove('dmy');
}
