/** What only a whole chat shows: the order of its dates, who writes, whether it is a group. */
import type { SourceFile } from '../../format.ts';
import { type DateDigits, DateOrders, type DecidedOrder } from '../../reading/date-order.ts';
import { lines } from '../../reading/lines.ts';
import { openText } from '../../reading/text.ts';
import { isOfGroup } from './phrases.ts';
import { stampOf } from './stamp.ts';

export interface Survey {
  /** The order of dates of one spelling. */
  orderOf(date: DateDigits): DecidedOrder;
  readonly senders: ReadonlySet<string>;
  readonly group: boolean;
}

const MAX_SENDERS = 10_000;

/** Who begins a text of the form `Name: …`; undefined for a line of WhatsApp itself. */
export function senderOf(rest: string): string | undefined {
  const colon = rest.indexOf(':');
  if (colon <= 0 || (colon + 1 < rest.length && rest[colon + 1] !== ' ')) return undefined;
  const name = rest.slice(0, colon);
  return name.includes('\n') || (colon > MAX_NAME && [...name].length > MAX_NAME) ? undefined : name;
}

/** Longest name, in characters. */
const MAX_NAME = 120;

/** A phone that changes its language writes its dates in another way: spellings are judged apart. */
const spelling = ([, , year]: DateDigits): string => String(year.length);

/** Reads a chat through once. */
export async function surveyOf(file: SourceFile): Promise<Survey> {
  const orders = new Map<string, DateOrders>();
  const senders = new Set<string>();
  let group = false;
  const stream = await openText(file);
  for await (const batch of lines(stream)) {
    for (const { text: line } of batch) {
      if (line === undefined) continue;
      const stamp = stampOf(line);
      if (stamp === undefined) continue;
      const key = spelling(stamp.date);
      const known = orders.get(key) ?? new DateOrders();
      orders.set(key, known);
      known.see(stamp.date);
      const rest = line.slice(stamp.length);
      const sender = senderOf(rest);
      if (sender !== undefined) {
        // A copy: a part of a long line would keep all of it.
        if (senders.size < MAX_SENDERS && !senders.has(sender)) senders.add(Buffer.from(sender).toString());
        if (!group && stamp.ios && rest[sender.length + 2] === '\u200e')
          group = isOfGroup(rest.slice(sender.length + 2));
      } else if (!group) group = isOfGroup(rest);
    }
  }
  const decided = new Map<string, ReturnType<DateOrders['decide']>>();
  return {
    orderOf(date) {
      const key = spelling(date);
      const found = decided.get(key) ?? (orders.get(key) ?? new DateOrders()).decide(file.settings.dateOrder);
      decided.set(key, found);
      return found;
    },
    senders,
    group: group || senders.size > 2,
  };
}
