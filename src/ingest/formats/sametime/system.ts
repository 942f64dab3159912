/** Lines of the client itself: somebody came, went, was invited; anything else is a notice. */
import type { Party } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import { party } from '../../reading/party.ts';
import type { Written } from '../../reading/scribe.ts';

const NETWORK = 'sametime';

/** `names`: people by the name that the page shows. */
export function systemOutcome(text: string, written: Written, names: ReadonlyMap<string, Party>): Outcome {
  const match = /^(.{1,300}?) (?:has )?(left|joined|entered|was invited|was added|has been invited)\b/u.exec(
    text,
  );
  const who = match?.[1] === undefined ? undefined : (names.get(match[1].trim()) ?? personIn(match[1]));
  const act = match?.[2];
  if (who === undefined || act === undefined)
    return { type: 'event', event: { ...written, kind: 'notice', payload: { type: 'system' } } };
  if (/invited|added/u.test(act))
    return { type: 'event', event: { ...written, kind: 'invite', payload: { invited: [who] } } };
  return {
    type: 'event',
    event: {
      ...written,
      sender: who,
      kind: act === 'left' ? 'leave' : 'join',
      payload: { basis: 'stated' },
    },
  };
}

function personIn(text: string): Party {
  const bracket = text.lastIndexOf('[');
  const id =
    bracket === -1
      ? ''
      : text
          .slice(bracket + 1)
          .replace(/\]\s*$/u, '')
          .trim();
  const name = (bracket === -1 ? text : text.slice(0, bracket)).trim();
  return party(NETWORK, id === '' ? name : id, name);
}
