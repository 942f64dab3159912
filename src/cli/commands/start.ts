import { existsSync, readdirSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Settings } from '../../config/settings.ts';
import { ROLES, type Role } from '../archive.ts';
import { type CommandSpec, integer, type Options } from '../command.ts';
import type { Context } from '../context.ts';
import { sayInitialised } from './init.ts';

/** Serves the archive: HTTP, archiver, indexer and sweeper, until it is stopped. */
export const start: CommandSpec = {
  name: 'start',
  summary: 'serve the archive until stopped: HTTP, seal, index, and carry again what is pending',
  needs: 'files',
  configure(command) {
    command
      .option(
        '--port <n>',
        'port of the HTTP service (default: setting service.port, 8420)',
        integer(0, 65_535),
      )
      .option('--host <address>', 'address to listen at; beyond loopback only with TLS')
      .option(
        '--roles <list>',
        `what this node does, separated by commas: ${ROLES.join(', ')}; an embedded archive always does all but api`,
        roles,
        ROLES,
      );
  },
  async run(context, _args, options) {
    const settings = served(context.settings(), options);
    const wanted = options.roles as readonly Role[];
    if (wanted.includes('api')) await makeFirst(context, settings);
    await context.deployment.start(settings, context.passphrase(), wanted, context.caller);
    return 0;
  },
};

function served(settings: Settings, options: Options): Settings {
  const service = {
    ...settings.service,
    ...(options.port === undefined ? {} : { port: Number(options.port) }),
    ...(options.host === undefined ? {} : { host: String(options.host) }),
  };
  return { ...settings, service };
}

/** The first start of an embedded archive makes it, where the folder holds nothing at all. */
async function makeFirst(context: Context, settings: Settings): Promise<void> {
  if (settings.mode !== 'embedded' || !isEmpty(settings.data)) return;
  const made = await context.deployment.init(settings, context.passphrase(), context.caller);
  sayInitialised(context.io, made);
}

function isEmpty(folder: string): boolean {
  if (!existsSync(folder)) return true;
  try {
    return readdirSync(folder).length === 0;
  } catch {
    // No folder: whoever opens it says so.
    return false;
  }
}

function roles(text: string): readonly Role[] {
  const named = text.split(',').map((name) => name.trim());
  return named.map((name) => {
    const role = ROLES.find((known) => known === name);
    if (role === undefined) throw new InvalidArgumentError(`A role is one of ${ROLES.join(', ')}.`);
    return role;
  });
}
