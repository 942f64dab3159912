import type { IndexDocument } from '../search/document.ts';
import type { Directory } from './fold.ts';

/** Who took part in an event: custodians by their HR ids, and addresses that the directory knows nobody of. */
export interface People {
  readonly custodians: readonly string[];
  readonly unknown: readonly string[];
}

/** Everybody whom a record names, by the directory in force at the time of the event. */
export function peopleOf(_directory: Directory, document: IndexDocument): People {
  const { sender, actor, recipients = [], listed = [] } = document;
  const named = [sender, actor, ...recipients, ...listed].flatMap((party) => party?.address ?? []);
  return { custodians: [], unknown: [...new Set(named)] };
}
