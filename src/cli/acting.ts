/** Acts of control at the command line: in whose name, and what becomes of them. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type WantedAct, type WrittenAct, writeControl } from '../archive/control.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Archive } from './archive.ts';
import { actTools } from './audit.ts';
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

/** Who acts by these options. Throws `sign-in-failed` and its like where the account is not proved. */
export async function actingBy(context: Context, archive: Archive, options: Options): Promise<Acting> {
  if (options.as === undefined) {
    if (options.passwordFile !== undefined || options.code !== undefined)
      throw new HoldfastError('bad-usage', 'A password or code goes with --as.', {
        hint: 'Name the account that it is of.',
      });
    return { actor: context.actor, via: {} };
  }
  const account = String(options.as);
  const { accounts } = await archive.control.refresh();
  const access = await archive.access();
  const { oneTime } = await access.prove({
    account,
    password: await passwordIn(context, options.passwordFile),
    ...(options.code === undefined ? {} : { code: String(options.code) }),
    address: context.actor,
    enabled: accounts.get(account)?.state === 'active',
  });
  if (oneTime)
    throw new HoldfastError(
      'password-change-needed',
      'This password is good for choosing another one only.',
      {
        hint: `Choose one with 'holdfast account password ${account}'.`,
      },
    );
  return { actor: account, via: { via: context.actor } };
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
