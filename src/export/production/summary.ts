import type { Production } from '../../core/control/register.ts';
import { batesNumber } from './bates.ts';
import { type ProductionSpec, specOf } from './spec.ts';

/** A production as it is listed. What a spec of another version says is null. */
export interface ProductionSummary {
  readonly production: string;
  readonly volume: string | null;
  /** Bates numbers of the first and the last page. */
  readonly first: string;
  readonly last: string;
  readonly pages: number;
  readonly records: ProductionSpec['records'] | null;
  /** When it was fixed. */
  readonly at: string;
}

export function summaryOf({
  production,
  prefix,
  width,
  first,
  last,
  spec,
  created,
}: Production): ProductionSummary {
  const read = specOf(spec);
  const bates = { prefix, width, first };
  return {
    production,
    volume: read?.volume ?? null,
    first: batesNumber(bates, 1),
    last: batesNumber(bates, last - first + 1),
    pages: last - first + 1,
    records: read?.records ?? null,
    at: created.at,
  };
}

/** What members of its matter see of a production: also what it was made from. */
export function detailsOf(production: Production) {
  const read = specOf(production.spec);
  return {
    ...summaryOf(production),
    matter: production.matter,
    by: production.created.actor,
    position: production.created.position,
    terms:
      read === undefined
        ? null
        : {
            query: read.query,
            hitsOnly: read.hitsOnly,
            zone: read.zone,
            reference: read.reference,
            withheld: read.withheld,
            redacted: read.redacted,
            report: read.report,
          },
  };
}
