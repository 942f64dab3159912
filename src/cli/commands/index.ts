import type { CommandSpec } from '../command.ts';
import { audit } from './audit.ts';
import { backup } from './backup.ts';
import { exportCommand } from './export.ts';
import { formats } from './formats.ts';
import { ingest } from './ingest.ts';
import { init } from './init.ts';
import { openGeneration } from './open-generation.ts';
import { proof } from './proof.ts';
import { rebuildIndex } from './rebuild-index.ts';
import { restore } from './restore.ts';
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
  formats,
];
