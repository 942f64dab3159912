import { Searcher, type SearcherParts } from '../search/searcher.ts';
import type { Archive } from './archive.ts';

/** The searcher of an open archive: dates without a zone are read in the archive's by default, people by its directory. */
export const searcherOf = (
  archive: Archive,
  { zone, within, holds }: Partial<Pick<SearcherParts, 'zone' | 'within' | 'holds'>> = {},
): Searcher =>
  new Searcher({
    index: archive.index,
    zone: zone ?? archive.settings.zone,
    directory: async () => (await archive.control.refresh()).directory,
    ...(within && { within }),
    ...(holds && { holds }),
  });
