import { Searcher } from '../search/searcher.ts';
import type { Archive } from './archive.ts';

/** The searcher of an open archive: dates without a zone are read in the archive's. */
export const searcherOf = (archive: Archive): Searcher =>
  new Searcher({ index: archive.index, zone: archive.settings.zone });
