import type { Hold, Register } from '../../core/control/register.ts';
import { count, plural } from '../../core/counted.ts';
import { judgedHold } from '../../core/holds/judge.ts';
import { parseScope } from '../../core/holds/read-scope.ts';
import { explainQuery } from '../../core/search/explain.ts';
import { LANGUAGES } from '../../core/search/language.ts';
import { coverageOf, type HoldCoverage, wouldHold } from '../../retention/coverage.ts';
import { type ReleaseEffect, releaseEffect } from '../../retention/release.ts';
import { actCommand, expected, known, lookCommand, type Putting } from '../act-command.ts';
import type { Archive } from '../archive.ts';
import type { CommandSpec, Options } from '../command.ts';
import { type Context, print } from '../context.ts';
import { printable } from '../io.ts';
import { judged } from '../judging.ts';

const holdNamed = ({ register, args }: Pick<Putting, 'register' | 'args'>): Hold =>
  known(register.holds, args[0] ?? '', 'hold');
const now = (register: Register, hold: string) => ({ hold: register.holds.get(hold) ?? null });
const reason = (options: Options): string => String(options.reason);

/** A scope as it is sealed. Throws `bad-query` where it may not be one. */
function scopeIn({ options, register }: Pick<Putting, 'options' | 'register'>): {
  readonly scope: string;
  readonly language: number;
} {
  const scope = String(options.scope);
  parseScope(scope, register.directory);
  return { scope, language: LANGUAGES.current };
}

const preview = lookCommand({
  name: 'hold preview',
  summary: 'what a scope would hold, judged on every record; nothing is placed',
  permission: 'hold.place',
  recorded: 'hold-previewed',
  configure: (command) =>
    command
      .requiredOption('--scope <query>', 'what to hold (docs/search.md)')
      .option('--matter <matter>', 'read days and dates in the zone of this matter'),
  async look({ register, options, archive, context }) {
    const scope = String(options.scope);
    const matter =
      options.matter === undefined ? undefined : known(register.matters, String(options.matter), 'matter');
    const zone = matter?.zone ?? archive.settings.zone;
    const reads = explainQuery(parseScope(scope, register.directory), scope, zone);
    const coverage = await judged(archive, context, (reader, judging) =>
      coverageOf(reader, wouldHold(scope, zone, register), register, judging),
    );
    return {
      details: { scope, zone, records: coverage.records, families: coverage.families },
      answer: () =>
        print(context, { scope, zone, reads, ...coverage }, () => [
          ...reads.flatMap((part) => [printable(part.text), `  ${printable(part.reads)}`]),
          ...covered(coverage),
        ]),
    };
  },
});

const place = actCommand({
  name: 'hold place',
  summary: 'stop the disposal of what a scope covers, now and in future',
  permission: 'hold.place',
  action: 'hold.place',
  configure: (command) =>
    command
      .argument('<hold>', 'its name')
      .requiredOption('--matter <matter>', 'the matter that it belongs to')
      .requiredOption('--scope <query>', 'what to hold (docs/search.md)')
      .requiredOption('--authority <text>', 'who asks for it: a subpoena, a letter, counsel')
      .requiredOption('--reason <text>', 'why')
      .option('--trigger <day>', 'day of the event that gave rise to it (YYYY-MM-DD)'),
  details: ({ args, options, register }) => ({
    hold: args[0] ?? '',
    expects: 0,
    matter: String(options.matter),
    ...scopeIn({ options, register }),
    authority: String(options.authority),
    reason: reason(options),
    trigger: options.trigger === undefined ? null : String(options.trigger),
  }),
  done: ({ register }, { hold }) => ({ thing: now(register, hold), says: `Placed the hold ${hold}.` }),
});

const widen = actCommand({
  name: 'hold amend',
  summary: 'hold more at once; to hold less, ask with request-narrowing and have it approved as a release',
  permission: 'hold.amend',
  action: 'hold.widen',
  configure: (command) =>
    command
      .argument('<hold>')
      .requiredOption('--scope <query>', 'what to hold beside what is held')
      .requiredOption('--reason <text>', 'why'),
  details(putting) {
    const hold = holdNamed(putting);
    const { options } = putting;
    return {
      hold: hold.hold,
      expects: expected(options, hold),
      ...scopeIn(putting),
      reason: reason(options),
    };
  },
  done: ({ register }, { hold }) => ({ thing: now(register, hold), says: `Widened the hold ${hold}.` }),
});

const narrow = actCommand({
  name: 'hold request-narrowing',
  summary: 'ask to hold only what a scope covers; another account approves it as a release',
  permission: 'hold.request-release',
  action: 'hold.request-narrowing',
  configure: (command) =>
    command
      .argument('<hold>')
      .requiredOption('--scope <query>', 'what to hold instead')
      .requiredOption('--reason <text>', 'why'),
  details(putting) {
    const hold = holdNamed(putting);
    const { options } = putting;
    return {
      hold: hold.hold,
      expects: expected(options, hold),
      ...scopeIn(putting),
      reason: reason(options),
    };
  },
  done: ({ register }, { hold }) => ({
    thing: now(register, hold),
    says: `Asked to narrow the hold ${hold}: nothing changes until another account approves it.`,
  }),
});

const request = actCommand({
  name: 'hold request-release',
  summary: 'ask to release a hold; another account approves it',
  permission: 'hold.request-release',
  action: 'hold.request-release',
  configure: (command) => command.argument('<hold>').requiredOption('--reason <text>', 'why'),
  details(putting) {
    const hold = holdNamed(putting);
    return { hold: hold.hold, expects: expected(putting.options, hold), reason: reason(putting.options) };
  },
  done: ({ register }, { hold }) => ({
    thing: now(register, hold),
    says: `Asked to release the hold ${hold}: it holds until another account approves it.`,
  }),
});

const approve = actCommand({
  name: 'hold approve-release',
  summary: 'show what becomes disposable and when, and with --confirm release or narrow the hold',
  permission: 'hold.approve-release',
  action: 'hold.approve-release',
  configure: (command) =>
    command.argument('<hold>').requiredOption('--confirm', 'approve it; look with hold effect'),
  details(putting) {
    const hold = holdNamed(putting);
    return { hold: hold.hold, expects: expected(putting.options, hold) };
  },
  done: ({ register }, { hold }) => ({
    thing: now(register, hold),
    says:
      register.holds.get(hold)?.released === null
        ? `Narrowed the hold ${hold}.`
        : `Released the hold ${hold}.`,
  }),
});

const effect = lookCommand({
  name: 'hold effect',
  summary: 'what the release that waits for approval would let go, and when',
  permission: 'hold.read',
  recorded: 'hold-effect-viewed',
  configure: (command) => command.argument('<hold>'),
  async look({ register, args, archive, context }) {
    const hold = holdNamed({ register, args });
    const found = await effectOf(archive, context, register, hold);
    return {
      details: { hold: hold.hold, released: found?.released ?? null },
      answer: () =>
        print(context, { hold: hold.hold, version: hold.version, effect: found ?? null }, () => letGo(found)),
    };
  },
});

const reject = actCommand({
  name: 'hold reject-release',
  summary: 'refuse a release or narrowing that waits for approval, or take it back',
  permission: 'hold.read',
  action: 'hold.reject-release',
  configure: (command) => command.argument('<hold>').requiredOption('--reason <text>', 'why'),
  details(putting) {
    const hold = holdNamed(putting);
    return { hold: hold.hold, expects: expected(putting.options, hold), reason: reason(putting.options) };
  },
  done: ({ register }, { hold }) => ({
    thing: now(register, hold),
    says: `The hold ${hold} stays as it is.`,
  }),
});

const list = lookCommand({
  name: 'hold list',
  summary: 'list holds, released ones too',
  permission: 'hold.read',
  recorded: 'holds-listed',
  configure: (command) => command.option('--matter <matter>', 'only those of one matter'),
  look: async ({ register, options, context }) => ({
    details: { matter: options.matter === undefined ? null : String(options.matter) },
    answer() {
      for (const hold of register.holds.values())
        if (options.matter === undefined || hold.matter === options.matter)
          print(context, hold, () => [printable(lineOf(hold))]);
    },
  }),
});

const history = lookCommand({
  name: 'hold history',
  summary: 'every act that placed or changed a hold',
  permission: 'hold.read',
  recorded: 'hold-viewed',
  configure: (command) => command.argument('<hold>'),
  async look({ register, args, context }) {
    const hold = holdNamed({ register, args });
    return {
      details: { hold: hold.hold },
      answer() {
        for (const { by, reason: why, scope } of hold.history)
          print(context, { ...by, reason: why, scope }, () => [
            printable(
              `${by.position.padEnd(12)} ${by.at}  ${by.actor}  ${by.action}${why === null ? '' : `: ${why}`}${scope === null ? '' : `  [${scope}]`}`,
            ),
          ]);
      },
    };
  },
});

const coverage = lookCommand({
  name: 'hold coverage',
  summary: 'what a hold covers now, judged on every record',
  permission: 'hold.read',
  recorded: 'hold-coverage-viewed',
  configure: (command) => command.argument('<hold>'),
  async look({ register, args, archive, context }) {
    const hold = holdNamed({ register, args });
    const found = await judged(archive, context, (reader, judging) =>
      coverageOf(reader, judgedHold(register, hold), register, judging),
    );
    return {
      details: { hold: hold.hold, records: found.records },
      answer: () =>
        print(context, { hold: hold.hold, released: hold.released, ...found }, () => [
          ...(hold.released === null ? [] : [`released by ${hold.released.actor} at ${hold.released.at}`]),
          ...covered(found),
        ]),
    };
  },
});

function effectOf(
  archive: Archive,
  context: Context,
  register: Register,
  hold: Hold,
): Promise<ReleaseEffect | undefined> {
  const instant = new Date(context.clock.now()).toISOString();
  return judged(archive, context, (from, options) => releaseEffect(from, register, hold, instant, options));
}

function lineOf({ hold, matter, scopes, pending, released }: Hold): string {
  const state =
    released !== null
      ? `  (released ${released.at})`
      : pending !== null
        ? `  (${pending.what} asked for by ${pending.by.actor})`
        : '';
  return `${hold.padEnd(16)} ${matter}  ${scopes.map(({ text }) => text).join(' | ')}${state}`;
}

const SHOWN = 20;

function covered(found: HoldCoverage): string[] {
  const named = (title: string, list: HoldCoverage['custodians']): string[] => [
    ...(list.length === 0 ? [] : [title]),
    ...list
      .slice(0, SHOWN)
      .map(({ name, families }) => printable(`  ${count(families).padStart(9)}  ${name}`)),
    ...(list.length > SHOWN ? [`  … and ${count(list.length - SHOWN)} more; --json lists all`] : []),
  ];
  return [
    ...(found.everything ? ['the scope cannot be read any more, so everything is held'] : []),
    `${plural(found.families, 'family', 'families')}, ${plural(found.records, 'record')}${found.first === null ? '' : `, from ${found.first} to ${found.last}`}`,
    `${plural(found.unreadable, 'part')} held that could not be read; ${plural(found.unreadFiles, 'record has', 'records have')} files that nobody has read`,
    ...found.namesNobody.map((name) => printable(`no record names ${name}`)),
    ...named('families by custodian', found.custodians),
    ...named('families by network', found.networks),
    ...named('families by address that the directory does not know', found.unresolved),
  ];
}

function letGo(found: ReleaseEffect | undefined): string[] {
  if (found === undefined) return ['no release waits for approval'];
  return [
    `${found.what === 'release' ? 'released' : 'narrowed'}, it lets go ${plural(found.released, 'record')}, ${count(found.atOnce)} of them at once; ${count(found.stillHeld)} stay held`,
    ...found.buckets.map(
      ({ class: name, quarter, records, disposableFrom }) =>
        `  ${count(records).padStart(9)}  ${name} ${quarter}: ${disposableFrom === null ? 'kept without end' : `may be disposed of from ${disposableFrom}`}`,
    ),
  ];
}

export const holdCommands: readonly CommandSpec[] = [
  preview,
  place,
  widen,
  narrow,
  request,
  effect,
  approve,
  reject,
  list,
  history,
  coverage,
];
