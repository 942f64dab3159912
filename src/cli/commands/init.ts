import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';

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
    if (made.passphraseFile !== undefined) {
      context.io.err(
        `Warning: HOLDFAST_PASSPHRASE is not set, so a passphrase was written to ${made.passphraseFile}.`,
      );
      context.io.err(
        '  Whoever reads that file can sign as this archive. Keep it apart from the keys, or set the variable.',
      );
    }
    return 0;
  },
};
