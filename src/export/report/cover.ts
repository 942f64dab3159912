import { count } from '../../core/counted.ts';
import type { Sheet } from '../pdf/sheet.ts';
import { batesNumber } from '../production/bates.ts';
import { type LocalClock, longDay } from '../selection/local-time.ts';
import { pairs, STYLE } from './blocks.ts';
import type { ReportFacts } from './facts.ts';
import type { FrontInput } from './front.ts';

/** The cover: whose, for whom, which numbers, what is in it. */
export function cover(sheet: Sheet, { facts, counts, store }: FrontInput): void {
  const { settings } = facts;
  sheet.y = 116;
  sheet.text('Transcript of electronic communications', STYLE.title);
  sheet.y += 6;
  sheet.rule(sheet.left, sheet.y, 64, 'accent', 2.2);
  sheet.y += 20;
  if (settings.firm?.name !== undefined) {
    const crd = settings.firm.crd === undefined ? '' : `  ·  CRD ${settings.firm.crd}`;
    sheet.text(`${settings.firm.name}${crd}`, { size: 13, leading: 19, weight: 'semibold' });
  }
  sheet.y += 26;
  pairs(sheet, [
    ['For', settings.recipient],
    ['Request', settings.request],
    ['Item', settings.item],
    ['Matter', settings.matter],
    ...numbers(facts),
    [
      'Period',
      counts.first === ''
        ? 'no records'
        : `${moment(store.clock, counts.first)} to ${moment(store.clock, counts.last)}`,
    ],
    ['Time zone', `${facts.zone}; every time is printed with its offset from UTC`],
    ['Prepared', moment(store.clock, facts.created.getTime())],
    ['Prepared by', settings.preparer],
    ['Archive', facts.verification.archive],
  ]);
  sheet.y += 18;
  sheet.rule(sheet.left, sheet.y, sheet.width);
  sheet.y += 16;
  const kind = (name: string): string => count(counts.kinds[name] ?? 0);
  figures(sheet, [
    [count(counts.records), 'records'],
    [kind('message'), 'messages'],
    [kind('edit'), 'edits'],
    [kind('deletion'), 'deletions'],
    [count(counts.conversations), 'conversations'],
    [count(counts.slices), 'slices (conversation and day)'],
    [count(counts.hits), 'records match the selection'],
    [count(counts.records - counts.hits), 'records are context'],
    [count(counts.attachments.held), 'files held'],
    [count(counts.attachments.referenced), 'files referenced, not held'],
    [count(counts.attachments.missing), 'files missing'],
    ['', ''],
    [count(counts.withheld.records), 'records withheld'],
    [count(counts.redacted.records), 'records redacted'],
  ]);
  if (settings.legend !== undefined) {
    sheet.y = Math.max(sheet.y, sheet.file.height - 118);
    sheet.text(settings.legend, { ...STYLE.body, weight: 'semibold' });
  }
}

function numbers({ production }: ReportFacts): readonly (readonly [string, string])[] {
  if (production === undefined) return [['Status', 'DRAFT: not a production; pages carry no Bates numbers']];
  const { volume, bates, last } = production;
  const range = `${batesNumber(bates, 1)} to ${batesNumber(bates, last - bates.first + 1)}`;
  return [
    ['Volume', volume],
    ['Bates numbers', range],
  ];
}

/** Figures four in a row, the number above its name. */
function figures(sheet: Sheet, items: readonly (readonly [string, string])[]): void {
  const columns = 4;
  const width = sheet.width / columns;
  for (let row = 0; row < items.length; row += columns) {
    sheet.ensure(32);
    for (const [column, [value, name]] of items.slice(row, row + columns).entries()) {
      const x = sheet.left + column * width;
      sheet.textAt(x, sheet.y, value, { size: 15, leading: 19, weight: 'semibold' }, width - 8);
      sheet.textAt(x, sheet.y + 20, name, STYLE.soft, width - 8);
    }
    sheet.y += 46;
  }
}

/** A day and time as the report writes them. */
function moment(clock: LocalClock, instant: string | number): string {
  const { day, time, offset } = clock.at(instant);
  return `${longDay(day)}, ${time} ${offset}`;
}
