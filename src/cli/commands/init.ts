import type { Initialised } from '../archive.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import type { Io } from '../io.ts';

/** Makes an empty archive: identity, keys, and control's first entry. */
export const init: CommandSpec = {
  name: 'init',
  summary: 'make an empty archive: its identity, keys and first sealed entry',
  needs: 'nothing',
  configure() {},
  async run(context) {
    const made = await context.deployment.init(context.settings(), context.passphrase(), context.caller);
    print(
      context,
      {
        id: made.identity.id,
        createdAt: made.identity.createdAt,
        ...made.folders,
        passphraseFile: made.passphraseFile ?? null,
      },
      () => [
        `Made archive ${made.identity.id}.`,
        `  vault  ${made.folders.vault}`,
        `  keys   ${made.folders.keys}`,
      ],
    );
    warnOfPassphrase(context.io, made);
    return 0;
  },
};

/** What a start says that made its archive. */
export function sayInitialised(io: Io, made: Initialised): void {
  io.err(`Made archive ${made.identity.id}: vault ${made.folders.vault}, keys ${made.folders.keys}.`);
  warnOfPassphrase(io, made);
}

function warnOfPassphrase(io: Io, { passphraseFile }: Initialised): void {
  if (passphraseFile === undefined) return;
  io.err(`Warning: HOLDFAST_PASSPHRASE is not set, so a passphrase was written to ${passphraseFile}.`);
  io.err(
    '  Whoever reads that file can sign as this archive. Keep it apart from the keys, or set the variable.',
  );
}
