/** One row of zerver_message: the message as it was first, its edits in their order, its reactions. */
import type { Conversation, Event, Moment, Repair } from '../../../core/event.ts';
import { changeKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { sharing } from '../../reading/files-beside.ts';
import { asExtra, type JsonObject, tooMuch } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import { provenance } from '../../reading/provenance.ts';
import { instantOf } from '../../reading/time.ts';
import { NETWORK, type ZulipRealm } from './realm.ts';

/** An edit of the history, oldest first. `text`: what it made of the message; absent: it only moved the message. */
interface Edit {
  readonly at: Moment | undefined;
  readonly user: unknown;
  readonly text: string | undefined;
}

/** `edit_history`: a list, or its JSON text, newest first, each entry with the content before it. */
function historyOf(raw: JsonObject): { original: string | undefined; edits: readonly Edit[] } {
  const entries = objectsOf(parsed(raw.edit_history));
  const edits: Edit[] = [];
  let after = textOf(raw.content);
  for (const entry of entries) {
    const before = textOf(entry.prev_content);
    edits.push({
      at: momentOf(entry.timestamp),
      user: entry.user_id,
      text: before === undefined ? undefined : after,
    });
    if (before !== undefined) after = before;
  }
  return { original: after, edits: edits.reverse() };
}

function parsed(history: unknown): unknown {
  if (typeof history !== 'string') return history;
  if (tooMuch(history) !== undefined) return undefined;
  try {
    return JSON.parse(history);
  } catch {
    return undefined;
  }
}

export const unitsOf = (raw: JsonObject, realm: ZulipRealm): number =>
  1 + historyOf(raw).edits.length + realm.reactions(raw.id).length;

/** As many outcomes as `unitsOf` counts. */
export function* outcomesOf(raw: JsonObject, unit: JsonUnit, realm: ZulipRealm): Iterable<Outcome> {
  const refused = refusal(raw, realm);
  const conversation = realm.conversation(raw);
  const at = momentOf(raw.date_sent);
  if (refused !== undefined || conversation === undefined || at === undefined || typeof raw.id !== 'number') {
    const units = unitsOf(raw, realm);
    for (let i = 0; i < units; i++)
      yield { ...(refused ?? reject('record-malformed', 'message')), ...(i > 0 && { part: String(i) }) };
    return;
  }
  yield* read(raw, raw.id, conversation, at, unit, realm);
}

function refusal(raw: JsonObject, realm: ZulipRealm): Extract<Outcome, { type: 'reject' }> | undefined {
  if (typeof raw.id !== 'number' || !Number.isSafeInteger(raw.id)) return reject('field-missing', 'id');
  if (raw.date_sent === undefined) return reject('time-missing', 'date_sent');
  if (momentOf(raw.date_sent) === undefined) return reject('time-invalid', 'date_sent');
  if (realm.conversation(raw) === undefined) return reject('conversation-unknown', 'recipient');
  return undefined;
}

/** Seconds since 1970, with a fraction. */
function momentOf(value: unknown): Moment | undefined {
  const instant = typeof value === 'number' ? instantOf(Math.round(value * 1000)) : undefined;
  if (instant === undefined) return undefined;
  return { instant, zoneSource: 'stated', precision: Number.isInteger(value) ? 's' : 'ms' };
}

const PLACED: ReadonlySet<string> = new Set([
  'id',
  'sender',
  'recipient',
  'content',
  'rendered_content',
  'rendered_content_version',
  'date_sent',
  'edit_history',
  'last_edit_time',
  'has_attachment',
  'has_image',
  'has_link',
  'realm',
  'search_tsvector',
]);

function* read(
  raw: JsonObject,
  key: number,
  conversation: Conversation,
  at: Moment,
  unit: JsonUnit,
  realm: ZulipRealm,
): Iterable<Outcome> {
  const idOf = (of: Parameters<typeof eventId>[2]): string => eventId(NETWORK, conversation.id, of);
  const repairs: Repair[] = [...unit.repairs];
  const sender = realm.person(raw.sender);
  const { original, edits } = historyOf(raw);
  const { attachments, holdings } = sharing(realm.files(key));
  const html = edits.length === 0 ? textOf(raw.rendered_content) : undefined;
  const rest = Object.fromEntries(
    Object.entries(raw).filter(([name, value]) => !PLACED.has(name) && value !== null && value !== ''),
  );
  const extra = Object.keys(rest).length === 0 ? undefined : asExtra(rest, unit.text, repairs);
  const recipients = realm.recipients(raw);
  const who = {
    ...(sender !== undefined && { sender }),
    ...(recipients.length > 0 && { recipients }),
  };
  const place = (part?: string, more: readonly Repair[] = []): Event['provenance'] =>
    provenance(unit.place, { part, repairs: [...repairs, ...more] });
  const message: Event = {
    kind: 'message',
    id: idOf(String(key)),
    network: NETWORK,
    conversation,
    ...who,
    at,
    ...(original !== undefined && { text: original }),
    ...(html !== undefined && { markup: { type: 'html', source: html } }),
    ...(attachments !== undefined && { attachments }),
    provenance: place(),
    ...(extra !== undefined && { extra }),
  };
  yield { type: 'event', event: message, ...(holdings !== undefined && { holdings }) };
  for (const [i, edit] of edits.entries()) {
    const part = `edit_history/${i}`;
    if (edit.at === undefined) {
      yield { ...reject('time-invalid', 'edit_history'), part };
      continue;
    }
    const editor = realm.person(edit.user);
    const actor = editor !== undefined && editor.address !== sender?.address ? { actor: editor } : {};
    const value = edit.text ?? 'moved';
    const base = {
      id: idOf(changeKey('edit', String(key), editor?.address ?? '', value, edit.at.instant)),
      network: NETWORK,
      conversation,
      ...who,
      ...actor,
      at: edit.at,
      provenance: place(part),
    };
    yield {
      type: 'event',
      event:
        edit.text === undefined
          ? { ...base, kind: 'notice', payload: { type: 'topic of a message changed' } }
          : { ...base, kind: 'edit', target: message.id, text: edit.text, payload: { earlier: 'captured' } },
    };
  }
  for (const [i, { user, emoji }] of realm.reactions(key).entries()) {
    const reacting = realm.person(user);
    yield {
      type: 'event',
      event: {
        kind: 'reaction',
        id: idOf(changeKey('reaction', String(key), reacting?.address ?? '', emoji, at.instant)),
        network: NETWORK,
        conversation,
        ...(reacting !== undefined && { sender: reacting }),
        target: message.id,
        at,
        payload: { emoji, change: 'added' },
        provenance: place(`reactions/${i}`, [{ code: 'time-of-message', what: 'at' }]),
      },
    };
  }
}

const reject = (code: RejectCode, detail: string): Extract<Outcome, { type: 'reject' }> => ({
  type: 'reject',
  code,
  detail,
});
