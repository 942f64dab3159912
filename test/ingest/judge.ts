/** What must hold of whatever a format gives, however hostile its input. */
import { EVENT_KINDS, type Event } from '../../src/core/event.ts';
import { normaliseAddress } from '../../src/core/ids.ts';
import { canonical } from '../../src/core/json.ts';
import { EXCLUSIONS, REJECTS, REPAIRS } from '../../src/core/rejects.ts';
import type { PlacedOutcome } from '../../src/ingest/parse.ts';

const HEX = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** What is wrong with an event, in words; nothing for a sound one. */
function flaws(event: Event): string[] {
  const wrong: string[] = [];
  const say = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(`${what} (${event.kind} ${event.id})`);
  };
  say(HEX.test(event.id), 'id');
  say((EVENT_KINDS as readonly string[]).includes(event.kind), 'kind');
  say(/^[a-z0-9][a-z0-9._-]*$/.test(event.network), 'network');
  say(event.conversation.id !== '', 'conversation');
  say(INSTANT.test(event.at.instant), 'instant');
  JSON.parse(JSON.stringify(event), (key: string, value: unknown) => {
    say(key.isWellFormed() && (typeof value !== 'string' || value.isWellFormed()), 'well-formed text');
    return value;
  });
  for (const party of [event.sender, event.actor, ...(event.recipients ?? [])])
    if (party !== undefined) say(normaliseAddress(event.network, party.address) === party.address, 'address');
  if ('target' in event) say(HEX.test(event.target), 'target');
  for (const { code } of event.provenance.repairs ?? []) say(code in REPAIRS, `repair ${code}`);
  try {
    canonical(event);
  } catch {
    say(false, 'canonical JSON');
  }
  return wrong;
}

/** Everything that must hold of an outcome, whatever the input was. */
export function judge(placed: PlacedOutcome, sizes: ReadonlyMap<string, number>): string[] {
  const { outcome, position, path } = placed;
  const size = sizes.get(path);
  const inside =
    position.member !== undefined ||
    size === undefined ||
    (position.offset >= 0 && position.offset + position.length <= size);
  const place = inside ? [] : [`position ${position.offset}+${position.length} of ${size} in ${path}`];
  if (outcome.type === 'event') return [...place, ...flaws(outcome.event)];
  if (outcome.type === 'excluded')
    return outcome.reason in EXCLUSIONS ? place : [...place, `reason ${outcome.reason}`];
  return outcome.code in REJECTS && outcome.code !== 'format-fault'
    ? place
    : [...place, `code ${outcome.code}`];
}
