/**
 * Retention classes: how long, from when, by which rule. Pure. Periods only ever lengthen (see DESIGN, "The vault");
 * presets are here, what two persons agreed on beside them is in the register.
 */
import type { Quarter, RetentionClass } from './record.ts';

/** What starts a period. `captured`: when it was received, which no sender can forge. `sent`: what the message says.
 * `event`: something still to come, so that there is no end until it has happened. */
export type RetentionClock = 'captured' | 'sent' | 'event';

export interface ClassDefinition {
  readonly class: RetentionClass;
  /** Years kept from the end of the bucket's quarter; undefined: no end. */
  readonly years: number | undefined;
  /** Of these, the years in which records must be easily accessible. */
  readonly accessibleYears: number;
  readonly clock: RetentionClock;
  /** Where the period comes from. */
  readonly source: string;
  readonly text: string;
  /** Not a class for messages, and never changed. */
  readonly isFixed?: true;
}

/** Classes that are agreed on beside the presets, as the register holds them. `years`: null for no end. */
export interface AgreedClasses {
  readonly classes: ReadonlyMap<
    string,
    Omit<ClassDefinition, 'years' | 'isFixed'> & { readonly years: number | null }
  >;
}

/** The class of messages until rules say otherwise, and the least that every message gets: SEC Rule 17a-4(b)(4). */
export const DEFAULT_CLASS: RetentionClass = 'sec-17a-4-b-4';
/** The class of control and audit entries: they outlive every record that they name. */
export const ACTS_CLASS: RetentionClass = 'acts';

export const PRESETS: readonly ClassDefinition[] = [
  {
    class: DEFAULT_CLASS,
    years: 3,
    accessibleYears: 2,
    clock: 'captured',
    source: '17 CFR 240.17a-4(b)(4)',
    text: 'Originals of communications received and copies of communications sent: three years, the first two in an easily accessible place.',
  },
  {
    class: 'firm-6',
    years: 6,
    accessibleYears: 2,
    clock: 'captured',
    source: 'policy of the firm',
    text: 'Six years, the first two in an easily accessible place: for firms that keep all communications as long as the records of 17 CFR 240.17a-4(a).',
  },
  {
    class: 'cftc-1-31',
    years: 5,
    accessibleYears: 5,
    clock: 'captured',
    source: '17 CFR 1.31(b)(3)',
    text: 'Regulatory records: not less than five years from the date of the record, readily accessible throughout.',
  },
  {
    class: 'cftc-1-31-swap',
    years: undefined,
    accessibleYears: 5,
    clock: 'event',
    source: '17 CFR 1.31(b)(1)',
    text: 'Records of a swap: until its end and five years after. No end until the firm states when the swap ended.',
  },
  {
    class: 'mifid-16-7',
    years: 5,
    accessibleYears: 5,
    clock: 'captured',
    source: 'Directive 2014/65/EU, Article 16(7)',
    text: 'Electronic communications on transactions: five years.',
  },
  {
    class: 'mifid-16-7-extended',
    years: 7,
    accessibleYears: 7,
    clock: 'captured',
    source: 'Directive 2014/65/EU, Article 16(7)',
    text: 'Electronic communications on transactions: seven years, where the competent authority asks for it.',
  },
  {
    class: ACTS_CLASS,
    years: undefined,
    accessibleYears: 2,
    clock: 'captured',
    source: 'Holdfast',
    text: 'Acts of the archive itself: kept as long as the archive, so that they outlive every record they name.',
    isFixed: true,
  },
];

/** What a class means: as agreed on, else as preset; undefined where neither knows it. */
export function definitionOf(name: RetentionClass, agreed?: AgreedClasses): ClassDefinition | undefined {
  const own = agreed?.classes.get(name);
  if (own === undefined) return PRESETS.find((preset) => preset.class === name);
  const { accessibleYears, clock, source, text, years } = own;
  return { class: name, years: years ?? undefined, accessibleYears, clock, source, text };
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
export function retainUntil(
  name: RetentionClass,
  quarter: Quarter,
  agreed?: AgreedClasses,
): string | undefined {
  const definition = definitionOf(name, agreed);
  if (definition?.years === undefined || definition.clock === 'event') return undefined;
  return endOfQuarter(quarter, definition.years);
}

/** Until when a bucket must be easily accessible. */
export function accessibleUntil(
  name: RetentionClass,
  quarter: Quarter,
  agreed?: AgreedClasses,
): string | undefined {
  const definition = definitionOf(name, agreed);
  return definition === undefined ? undefined : endOfQuarter(quarter, definition.accessibleYears);
}
