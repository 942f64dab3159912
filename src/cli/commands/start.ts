import { InvalidArgumentError } from 'commander';
import { ROLES, type Role } from '../archive.ts';
import type { CommandSpec } from '../command.ts';

/** Serves the archive: archiver, indexer and sweeper, until it is stopped. */
export const start: CommandSpec = {
  name: 'start',
  summary: 'serve the archive until stopped: seal, index, and carry again what is pending',
  needs: 'files',
  configure(command) {
    command.option(
      '--roles <list>',
      `what this node does, separated by commas: ${ROLES.join(', ')} (distributed only)`,
      roles,
      ROLES,
    );
  },
  async run(context, _args, options) {
    await context.deployment.start(
      context.settings(),
      context.passphrase(),
      options.roles as readonly Role[],
      context.caller,
    );
    return 0;
  },
};

function roles(text: string): readonly Role[] {
  const named = text.split(',').map((name) => name.trim());
  return named.map((name) => {
    const role = ROLES.find((known) => known === name);
    if (role === undefined) throw new InvalidArgumentError(`A role is one of ${ROLES.join(', ')}.`);
    return role;
  });
}
