import type { Bound } from '../search/bound.ts';
import { Searcher } from '../search/searcher.ts';
import type { Archive } from './archive.ts';

/** The searcher of an open archive: dates without a zone are read in the archive's, people by its directory. */
export const searcherOf = (archive: Archive, within?: readonly Bound[]): Searcher =>
  new Searcher({
    index: archive.index,
    zone: archive.settings.zone,
    directory: async () => (await archive.control.refresh()).directory,
    ...(within && { within }),
  });
