/**
 * Retention classes: how long, from when, by which rule. Pure. Periods only ever lengthen (see DESIGN, "The vault");
 * there is one default class until rules exist.
 */
import type { Quarter, RetentionClass } from './record.ts';

export interface RetentionRule {
  readonly class: RetentionClass;
  /** Years kept from the end of the bucket's quarter; undefined: no end. */
  readonly years: number | undefined;
  /** Of these, the years in which records must be easily accessible. */
  readonly accessibleYears: number;
  /** What starts the period: when it was captured (which no sender can forge). */
  readonly clock: 'captured';
  /** Where the period comes from. */
  readonly source: string;
  readonly text: string;
}

/** The class of messages until rules exist: SEC Rule 17a-4(b)(4). */
export const DEFAULT_CLASS: RetentionClass = 'sec-17a-4-b-4';
/** The class of control and audit entries: they outlive every record that they name. */
export const ACTS_CLASS: RetentionClass = 'acts';

export const PRESETS: readonly RetentionRule[] = [
  {
    class: DEFAULT_CLASS,
    years: 3,
    accessibleYears: 2,
    clock: 'captured',
    source: '17 CFR 240.17a-4(b)(4)',
    text: 'Originals of communications received and copies of communications sent: three years, the first two in an easily accessible place.',
  },
  {
    class: ACTS_CLASS,
    years: undefined,
    accessibleYears: 2,
    clock: 'captured',
    source: 'Holdfast',
    text: 'Acts of the archive itself: kept as long as the archive, so that they outlive every record they name.',
  },
];

/** The rule of a class; undefined where no preset has this name. */
export function ruleOf(name: RetentionClass): RetentionRule | undefined {
  return PRESETS.find((rule) => rule.class === name);
}

/** UTC quarter of an instant (`2026-11-21T…Z` → `2026Q4`). */
export function quarterOf(instant: string): Quarter {
  const month = Number(instant.slice(5, 7));
  if (!/^\d{4}-\d{2}-/u.test(instant) || month < 1 || month > 12)
    throw new TypeError('quarterOf takes a UTC instant');
  return `${instant.slice(0, 4)}Q${Math.ceil(month / 3)}`;
}

/** First instant after the quarter, plus `years`: UTC. */
function endOfQuarter(quarter: Quarter, years: number): string {
  const match = /^(\d{4})Q([1-4])$/u.exec(quarter);
  if (match === null) throw new TypeError('a quarter looks like 2026Q4');
  const last = Number(match[2]) === 4;
  const year = Number(match[1]) + years + (last ? 1 : 0);
  const month = last ? 1 : Number(match[2]) * 3 + 1;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01T00:00:00.000Z`;
}

/** Until when a bucket is kept: end of its quarter plus the class's period. Undefined: without end. */
export function retainUntil(name: RetentionClass, quarter: Quarter): string | undefined {
  const years = ruleOf(name)?.years;
  return years === undefined ? undefined : endOfQuarter(quarter, years);
}

/** Until when a bucket must be easily accessible. */
export function accessibleUntil(name: RetentionClass, quarter: Quarter): string | undefined {
  const rule = ruleOf(name);
  return rule === undefined ? undefined : endOfQuarter(quarter, rule.accessibleYears);
}
