/**
 * What the entry of a production fixes beside its numbers: all that rendering it needs, so that it comes out the same
 * whenever that is done. Sealed under `spec` of `production.create`; its form never changes, a new one is a new version.
 */
import { z } from 'zod';
import type { ControlDetails } from '../../core/control/acts.ts';
import { HoldfastError } from '../../core/errors.ts';
import type { ReportSettings, SelectionDescription } from '../report/facts.ts';
import type { ClosedFamily } from '../selection/closed.ts';

/** How this version selects and draws; raised whenever the same spec would come out as other pages. */
const RENDERING = 2;

const count = z.int().min(0);
const text = z.string();
const closing = z.strictObject({
  record: z.string().regex(/^m\d{1,4}(?:\.\d{1,6})?\/\d{1,15}$/),
  reason: z.string().trim().min(1).max(400),
});

const form = z.strictObject({
  v: z.literal(1),
  rendering: z.int(),
  query: text,
  /** Version of the query language that it was read by. */
  language: count,
  hitsOnly: z.boolean(),
  /** Every log as it was: its size, and the commit whose checkpoint goes with the bundle. */
  heads: z.array(z.strictObject({ log: text, size: count, commit: count })).min(1),
  /** Version of the directory by which people are known, and `custodian:` and `direction:` are read. */
  directory: count,
  /** The matter's, as they were. */
  reference: text,
  zone: text,
  volume: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/),
  withheld: z.array(closing),
  redacted: z.array(closing),
  /** As printed: how the records were chosen. */
  selection: z.strictObject({
    criteria: z.array(text),
    query: text.exactOptional(),
    notSearched: z.array(text).exactOptional(),
    context: text.exactOptional(),
  }),
  /** As printed, but for the matter's reference. */
  report: z.strictObject({
    firm: z.strictObject({ name: text.exactOptional(), crd: text.exactOptional() }).exactOptional(),
    recipient: text.exactOptional(),
    request: text.exactOptional(),
    item: text.exactOptional(),
    legend: text.exactOptional(),
    preparer: text.exactOptional(),
    paper: z.enum(['letter', 'a4']).exactOptional(),
  }),
  /** What it must come out as. `sha256`: of records.ndjson. */
  records: z.strictObject({
    total: count,
    context: count,
    withheld: count,
    redacted: count,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** Name that its maker gave to the attempt: the same attempt, made again, makes nothing. */
  attempt: text.nullable(),
});

export type ProductionSpec = z.infer<typeof form>;

/** Everything of a spec that is not found out by measuring. */
export interface ProductionPlan {
  readonly query: string;
  readonly language: number;
  readonly hitsOnly: boolean;
  readonly heads: ProductionSpec['heads'];
  readonly directory: number;
  readonly reference: string;
  readonly zone: string;
  readonly volume: string;
  readonly withheld: ProductionSpec['withheld'];
  readonly redacted: ProductionSpec['redacted'];
  readonly selection: SelectionDescription;
  readonly report: Omit<ReportSettings, 'matter'>;
  readonly attempt: string | null;
}

/** As it is sealed. Throws `bad-usage` for a plan that is not of its form. */
export function productionSpec(
  plan: ProductionPlan,
  records: ProductionSpec['records'],
): ControlDetails<'production.create'>['spec'] {
  const read = form.safeParse({ ...plan, v: 1, rendering: RENDERING, records });
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.map(String).join(' ');
  throw new HoldfastError('bad-usage', `The production cannot be fixed: ${where} is not of its form.`, {
    hint: "'holdfast production create --help' shows the forms.",
  });
}

/** The spec of a sealed production; undefined for one that this version cannot render. */
export function specOf(spec: unknown): ProductionSpec | undefined {
  const read = form.safeParse(spec);
  return read.success && read.data.rendering === RENDERING ? read.data : undefined;
}

/** The same. Throws `production-differs` for one that this version cannot render. */
export function readSpec(spec: unknown): ProductionSpec {
  const read = specOf(spec);
  if (read !== undefined) return read;
  throw new HoldfastError(
    'production-differs',
    'This version of Holdfast renders no production of this form.',
    {
      hint: 'Render it with the version that made it.',
    },
  );
}

/** The families that it does not show, each by one of its records. */
export function closingsOf({
  withheld,
  redacted,
}: Pick<ProductionSpec, 'withheld' | 'redacted'>): readonly ClosedFamily[] {
  const as =
    (is: ClosedFamily['is']) =>
    (one: ProductionSpec['withheld'][number]): ClosedFamily => ({ is, ...one });
  return [...withheld.map(as('withheld')), ...redacted.map(as('redacted'))];
}
