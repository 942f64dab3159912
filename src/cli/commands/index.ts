import type { CommandSpec } from '../command.ts';
import { accountCommands } from './account.ts';
import { audit } from './audit.ts';
import { backup } from './backup.ts';
import { custodianCommands } from './custodian.ts';
import { exportCommand } from './export.ts';
import { formats } from './formats.ts';
import { grantCommands } from './grant.ts';
import { holdCommands } from './hold.ts';
import { ingest } from './ingest.ts';
import { init } from './init.ts';
import { matterCommands } from './matter.ts';
import { openGeneration } from './open-generation.ts';
import { productionCommands } from './production.ts';
import { proof } from './proof.ts';
import { rebuildIndex } from './rebuild-index.ts';
import { restore } from './restore.ts';
import { retentionCommands } from './retention.ts';
import { search } from './search.ts';
import { show } from './show.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { verify } from './verify.ts';

/** Every command, in the order in which help lists them: a new one is one file and one line here. */
export const COMMANDS: readonly CommandSpec[] = [
  init,
  start,
  ingest,
  search,
  show,
  proof,
  exportCommand,
  verify,
  rebuildIndex,
  backup,
  restore,
  openGeneration,
  status,
  audit,
  ...accountCommands,
  ...custodianCommands,
  ...grantCommands,
  ...matterCommands,
  ...holdCommands,
  ...productionCommands,
  ...retentionCommands,
  formats,
];

/** What the commands of two words stand below. */
export const GROUPS: { readonly [name: string]: string } = {
  account: 'accounts and their roles',
  audit: 'the sealed acts of people and jobs: searches, views, exports, changes',
  custodian: 'the directory: people, their addresses, and when they were theirs',
  grant: 'what auditors may see',
  hold: 'what stops disposal',
  matter: 'cases',
  production: 'what leaves the house under Bates numbers',
  retention: 'how long what is kept',
};
