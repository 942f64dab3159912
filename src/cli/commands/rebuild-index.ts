import { audit } from '../audit.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';

/** Makes the index anew from the vault. */
export const rebuildIndex: CommandSpec = {
  name: 'rebuild-index',
  summary: 'make the index anew from the vault; searches go on meanwhile',
  needs: 'archive',
  configure() {},
  run(context) {
    return context.withArchive(async (archive) => {
      context.io.err('reading every sealed record again; this takes a while on a large archive');
      const { documents } = await archive.rebuildIndex();
      await audit(context, archive, 'index-rebuilt', { documents });
      print(context, { documents }, () => [`${documents.toLocaleString('en')} events are searchable.`]);
      return 0;
    });
  },
};
