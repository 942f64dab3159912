import type { Account, Register } from '../../core/control/register.ts';
import {
  isRole,
  needsApprover,
  type Permission,
  permissionsOf,
  ROLE_NAMES,
  ROLES,
  type Role,
} from '../../core/control/roles.ts';
import { supervisionOf, supervisionShown } from '../../core/control/supervision.ts';
import { plural } from '../../core/counted.ts';
import { HoldfastError } from '../../core/errors.ts';
import { actCommand, expected, known, lookCommand, type Putting } from '../act-command.ts';
import { acted, passwordIn, perform, prove, withActor } from '../acting.ts';
import { type CommandSpec, integer } from '../command.ts';
import { print } from '../context.ts';
import { printable } from '../io.ts';

const account = ({ register, args }: Putting): Account => known(register.accounts, args[0] ?? '', 'account');
const now = ({ register }: { register: Register }, name: string) => ({
  thing: { account: register.accounts.get(name) ?? null },
  who: register.accounts.get(name),
});
const reason = ({ options }: Putting): string => String(options.reason);

function roleOf(putting: Putting): Role {
  const role = putting.args[1] ?? '';
  if (isRole(role)) return role;
  throw new HoldfastError('bad-usage', 'There is no role of this name.', {
    hint: `Roles are ${ROLE_NAMES.join(', ')}.`,
  });
}

const list = lookCommand({
  name: 'account list',
  summary: 'list accounts, their roles, and what waits for approval',
  permission: 'account.read',
  recorded: 'accounts-listed',
  configure: (command) => command,
  look: async ({ register, context }) => ({
    details: {},
    answer() {
      for (const one of register.accounts.values())
        print(context, { ...one, ...supervisionShown(register, one) }, () => [
          printable(lineOf(register, one)),
        ]);
      if (register.accounts.size === 0)
        context.io.err("no accounts yet; 'holdfast account create' makes one");
    },
  }),
});

function lineOf(register: Register, one: Account): string {
  const { account: name, displayName, state, roles, requests } = one;
  const asked = requests.map((one) => (one.what === 'role' ? `${one.role} asked for` : 'reset asked for'));
  const supervision = supervisionOf(register, one);
  const notes = [...(state === 'disabled' ? ['disabled'] : []), ...asked];
  if (supervision !== undefined) {
    notes.push(`supervises ${plural(supervision.assigned.length, 'person', 'people')}`);
    if (supervision.waiting.length > 0)
      notes.push(
        `not approved as of version ${register.directory.version}: ${supervision.waiting.join(', ')}`,
      );
  }
  return `${name.padEnd(20)} ${roles.join(', ') || 'no role'}  ${displayName}${notes.length > 0 ? `  (${notes.join('; ')})` : ''}`;
}

const roles: CommandSpec = {
  name: 'account roles',
  summary: 'list roles and what each may do',
  needs: 'nothing',
  configure() {},
  async run(context) {
    for (const role of ROLE_NAMES) {
      const permissions = permissionsOf(role);
      const value = { role, says: ROLES[role].says, twoPersons: needsApprover(role), permissions };
      print(context, value, () => [
        `${role}: ${ROLES[role].says}${needsApprover(role) ? ' (takes two persons to give)' : ''}`,
        `  ${permissions.join(' ')}`,
      ]);
    }
    return 0;
  },
};

const create = actCommand({
  name: 'account create',
  summary: 'make an account; roles that show content or approve are asked for and approved afterwards',
  permission: 'account.create',
  action: 'account.create',
  configure: (command) =>
    command
      .argument('<account>', 'its name, for ever: lower-case letters, digits, and . _ @ -')
      .requiredOption('--name <text>', 'the name that people read')
      .option('--person <hr-id>', 'HR id of the custodian who has it')
      .option('--service', 'for a connector or another program')
      .option('--role <role>', 'a role that takes no second person; may be given several times', several, []),
  details: ({ args, options }) => ({
    account: args[0] ?? '',
    expects: 0,
    displayName: String(options.name),
    kind: options.service === true ? 'service' : 'person',
    person: options.person === undefined ? null : String(options.person),
    roles: options.role as Role[],
  }),
  done: (written, { account: name }) => ({ ...now(written, name), says: `Made the account ${name}.` }),
});

const change = actCommand({
  name: 'account change',
  summary: 'change the name that people read, or whose account it is',
  permission: 'account.change',
  action: 'account.change',
  configure: (command) =>
    command
      .argument('<account>')
      .option('--name <text>', 'the name that people read')
      .option('--person <hr-id>', 'HR id of the custodian who has it'),
  details(putting) {
    const one = account(putting);
    const { name, person } = putting.options;
    return {
      account: one.account,
      expects: expected(putting.options, one),
      displayName: name === undefined ? one.displayName : String(name),
      person: person === undefined ? one.person : String(person),
    };
  },
  done: (written, { account: name }) => ({ ...now(written, name), says: `Changed the account ${name}.` }),
});

const withReason = (
  name: string,
  summary: string,
  permission: Permission,
  action: 'account.disable' | 'account.enable' | 'account.request-reset' | 'account.reject-reset',
  says: string,
): CommandSpec =>
  actCommand({
    name: `account ${name}`,
    summary,
    permission,
    action,
    configure: (command) => command.argument('<account>').requiredOption('--reason <text>', 'why'),
    details(putting) {
      const one = account(putting);
      return { account: one.account, expects: expected(putting.options, one), reason: reason(putting) };
    },
    done: (written, { account: of }) => ({ ...now(written, of), says: `${says} ${of}.` }),
  });

const withRole = (
  name: string,
  summary: string,
  permission: Permission,
  action: 'account.request-role' | 'account.reject-role' | 'account.remove-role',
): CommandSpec =>
  actCommand({
    name: `account ${name}`,
    summary,
    permission,
    action,
    configure: (command) =>
      command.argument('<account>').argument('<role>').requiredOption('--reason <text>', 'why'),
    details(putting) {
      const one = account(putting);
      const expects = expected(putting.options, one);
      return { account: one.account, expects, role: roleOf(putting), reason: reason(putting) };
    },
    done: (written, { account: of, role }) => {
      const { thing, who } = now(written, of);
      const has = who?.roles.includes(role) === true;
      const waits = who?.requests.some((one) => one.what === 'role' && one.role === role) === true;
      const state = has ? 'has the role' : waits ? 'waits for approval of the role' : 'has not the role';
      return { thing, says: `${of} ${state} ${role}.` };
    },
  });

const approveRole = actCommand({
  name: 'account approve-role',
  summary: 'give a role that another account asked for',
  permission: 'account.approve-role',
  action: 'account.approve-role',
  configure: (command) => command.argument('<account>').argument('<role>'),
  details(putting) {
    const one = account(putting);
    return { account: one.account, expects: expected(putting.options, one), role: roleOf(putting) };
  },
  done: (written, { account: of, role }) => ({ ...now(written, of), says: `${of} has the role ${role}.` }),
});

/** The approver names the version that he has looked at: what was changed in the meantime is not approved. */
const approvePeople = actCommand({
  name: 'account approve-people',
  summary: 'approve whom a supervisor supervises, as a version of the directory says',
  permission: 'account.approve-role',
  action: 'account.approve-people',
  configure: (command) =>
    command
      .argument('<account>')
      .requiredOption(
        '--directory <version>',
        "its version, as 'account list' says it",
        integer(0, Number.MAX_SAFE_INTEGER),
      ),
  details(putting) {
    const one = account(putting);
    const directory = Number(putting.options.directory);
    return { account: one.account, expects: expected(putting.options, one), directory };
  },
  done(written, { account: of, directory }) {
    const { thing, who } = now(written, of);
    const people = who === undefined ? {} : supervisionShown(written.register, who);
    return {
      thing: { ...thing, ...people },
      says: `${of} reads whom version ${directory} of the directory assigns to ${of}.`,
    };
  },
});

const plain = (
  name: string,
  summary: string,
  permission: Permission,
  action: 'account.approve-reset' | 'account.revoke-sessions',
  says: string,
): CommandSpec =>
  actCommand({
    name: `account ${name}`,
    summary,
    permission,
    action,
    configure: (command) => command.argument('<account>'),
    details(putting) {
      const one = account(putting);
      return { account: one.account, expects: expected(putting.options, one) };
    },
    done: (written, { account: of }) => ({ ...now(written, of), says: `${says} ${of}.` }),
  });

const GIVING = { name: 'account give-password', permission: 'account.read' } as const;

/** Sealed before it is made: the fold says who may set a secret of whom. */
const givePassword: CommandSpec = {
  name: GIVING.name,
  summary: 'print a one-time password: the first of an account, or after a reset that two persons agreed on',
  needs: 'archive',
  configure: (command) => void withActor(command.argument('<account>')),
  run: (context, [name], options) =>
    acted(context, GIVING, options, async ({ archive, acting, register: { accounts } }) => {
      const one = known(accounts, String(name), 'account');
      const { position } = await perform(context, archive, acting, {
        action: 'account.credential',
        details: {
          account: one.account,
          expects: one.version,
          credential: 'password',
          change: 'set',
          reference: null,
          ...acting.via,
        },
      });
      const access = await archive.access();
      const secondFactor = one.resetApproved === null ? 'kept' : 'removed';
      const password = await access.giveOneTimePassword(one.account, { secondFactor });
      print(context, { position, account: one.account, password }, () => [password]);
      context.io.err(`good for choosing a password: holdfast account password ${one.account}`);
      return 0;
    }),
};

const password: CommandSpec = {
  name: 'account password',
  summary: 'choose a password for an account, by the one that it has',
  needs: 'archive',
  configure: (command) =>
    void command
      .argument('<account>')
      .requiredOption('--password-file <file>', 'file whose first line is the password now')
      .requiredOption('--new-password-file <file>', 'file whose first line is the new one')
      .option('--code <digits>', 'the second factor, where it has one'),
  run: (context, [name], options) =>
    context.withArchive(async (archive) => {
      const current = await passwordIn(context, options.passwordFile);
      const chosen = await passwordIn(context, options.newPasswordFile);
      await prove(context, archive, String(name), current, options.code);
      const { accounts } = await archive.control.refresh();
      const access = await archive.access();
      const { account: of, version } = known(accounts, String(name), 'account');
      access.checkNewPassword(of, chosen, current);
      const acting = { actor: of, via: { via: context.actor } };
      const { position } = await perform(context, archive, acting, {
        action: 'account.credential',
        details: {
          account: of,
          expects: version,
          credential: 'password',
          change: 'set',
          reference: null,
          ...acting.via,
        },
      });
      await access.choosePassword(of, chosen);
      print(context, { position, account: of }, () => [`${of} has a new password; its sessions have ended.`]);
      return 0;
    }),
};

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const accountCommands: readonly CommandSpec[] = [
  list,
  roles,
  create,
  change,
  withReason(
    'disable',
    'end what an account may do, and its sessions',
    'account.disable',
    'account.disable',
    'Disabled',
  ),
  withReason('enable', 'let a disabled account act again', 'account.change', 'account.enable', 'Enabled'),
  withRole('request-role', 'ask for a role for an account', 'account.request-role', 'account.request-role'),
  approveRole,
  approvePeople,
  withRole(
    'reject-role',
    'refuse a role that was asked for, or take the request back',
    'account.read',
    'account.reject-role',
  ),
  withRole('remove-role', 'take a role away', 'account.remove-role', 'account.remove-role'),
  withReason(
    'request-reset',
    'ask to make the password of an account anew',
    'account.request-reset',
    'account.request-reset',
    'Asked to reset',
  ),
  plain(
    'approve-reset',
    'agree to a reset that another account asked for',
    'account.approve-reset',
    'account.approve-reset',
    'Agreed to reset',
  ),
  withReason('reject-reset', 'refuse a reset', 'account.read', 'account.reject-reset', 'Refused to reset'),
  plain(
    'revoke-sessions',
    'end all sessions of an account',
    'account.revoke-sessions',
    'account.revoke-sessions',
    'Ended the sessions of',
  ),
  givePassword,
  password,
];
