/** Productions: measured, fixed by an act, and rendered as the act says. */
import { join } from 'node:path';
import { productionReach } from '../core/control/production-reach.ts';
import type { Matter, Production, Register } from '../core/control/register.ts';
import { actorOf } from '../core/control/step.ts';
import { directoryAt } from '../core/directory/versions.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Heads } from '../core/ports/index.ts';
import { LANGUAGES } from '../core/search/language.ts';
import {
  type ExportResult,
  exportBundle,
  type Measured,
  measureExport,
} from '../export/bundle/export-bundle.ts';
import { closingsOf, type ProductionPlan, type ProductionSpec, readSpec } from '../export/production/spec.ts';
import type { ReportSettings } from '../export/report/facts.ts';
import type { Acting } from './acting.ts';
import type { Archive } from './archive.ts';
import type { Context } from './context.ts';
import { describe, makingOf, newestHeads, requireWholeIndex, sealHeads, selected } from './exporting.ts';
import { Progress } from './progress.ts';
import { searcherOf } from './searching.ts';
import { awaitIndexed, indexWatcher } from './wait.ts';

/** What a production is asked to be. */
export interface ProductionTerms {
  readonly production: string;
  readonly matter: Matter;
  readonly query: string;
  readonly printQuery: boolean;
  readonly hitsOnly: boolean;
  readonly prefix: string;
  readonly width: number;
  readonly volume: string;
  readonly report: Omit<ReportSettings, 'matter'>;
  readonly withheld: ProductionSpec['withheld'];
  readonly redacted: ProductionSpec['redacted'];
  readonly attempt: string | null;
}

/** Fixes everything but the numbers, and finds out how many pages it takes. Nothing is left of the pages. */
export async function planProduction(
  context: Context,
  archive: Archive,
  register: Register,
  terms: ProductionTerms,
): Promise<{ readonly plan: ProductionPlan; readonly measured: Measured }> {
  const { matter, query, hitsOnly, withheld, redacted, volume, report, attempt } = terms;
  await sealHeads(context, archive);
  const heads = await newestHeads(archive);
  await awaitIndexed(archive, indexWatcher(context, new Progress(context.io, context.clock)));
  const searcher = searcherOf(archive, { zone: matter.zone });
  const selection = await searcher.select(query, sizesOf(heads), register.directory.version);
  await requireWholeIndex(archive, selection.heads);
  const description = describe(await searcher.explain(query), !hitsOnly, terms.printQuery);
  const plan: ProductionPlan = {
    query,
    language: LANGUAGES.current,
    hitsOnly,
    heads: heads.map(({ log, size, commit }) => ({ log, size, commit })),
    directory: register.directory.version,
    reference: matter.reference,
    zone: matter.zone,
    volume,
    withheld,
    redacted,
    selection: description,
    report,
    attempt,
  };
  const measured = await measureExport({
    ...(await makingOf(context, archive)),
    hits: selected(context, selection, matter.zone, !hitsOnly),
    out: join(context.deployment.folders(archive.settings).cache, `production-${terms.production}`),
    selection: description,
    settings: { ...report, matter: matter.reference },
    zone: matter.zone,
    directory: register.directory,
    heads,
    closings: closingsOf(plan),
    production: {
      volume,
      bates: { prefix: terms.prefix, width: terms.width, first: 1 },
      last: 1,
      created: context.clock.now(),
    },
  });
  return { plan, measured };
}

/** Writes the bundle of a production as its act fixed it. */
export async function renderProduction(
  context: Context,
  archive: Archive,
  production: Production,
  out: string,
): Promise<ExportResult> {
  const spec = readSpec(production.spec);
  const directory = directoryAt((await archive.control.refresh()).directory, spec.directory);
  if (directory === undefined)
    throw new TypeError('an act names a version of the directory before there is one');
  const heads = await Promise.all(spec.heads.map(({ log, commit }) => archive.reader.headAt(log, commit)));
  await awaitIndexed(archive, indexWatcher(context, new Progress(context.io, context.clock)));
  const selection = await searcherOf(archive, { zone: spec.zone }).select(
    spec.query,
    sizesOf(heads),
    spec.directory,
  );
  await requireWholeIndex(archive, selection.heads);
  const { prefix, width, first, last, created } = production;
  return await exportBundle({
    ...(await makingOf(context, archive)),
    hits: selected(context, selection, spec.zone, !spec.hitsOnly),
    out,
    selection: spec.selection,
    settings: { ...spec.report, matter: spec.reference },
    zone: spec.zone,
    directory,
    heads,
    closings: closingsOf(spec),
    production: {
      volume: spec.volume,
      bates: { prefix, width, first },
      last,
      created: Date.parse(created.at),
      fixed: { pages: last - first + 1, sha256: spec.records.sha256 },
    },
  });
}

/** The production of this name, where the actor may see it; else it does not exist. `take`: he must also be let have it. */
export function reachableProduction(
  context: Context,
  register: Register,
  { actor }: Acting,
  name: string,
  take: boolean,
): Production {
  const production = register.productions.get(name);
  const reach = production === undefined ? 'nothing' : reachOf(context, register, actor, production);
  if (production === undefined || reach === 'nothing')
    throw new HoldfastError('not-found', 'There is no production of this name.', {
      hint: "'holdfast production list' shows those that you may see.",
      denies: { production: name },
    });
  if (take && reach !== 'take')
    throw new HoldfastError('not-permitted', 'The grant does not let this account take copies.', {
      hint: 'Ask compliance or legal for a grant with downloads.',
      denies: { production: name },
    });
  return production;
}

/** Every production that the actor may see. */
export function reachableProductions(context: Context, register: Register, { actor }: Acting): Production[] {
  return [...register.productions.values()].filter(
    (one) => reachOf(context, register, actor, one) !== 'nothing',
  );
}

function reachOf(context: Context, register: Register, name: string, production: Production) {
  const actor = actorOf(register, name);
  const now = new Date(context.clock.now()).toISOString();
  return actor === undefined ? 'nothing' : productionReach(register, actor, production, now);
}

const sizesOf = (heads: readonly { readonly log: string; readonly size: number }[]): Heads =>
  Object.fromEntries(heads.map(({ log, size }) => [log, size]));
