/** The people of the demo's firm who act in its archive, each with an account, roles and a password of his own. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answers, holdfast } from './holdfast.ts';

interface Colleague {
  readonly account: string;
  readonly name: string;
  readonly person?: string;
  readonly role: 'administrator' | 'compliance' | 'legal';
}

/** In this order: the first two are made by the owner of the folder, and give the others their roles. */
export const COLLEAGUES: readonly Colleague[] = [
  { account: 'it', name: 'Systems desk', role: 'administrator' },
  { account: 'ingrid', name: 'Ingrid Solberg', person: 'E100', role: 'compliance' },
  { account: 'maren', name: 'Maren Holt', person: 'E120', role: 'legal' },
  { account: 'jonas', name: 'Jonas Ekwall', person: 'E121', role: 'legal' },
];

/** What an account adds to a command to act in its own name. */
export type ActsAs = (account: string) => readonly string[];

/**
 * Makes the accounts of an archive. A role that shows what people wrote takes two: `it` asks, `ingrid` approves. Passwords
 * are written into files of `folder`, as the command line takes them: never as an argument that others could see.
 */
export async function settle(data: string, folder: string): Promise<ActsAs> {
  const passwordFile = (account: string): string => join(folder, `${account}.password`);
  const as: ActsAs = (account) => ['--as', account, '--password-file', passwordFile(account)];
  const act = (args: readonly string[]): Promise<unknown> =>
    holdfast([...args, '--data', data], { quiet: true });
  for (const { account, name, person, role } of COLLEAGUES) {
    const first = role === 'administrator' || role === 'compliance';
    const extra = person === undefined ? [] : ['--person', person];
    await act(['account', 'create', account, '--name', name, ...extra, ...(first ? ['--role', role] : [])]);
    await choosePassword(account);
    if (first) continue;
    await act(['account', 'request-role', account, role, '--reason', 'counsel of the firm', ...as('it')]);
    await act(['account', 'approve-role', account, role, ...as('ingrid')]);
  }
  return as;

  async function choosePassword(account: string): Promise<void> {
    const [given] = await answers(['account', 'give-password', account, '--data', data]);
    const oneTime = join(folder, `${account}.one-time`);
    await writeFile(oneTime, `${passwordIn(given)}\n`, { mode: 0o600 });
    await writeFile(passwordFile(account), `${randomBytes(12).toString('base64url')}\n`, { mode: 0o600 });
    const files = ['--password-file', oneTime, '--new-password-file', passwordFile(account)];
    await act(['account', 'password', account, ...files]);
  }
}

function passwordIn(given: unknown): string {
  if (
    typeof given === 'object' &&
    given !== null &&
    'password' in given &&
    typeof given.password === 'string'
  )
    return given.password;
  throw new Error('No one-time password was given.');
}
