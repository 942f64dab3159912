/** What the service says in an HTML export, in English whatever the language of the program. */
import type { Event, Party } from '../../../core/event.ts';
import { party } from '../../reading/party.ts';
import type { Written } from '../../reading/scribe.ts';
import { NETWORK } from './chat.ts';

export interface ServiceLine {
  readonly sender?: Party | undefined;
  readonly actor?: Party | undefined;
  /** Where that is not the line itself. */
  readonly text?: string | undefined;
  kind(base: Written): Event;
}

const INVITED = /^(.{1,200}?) invited (.+?)( to the (?:voice|video) chat)?$/u;
const REMOVED = /^(.{1,200}?) removed (?!group photo)(.+)$/u;
const JOINED = /^(.{1,200}?) joined (?:the )?group\b/u;
const CREATED = /^(.{1,200}?) created group «(.*)»(?: with members (.+))?$/u;
const TITLED = /^(?:(.{1,200}?) changed (?:group|topic) title to|Channel title changed to) «(.*)»$/u;
const GROUP_CALL = /^Group call(?: \((\d{1,9}) seconds\))?$/u;

const DONE =
  /^(.{1,200}?) (?:pinned|changed|removed|took a|converted|scored|joined Telegram|requested your)\b/u;

const personOf = (name: string): Party => party(NETWORK, name.toWellFormed());
/** “A, B and C”. A name that holds “and” falls into two: the source does not tell. */
const peopleOf = (names: string): Party[] => names.split(/, | and /u).map(personOf);

/** The events of a line, at least one: one for each person who is added. */
export function serviceLines(said: string): readonly ServiceLine[] {
  let match = INVITED.exec(said);
  if (match !== null) {
    const [, by = '', names = '', call] = match;
    if (call !== undefined)
      return [
        { sender: personOf(by), kind: (base) => ({ ...base, kind: 'call', payload: { phase: 'invited' } }) },
      ];
    return peopleOf(names).map((sender) => ({
      sender,
      ...acted(by, sender),
      kind: (base) => ({ ...base, kind: 'join', payload: { basis: 'stated' } }),
    }));
  }
  match = REMOVED.exec(said);
  if (match !== null) {
    const sender = personOf(match[2] ?? '');
    return [
      {
        sender,
        ...acted(match[1] ?? '', sender),
        kind: (base) => ({ ...base, kind: 'leave', payload: { basis: 'stated' } }),
      },
    ];
  }
  match = JOINED.exec(said);
  if (match !== null)
    return [
      {
        sender: personOf(match[1] ?? ''),
        kind: (base) => ({ ...base, kind: 'join', payload: { basis: 'stated' } }),
      },
    ];
  match = CREATED.exec(said);
  if (match !== null) {
    const members = match[3] === undefined ? [] : peopleOf(match[3]);
    return [
      {
        sender: personOf(match[1] ?? ''),
        kind: (base) => ({ ...base, kind: 'roster', payload: { members, basis: 'stated' } }),
      },
    ];
  }
  match = TITLED.exec(said);
  if (match !== null)
    return [
      {
        sender: match[1] === undefined ? undefined : personOf(match[1]),
        text: match[2] ?? '',
        kind: (base) => ({ ...base, kind: 'topic', payload: { what: 'name' } }),
      },
    ];
  match = GROUP_CALL.exec(said);
  if (match !== null) {
    const seconds = match[1] === undefined ? {} : { seconds: Number(match[1]) };
    const phase = match[1] === undefined ? 'started' : 'ended';
    return [{ kind: (base) => ({ ...base, kind: 'call', payload: { phase, ...seconds } }) }];
  }
  match = DONE.exec(said);
  const sender = match === null ? undefined : personOf(match[1] ?? '');
  return [{ sender, kind: (base) => ({ ...base, kind: 'notice', payload: { type: 'service' } }) }];
}

const acted = (by: string, person: Party): { actor?: Party } => {
  const actor = personOf(by);
  return actor.address === person.address ? {} : { actor };
};
