import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { outside } from '../../core/control/fold-matters.ts';
import { nextNumber } from '../../core/control/production-reach.ts';
import type { Production, Register } from '../../core/control/register.ts';
import { reachOf } from '../../core/control/roles.ts';
import { actorOf } from '../../core/control/step.ts';
import { count, plural } from '../../core/counted.ts';
import { HoldfastError, isHoldfastError } from '../../core/errors.ts';
import { parseQuery } from '../../core/search/parse.ts';
import { productionSpec } from '../../export/production/spec.ts';
import { detailsOf, summaryOf } from '../../export/production/summary.ts';
import { recorded } from '../../search/recorded.ts';
import { known, lookCommand } from '../act-command.ts';
import { type Acting, acted, perform, withActor } from '../acting.ts';
import type { Archive } from '../archive.ts';
import { audit } from '../audit.ts';
import { type CommandSpec, integer, type Options } from '../command.ts';
import { type Context, print } from '../context.ts';
import { given, reportSettings } from '../exporting.ts';
import { printable } from '../io.ts';
import {
  type ProductionTerms,
  planProduction,
  reachableProduction,
  reachableProductions,
  renderProduction,
} from '../producing.ts';

const CREATING = { name: 'production create', permission: 'production.create' } as const;

const create: CommandSpec = {
  name: CREATING.name,
  summary: 'fix a production: its selection as of now, its terms, and a number for each of its pages',
  needs: 'archive',
  configure(command) {
    withActor(
      command
        .argument('<production>', 'internal name; it is never printed in what leaves the archive')
        .requiredOption('--matter <matter>', 'the matter that it is made in')
        .requiredOption(
          '--query <query>',
          'what is produced: a query as for search; its days are those of the matter',
        )
        .option('--hits-only', 'without the rest of each conversation on the days of the hits')
        .option('--print-query', 'print the literal query in the report')
        .requiredOption('--volume <name>', 'name of the volume, such as VOL001', volume)
        .requiredOption(
          '--prefix <prefix>',
          'what stands before each Bates number; it ends in no digit',
          prefix,
        )
        .option('--width <n>', 'digits of each Bates number', integer(1, 12), 7)
        .option(
          '--first <n>',
          'number of the first page (default: the next of this prefix in the matter)',
          integer(1, 999_999_999_999),
        )
        .option('--recipient <text>', 'whom it is for')
        .option('--request <text>', 'number of the request that it answers')
        .option('--item <text>', 'number of the item of the request')
        .option('--legend <text>', 'confidentiality legend, on every page')
        .option('--preparer <text>', 'name and title of the preparer')
        .option(
          '--withhold <record=reason>',
          'withhold the family of a record; may be given several times',
          closing,
          [],
        )
        .option(
          '--redact <record=reason>',
          'show of the family of a record only who, when and where; may be given several times',
          closing,
          [],
        )
        .option(
          '--attempt <id>',
          'name of this attempt: made again under it, the production is not made twice',
        ),
    );
  },
  run: (context, [name], options) =>
    acted(context, CREATING, options, async ({ archive, acting, register }) => {
      const terms = termsOf(archive, register, String(name), options);
      const actor = actorOf(register, acting.actor);
      if (actor === undefined || outside(register, actor, terms.matter) !== undefined)
        throw new HoldfastError('not-permitted', `${acting.actor} is no member of the matter.`, {
          hint: "'holdfast matter change' says who is.",
          denies: { matter: terms.matter.matter },
        });
      const made = madeBefore(context, register, acting, terms);
      if (made !== undefined) {
        printProduction(context, made, 'It was made before by this attempt.');
        return 0;
      }
      await audit({ ...context, actor: acting.actor }, archive, 'production-begun', {
        production: terms.production,
        matter: terms.matter.matter,
        ...recorded(terms.query),
        ...acting.via,
      });
      printProduction(context, await make(context, archive, acting, register, terms, options.first));
      return 0;
    }),
};

/** Measures, then has the act sealed: whoever else took the numbers meanwhile is told of as the winner. */
async function make(
  context: Context,
  archive: Archive,
  acting: Acting,
  register: Register,
  terms: ProductionTerms,
  asked: unknown,
): Promise<Production> {
  const { plan, measured } = await planProduction(context, archive, register, terms);
  const { pages, ...records } = measured;
  const { production, prefix, width } = terms;
  const { matter } = terms.matter;
  const first =
    asked === undefined ? nextNumber(await archive.control.refresh(), matter, prefix) : Number(asked);
  const { context: around, records: total, ...rest } = records;
  const details = {
    production,
    expects: 0 as const,
    matter,
    prefix,
    width,
    first,
    last: first + pages - 1,
    spec: productionSpec(plan, { total, context: around, ...rest }),
    ...acting.via,
  };
  try {
    const written = await perform(context, archive, acting, { action: 'production.create', details });
    return known(written.register.productions, production, 'production');
  } catch (error) {
    // What an attempt had carried when it was killed may be sealed while it is made again.
    const made = (await archive.control.refresh()).productions.get(production);
    if (made !== undefined && isHoldfastError(error, 'conflict') && isOfAttempt(made, terms)) return made;
    throw error;
  }
}

function termsOf(
  archive: Archive,
  register: Register,
  production: string,
  options: Options,
): ProductionTerms {
  const matter = known(register.matters, String(options.matter), 'matter');
  const query = String(options.query);
  parseQuery(query);
  const { matter: _, ...printed } = reportSettings(archive);
  const told = (name: string) => (options[name] === undefined ? undefined : String(options[name]));
  return {
    production,
    matter,
    query,
    printQuery: options.printQuery === true,
    hitsOnly: options.hitsOnly === true,
    prefix: String(options.prefix),
    width: Number(options.width),
    volume: String(options.volume),
    report: {
      ...printed,
      ...given({
        recipient: told('recipient'),
        request: told('request'),
        item: told('item'),
        legend: told('legend'),
        preparer: told('preparer'),
      }),
    },
    withheld: options.withhold as ProductionTerms['withheld'],
    redacted: options.redact as ProductionTerms['redacted'],
    attempt: told('attempt') ?? null,
  };
}

/**
 * What this attempt has made before it was cut short. Throws `conflict` for another production of the name: that it is
 * taken is all that is told to whoever may not know of that one.
 */
function madeBefore(
  context: Context,
  register: Register,
  acting: Acting,
  terms: ProductionTerms,
): Production | undefined {
  const known = register.productions.get(terms.production);
  if (known === undefined || isOfAttempt(known, terms)) return known;
  const { actor, at, position } = known.created;
  const isSeen = reachableProductions(context, register, acting).includes(known);
  throw new HoldfastError(
    'conflict',
    isSeen
      ? `There is a production of this name: production.create by ${actor} at ${at} (${position}).`
      : 'The name is taken.',
    { hint: 'Give another name: what is produced is never changed.' },
  );
}

const isOfAttempt = ({ spec, matter }: Production, terms: ProductionTerms): boolean =>
  terms.attempt !== null && spec.attempt === terms.attempt && matter === terms.matter.matter;

const RENDERING = { name: 'production render', permission: 'production.read' } as const;

const render: CommandSpec = {
  name: RENDERING.name,
  summary: 'write a production as it was fixed: the same bytes each time, signatures and timestamps aside',
  needs: 'archive',
  configure(command) {
    withActor(
      command.argument('<production>').requiredOption('--out <dir>', 'folder to make; it must not exist'),
    );
  },
  run: (context, [name], options) =>
    acted(context, RENDERING, options, async ({ archive, acting, register }) => {
      const out = resolve(context.cwd, String(options.out));
      const production = reachableProduction(context, register, acting, String(name), true);
      const by = { ...context, actor: acting.actor };
      const told = { production: production.production, ...acting.via };
      await audit(by, archive, 'production-render-started', told);
      const made = await renderProduction(context, archive, production, out);
      const { dir, files, records, context: around, pages } = made;
      await audit(by, archive, 'production-rendered', { ...told, records, pages });
      print(context, { ...summaryOf(production), dir, files, context: around }, () => [
        `${lineOf(production)} in ${dir}`,
        `Check it without this archive: holdfast verify ${dir}, or the public tools that its README.txt names.`,
      ]);
      return 0;
    }),
};

const list = lookCommand({
  name: 'production list',
  summary: 'list productions and their numbers',
  permission: 'production.read',
  recorded: 'productions-listed',
  configure: (command) => command.option('--matter <matter>', 'only those of one matter'),
  look: async ({ register, context, options, acting }) => ({
    details: options.matter === undefined ? {} : { matter: String(options.matter) },
    answer() {
      for (const one of reachableProductions(context, register, acting))
        if (options.matter === undefined || one.matter === options.matter)
          print(context, summaryOf(one), () => [printable(lineOf(one))]);
    },
  }),
});

const show = lookCommand({
  name: 'production show',
  summary: 'show what a production was fixed as',
  permission: 'production.read',
  recorded: 'production-viewed',
  configure: (command) => command.argument('<production>'),
  async look({ register, args, context, acting }) {
    const production = reachableProduction(context, register, acting, args[0] ?? '', false);
    const isInside = isMember(register, acting, production);
    const { terms, by, at } = detailsOf(production);
    return {
      details: { production: production.production },
      answer: () =>
        print(context, isInside ? detailsOf(production) : summaryOf(production), () =>
          [
            lineOf(production),
            ...(!isInside || terms === null
              ? []
              : [
                  `  ${terms.query}${terms.hitsOnly ? ' (hits only)' : ''}; days in ${terms.zone}; made by ${by} at ${at}`,
                  ...terms.withheld.map(({ record, reason }) => `  withheld ${record}: ${reason}`),
                  ...terms.redacted.map(({ record, reason }) => `  redacted ${record}: ${reason}`),
                ]),
          ].map(printable),
        ),
    };
  },
});

/** Whether somebody may know what a production was made from: whom a grant lets see it may not. */
function isMember(register: Register, { actor }: Acting, { matter: name }: Production): boolean {
  const found = actorOf(register, actor);
  const matter = register.matters.get(name);
  return (
    found !== undefined &&
    matter !== undefined &&
    (found.is === 'owner' || reachOf(found.account.roles, 'production.read') === 'all') &&
    outside(register, found, matter) === undefined
  );
}

function printProduction(context: Context, production: Production, note?: string): void {
  print(context, detailsOf(production), () => [
    printable(lineOf(production)),
    ...(note === undefined ? [] : [note]),
  ]);
}

function lineOf(production: Production): string {
  const { production: name, volume, first, last, pages, records } = summaryOf(production);
  const held =
    records === null
      ? 'made by another version'
      : `${plural(records.total, 'record')} on ${plural(pages, 'page')}, ${count(records.withheld)} withheld, ${count(records.redacted)} redacted`;
  return `${name.padEnd(16)} ${volume ?? ''}  ${first} to ${last}: ${held}`;
}

/** Checked before the pages are measured, which takes its time; the fold checks it again. */
function prefix(value: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(value) && !/\d$/.test(value)) return value;
  throw new InvalidArgumentError(
    'A prefix has letters, digits, dots, dashes and underscores, and ends in no digit.',
  );
}

function volume(value: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(value)) return value;
  throw new InvalidArgumentError(
    'A volume has letters, digits, dots, dashes and underscores, such as VOL001.',
  );
}

/** `m0/12=Attorney-client privilege` */
function closing(
  value: string,
  before: readonly { record: string; reason: string }[],
): readonly { record: string; reason: string }[] {
  const [, record = '', reason = ''] = /^(m[\d.]+\/\d+)=(.+)$/su.exec(value) ?? [];
  if (record === '' || reason.trim() === '')
    throw new InvalidArgumentError('It takes a record and a reason: m0/12=Attorney-client privilege.');
  return [...before, { record, reason: reason.trim() }];
}

export const productionCommands: readonly CommandSpec[] = [create, render, list, show];
