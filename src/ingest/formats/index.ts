/** Every format that Holdfast reads, in the order in which ties of detection are decided. One line each. */
import type { Format } from '../format.ts';
import { filedump } from './filedump.ts';
import { ndjson } from './ndjson.ts';
import { pidgin } from './pidgin.ts';
import { slack } from './slack.ts';

export const FORMATS: readonly Format[] = [slack, pidgin, filedump, ndjson];
