/** Acts of control at the command line: in whose name, and what becomes of them. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { failedSignIn } from '../access/failed-sign-in.ts';
import { type WantedAct, type WrittenAct, writeControl } from '../archive/control.ts';
import type { Register } from '../core/control/register.ts';
import type { Permission } from '../core/control/roles.ts';
import { actorOf, forbidden } from '../core/control/step.ts';
import { denialOf, HoldfastError } from '../core/errors.ts';
import type { Archive } from './archive.ts';
import { actTools, audit } from './audit.ts';
import type { Options } from './command.ts';
import type { Context } from './context.ts';
import { lateness } from './wait.ts';

/** Who acts: the local user, or an account through him. */
export interface Acting {
  readonly actor: string;
  /** For the details of an act. */
  readonly via: { readonly via?: string };
}

/** Declares `--as` and what proves it. */
export function withActor(command: Command): Command {
  return command
    .option('--as <account>', 'act under an account instead of as the local user')
    .option('--password-file <file>', 'file whose first line is the password of that account')
    .option('--code <digits>', 'its second factor, where it has one');
}

/** A command in somebody's name: who, and the register by which he was let in. */
export interface Acted {
  readonly archive: Archive;
  readonly acting: Acting;
  readonly register: Register;
}

/**
 * Opens the archive for somebody who has the permission. Throws `sign-in-failed` and its like where the account is not
 * proved, `not-permitted` before anything is looked up: nobody learns from a refusal what there is. Every refusal is an
 * audit entry before it is told.
 */
export function acted<T>(
  context: Context,
  { name, permission }: { readonly name: string; readonly permission: Permission },
  options: Options,
  use: (acted: Acted) => Promise<T>,
): Promise<T> {
  return context.withArchive(async (archive) => {
    const acting = await actingBy(context, archive, name, options);
    return await recordingDenials(context, archive, acting, name, async () => {
      const register = await archive.control.refresh();
      permit(register, acting, permission);
      return await use({ archive, acting, register });
    });
  });
}

/** Records what a command denies, before it is told. */
export async function recordingDenials<T>(
  context: Context,
  archive: Archive,
  { actor, via }: Acting,
  operation: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const denied = denialOf(error);
    if (denied !== undefined)
      await audit({ ...context, actor }, archive, 'denied', { operation, ...denied, ...via });
    throw error;
  }
}

/** Throws `not-permitted` where the actor has not the permission. */
function permit(register: Register, { actor }: Acting, permission: Permission): void {
  const found = actorOf(register, actor);
  const wrong = found === undefined ? undefined : forbidden(found, permission);
  if (found !== undefined && wrong === undefined) return;
  throw new HoldfastError('not-permitted', `${actor} has not the permission ${permission}.`, {
    hint:
      wrong?.reason === 'needs-account'
        ? 'It takes two persons, so each acts under an account: name one with --as.'
        : "'holdfast account roles' shows which role has it.",
  });
}

/** Who acts by these options. */
async function actingBy(
  context: Context,
  archive: Archive,
  operation: string,
  options: Options,
): Promise<Acting> {
  if (options.as === undefined) {
    if (options.passwordFile !== undefined || options.code !== undefined)
      throw new HoldfastError('bad-usage', 'A password or code goes with --as.', {
        hint: 'Name the account that it is of.',
      });
    return { actor: context.actor, via: {} };
  }
  const account = String(options.as);
  const password = await passwordIn(context, options.passwordFile);
  const { oneTime } = await prove(context, archive, account, password, options.code);
  const acting = { actor: account, via: { via: context.actor } };
  if (oneTime)
    await recordingDenials(context, archive, acting, operation, async () => {
      throw new HoldfastError(
        'password-change-needed',
        'This password is good for choosing another one only.',
        { hint: `Choose one with 'holdfast account password ${account}'.` },
      );
    });
  return acting;
}

/** Makes sure that an account is who it says; a sign-in that fails is an audit entry before that is told. */
export async function prove(
  context: Context,
  archive: Archive,
  account: string,
  password: string,
  code: unknown,
): Promise<{ readonly oneTime: boolean }> {
  const { accounts } = await archive.control.refresh();
  const access = await archive.access();
  try {
    return await access.prove({
      account,
      password,
      ...(code === undefined ? {} : { code: String(code) }),
      address: context.actor,
      enabled: accounts.get(account)?.state === 'active',
    });
  } catch (error) {
    const failed = failedSignIn(account, context.actor, error);
    await audit({ ...context, actor: 'anonymous' }, archive, 'sign-in-failed', failed);
    throw error;
  }
}

/** First line of a password file, read against the caller's folder. */
export async function passwordIn(context: Context, file: unknown): Promise<string> {
  if (file === undefined)
    throw new HoldfastError('bad-usage', 'The password of the account is missing.', {
      hint: 'Name the file that holds it with --password-file; it is never an argument, as others could see it.',
    });
  const path = resolve(context.cwd, String(file));
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/u, 1)[0] ?? '';
  } catch {
    throw new HoldfastError('bad-usage', `The file ${path} cannot be read.`, {
      hint: 'Its first line holds the password.',
    });
  }
}

/** Has an act sealed and folded. Throws `conflict` or `refused` where it has no effect. */
export function perform(
  context: Context,
  archive: Archive,
  { actor }: Acting,
  wanted: WantedAct,
): Promise<WrittenAct> {
  const tools = { stream: archive.stream, follower: archive.control, acts: actTools(archive) };
  return writeControl(tools, actor, wanted, lateness(context, archive));
}
