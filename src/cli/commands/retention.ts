import { InvalidArgumentError } from 'commander';
import type { RetentionChange } from '../../core/control/register.ts';
import { count, plural } from '../../core/counted.ts';
import { HoldfastError } from '../../core/errors.ts';
import { PRESETS } from '../../core/retention.ts';
import { type ForecastBucket, forecast as foretell } from '../../retention/forecast.ts';
import { actCommand, expected, known, lookCommand } from '../act-command.ts';
import { type CommandSpec, integer, type Options } from '../command.ts';
import { print } from '../context.ts';
import { printable } from '../io.ts';
import { judged } from '../judging.ts';

const presets: CommandSpec = {
  name: 'retention presets',
  summary: 'list the classes that come with it, and the rule each comes from',
  needs: 'nothing',
  configure() {},
  async run(context) {
    for (const preset of PRESETS)
      print(context, { ...preset, years: preset.years ?? null }, () => [
        `${preset.class}: ${period(preset.years ?? null)}, ${preset.accessibleYears} of them easily accessible, from ${CLOCKS[preset.clock]}`,
        `  ${preset.source}. ${preset.text}`,
      ]);
    return 0;
  },
};

const rules = lookCommand({
  name: 'retention rules',
  summary: 'list the classes and rules that were agreed on, and proposals',
  permission: 'retention.read',
  recorded: 'retention-listed',
  configure: (command) => command,
  look: async ({ register: { retention }, context }) => ({
    details: {},
    answer() {
      for (const { approved, ...change } of [...retention.classes.values(), ...retention.rules.values()])
        print(context, { ...change, approved }, () => [
          printable(`${described(change)}  (approved by ${approved.actor} at ${approved.at})`),
        ]);
      for (const proposal of retention.proposals.values())
        if (proposal.state !== 'approved')
          print(context, proposal, () => [
            printable(
              `${proposal.state} proposal ${proposal.proposal} by ${proposal.proposed.actor}: ${described(proposal.change)}`,
            ),
          ]);
    },
  }),
});

const proposeClass = actCommand({
  name: 'retention propose-class',
  summary: 'propose a class, or a longer period for one',
  permission: 'retention.propose',
  action: 'retention.propose',
  configure: (command) =>
    command
      .argument('<proposal>', 'its name')
      .requiredOption('--class <name>', 'the class')
      .requiredOption('--years <n>', 'how long, or "endless"', years)
      .requiredOption('--accessible <n>', 'of these, years in an easily accessible place', integer(0, 200))
      .option('--clock <clock>', 'captured, sent or event', 'captured')
      .requiredOption('--source <text>', 'the rule that it comes from')
      .requiredOption('--reason <text>', 'why'),
  details: ({ args, options }) => ({
    proposal: args[0] ?? '',
    expects: 0,
    change: {
      what: 'class',
      class: String(options.class),
      years: options.years === 'endless' ? null : Number(options.years),
      accessibleYears: Number(options.accessible),
      clock: clock(options),
      source: String(options.source),
      text: '',
    },
    reason: String(options.reason),
  }),
  done: ({ register }, { proposal }) => ({
    thing: { proposal: register.retention.proposals.get(proposal) ?? null },
    says: `Proposed ${proposal}: it counts once another account approves it.`,
  }),
});

const proposeRule = actCommand({
  name: 'retention propose-rule',
  summary: 'propose which messages get a class; of several rules that fit, the longest wins',
  permission: 'retention.propose',
  action: 'retention.propose',
  configure: (command) =>
    command
      .argument('<proposal>', 'its name')
      .requiredOption('--rule <name>', 'name of the rule')
      .requiredOption('--class <name>', 'the class that it gives')
      .option('--network <name>', 'only this network')
      .option('--connector <name>', 'only what this connector brings')
      .option('--group <name>', 'only where a custodian of this desk or entity takes part')
      .option('--conversation <name>', 'only the conversation of this id or name')
      .requiredOption('--reason <text>', 'why'),
  details: ({ args, options }) => ({
    proposal: args[0] ?? '',
    expects: 0,
    change: {
      what: 'rule',
      rule: String(options.rule),
      class: String(options.class),
      network: condition(options, 'network'),
      connector: condition(options, 'connector'),
      group: condition(options, 'group'),
      conversation: condition(options, 'conversation'),
    },
    reason: String(options.reason),
  }),
  done: ({ register }, { proposal }) => ({
    thing: { proposal: register.retention.proposals.get(proposal) ?? null },
    says: `Proposed ${proposal}: it counts once another account approves it.`,
  }),
});

const approve = actCommand({
  name: 'retention approve',
  summary: 'approve a proposal of another account; it is never taken back',
  permission: 'retention.approve',
  action: 'retention.approve',
  configure: (command) => command.argument('<proposal>'),
  details({ register, args, options }) {
    const proposal = known(register.retention.proposals, args[0] ?? '', 'retention proposal');
    return { proposal: proposal.proposal, expects: expected(options, proposal) };
  },
  done: ({ register }, { proposal }) => ({
    thing: { proposal: register.retention.proposals.get(proposal) ?? null },
    says: `Approved ${proposal}.`,
  }),
});

const reject = actCommand({
  name: 'retention reject',
  summary: 'refuse a proposal, or take it back',
  permission: 'retention.read',
  action: 'retention.reject',
  configure: (command) => command.argument('<proposal>').requiredOption('--reason <text>', 'why'),
  details({ register, args, options }) {
    const proposal = known(register.retention.proposals, args[0] ?? '', 'retention proposal');
    return {
      proposal: proposal.proposal,
      expects: expected(options, proposal),
      reason: String(options.reason),
    };
  },
  done: ({ register }, { proposal }) => ({
    thing: { proposal: register.retention.proposals.get(proposal) ?? null },
    says: `Refused ${proposal}.`,
  }),
});

const forecast = lookCommand({
  name: 'retention forecast',
  summary: 'what may be disposed of when, and what holds keep; nothing is disposed of',
  permission: 'retention.read',
  recorded: 'retention-forecast',
  configure: (command) => command,
  async look({ register, archive, context }) {
    const instant = new Date(context.clock.now()).toISOString();
    const found = await judged(archive, context, (reader, options) =>
      foretell(reader, register, instant, options),
    );
    return {
      details: { records: found.expired.records },
      answer: () =>
        print(context, found, () => [
          ...found.buckets.flatMap(bucketLines),
          `${plural(found.expired.records, 'record is past its', 'records are past their')} period now; holds keep ${count(found.expired.held)} of them`,
        ]),
    };
  },
});

function bucketLines({
  class: name,
  quarter,
  disposableFrom,
  records,
  held,
  custodians,
}: ForecastBucket): string[] {
  const when = disposableFrom === null ? 'kept without end' : `from ${disposableFrom}`;
  return [
    `${name} ${quarter}: ${when}, ${plural(records, 'record')}, ${count(held)} held`,
    ...custodians.map((one) =>
      printable(`  ${count(one.records).padStart(9)}  ${one.custodian}, ${count(one.held)} held`),
    ),
  ];
}

const CLOCKS = {
  captured: 'capture',
  sent: 'sending',
  event: 'an event to come',
} as const;

const period = (of: number | null): string =>
  of === null ? 'without end' : of === 1 ? 'one year' : `${of} years`;

function described(change: RetentionChange): string {
  if (change.what === 'class')
    return `class ${change.class}: ${period(change.years)}, ${change.accessibleYears} easily accessible, from ${CLOCKS[change.clock]} (${change.source})`;
  const conditions = (['network', 'connector', 'group', 'conversation'] as const).flatMap((of) =>
    change[of] === null ? [] : [`${of} ${change[of]}`],
  );
  return `rule ${change.rule}: ${conditions.join(', ')} gets ${change.class}`;
}

function clock(options: Options): 'captured' | 'sent' | 'event' {
  const { clock: written } = options;
  if (written === 'captured' || written === 'sent' || written === 'event') return written;
  throw new HoldfastError('bad-usage', 'A clock is captured, sent or event.', {
    hint: 'Leave --clock out for captured, the one that no sender can forge.',
  });
}

const condition = (options: Options, of: string): string | null =>
  options[of] === undefined ? null : String(options[of]);

function years(text: string): string {
  if (text === 'endless' || (/^\d{1,3}$/u.test(text) && Number(text) <= 200)) return text;
  throw new InvalidArgumentError('It takes a number of years up to 200, or "endless".');
}

export const retentionCommands: readonly CommandSpec[] = [
  presets,
  rules,
  proposeClass,
  proposeRule,
  approve,
  reject,
  forecast,
];
