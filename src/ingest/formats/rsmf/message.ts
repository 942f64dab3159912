/** One event of a manifest: itself, its edits, the people of its reactions, its read receipts. */
import type { Event, Moment, Provenance, Repair } from '../../../core/event.ts';
import { changeKey, contentKey, type EventKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { asExtra, isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import { provenance } from '../../reading/provenance.ts';
import { instantOf, offsetMinutes, offsetText, parseTimestamp, wallText } from '../../reading/time.ts';
import { idOf, type RsmfConversation, type RsmfManifest } from './manifest.ts';

const peopleOf = (reaction: JsonObject): unknown[] =>
  Array.isArray(reaction.participants) ? reaction.participants : [];

export function unitsOf(value: unknown): number {
  if (!isObject(value)) return 1;
  const reactions = objectsOf(value.reactions).reduce((sum, each) => sum + peopleOf(each).length, 0);
  return 1 + objectsOf(value.edits).length + reactions + objectsOf(value.read_receipts).length;
}

/** As many outcomes as `unitsOf` counts. */
export function* outcomesOf(unit: JsonUnit, manifest: RsmfManifest): Iterable<Outcome> {
  const reader = isObject(unit.value)
    ? readerOf(unit.value, unit, manifest)
    : reject('json-shape', 'not an object');
  if ('code' in reader) {
    const units = unitsOf(unit.value);
    for (let i = 0; i < units; i++) yield i === 0 ? reader : { ...reader, part: String(i) };
    return;
  }
  yield reader.itself();
  yield* reader.edits();
  yield* reader.reactions();
  yield* reader.receipts();
}

function readerOf(
  value: JsonObject,
  unit: JsonUnit,
  manifest: RsmfManifest,
): RsmfEvent | Extract<Outcome, { type: 'reject' }> {
  const conversation = idOf(value.conversation);
  if (conversation === undefined) return reject('conversation-unknown', 'conversation');
  if (value.timestamp === undefined || value.timestamp === null) return reject('time-missing', 'timestamp');
  const repairs = [...unit.repairs];
  const at = momentOf(value.timestamp, manifest, repairs);
  if (at === undefined) return reject('time-invalid', 'timestamp');
  return new RsmfEvent(value, at, manifest.conversation(conversation), unit, repairs, manifest);
}

function momentOf(value: unknown, manifest: RsmfManifest, repairs: Repair[]): Moment | undefined {
  const parsed = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (parsed === undefined) return undefined;
  const { wall, offset, precision } = parsed;
  if (offset !== undefined) {
    const minutes = offsetMinutes(offset);
    const instant = minutes === undefined ? undefined : instantOf(wall - minutes * 60_000);
    if (instant === undefined || minutes === undefined) return undefined;
    const zoned = /^z$/iu.test(offset) ? {} : { wall: wallText(wall), zone: offsetText(minutes) };
    return { instant, ...zoned, zoneSource: 'stated', precision };
  }
  const instant = instantOf(manifest.clock.instant(wall, repairs));
  if (instant === undefined) return undefined;
  const zoneSource = manifest.file.settings.zone === undefined ? 'assumed' : 'setting';
  return { instant, wall: wallText(wall), zone: manifest.clock.zone, zoneSource, precision };
}

const PLACED: ReadonlySet<string> = new Set([
  'id',
  'type',
  'parent',
  'body',
  'participant',
  'conversation',
  'timestamp',
  'deleted',
  'attachments',
  'edits',
  'read_receipts',
]);

class RsmfEvent {
  readonly #raw: JsonObject;
  readonly #at: Moment;
  readonly #where: RsmfConversation;
  readonly #unit: JsonUnit;
  readonly #repairs: readonly Repair[];
  readonly #manifest: RsmfManifest;
  readonly #key: EventKey;

  constructor(
    raw: JsonObject,
    at: Moment,
    where: RsmfConversation,
    unit: JsonUnit,
    repairs: readonly Repair[],
    manifest: RsmfManifest,
  ) {
    this.#raw = raw;
    this.#at = at;
    this.#where = where;
    this.#unit = unit;
    this.#repairs = repairs;
    this.#manifest = manifest;
    const who = this.#person(raw.participant)?.address ?? '';
    this.#key = idOf(raw.id) ?? this.#contentKey(who);
  }

  #contentKey(who: string): EventKey {
    const { network, conversation } = this.#where;
    const text = textOf(this.#raw.body) ?? '';
    const { instant } = this.#at;
    return contentKey(
      who,
      instant,
      text,
      this.#manifest.ordinals.next(`${network}\n${conversation.id}`, who, instant, text),
    );
  }

  #id(key: EventKey): string {
    return eventId(this.#where.network, this.#where.conversation.id, key);
  }

  #person(id: unknown): ReturnType<RsmfManifest['person']> | undefined {
    const text = idOf(id);
    return text === undefined ? undefined : this.#manifest.person(this.#where.network, text);
  }

  #provenance(part?: string, repairs: readonly Repair[] = []): Provenance {
    const { networkFrom, perspective } = this.#where;
    const elsewhere = networkFrom === 'setting' || networkFrom === 'path';
    return provenance(this.#unit.place, {
      part,
      perspective,
      facts: elsewhere ? { network: networkFrom } : undefined,
      repairs: [...this.#repairs, ...repairs],
    });
  }

  itself(): Outcome {
    const raw = this.#raw;
    const repairs: Repair[] = [];
    const sender = this.#person(raw.participant);
    const { attachments, holdings } = this.#manifest.files(raw.attachments);
    const extra = this.#extra(repairs);
    const edits = objectsOf(raw.edits);
    // The body is the last text; what stood before the first edit is the message.
    const text = edits.length === 0 ? textOf(raw.body) : textOf(edits[0]?.previous);
    const parent = idOf(raw.parent);
    const base = {
      id: this.#id(this.#key),
      network: this.#where.network,
      conversation: {
        ...this.#where.conversation,
        ...(parent !== undefined && { thread: this.#id(parent) }),
      },
      ...(sender !== undefined && { sender }),
      at: this.#at,
      ...(text !== undefined && { text }),
      ...(attachments.length > 0 && { attachments }),
      provenance: this.#provenance(undefined, repairs),
      ...(extra !== undefined && { extra }),
    };
    const event = this.#ofKind(base, parent);
    return { type: 'event', event, ...(holdings.length > 0 && { holdings }) };
  }

  #ofKind(base: Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>, parent: string | undefined): Event {
    switch (this.#raw.type) {
      case 'join':
      case 'leave':
        return { ...base, kind: this.#raw.type, payload: { basis: 'stated' } };
      case 'disclaimer':
        return { ...base, kind: 'disclaimer' };
      case 'message':
      case undefined: {
        if (this.#raw.deleted !== true)
          return {
            ...base,
            kind: 'message',
            ...(parent !== undefined && { payload: { replyTo: this.#id(parent) } }),
          };
        const key = changeKey('deletion', this.#key, base.sender?.address ?? '', '', this.#at.instant);
        return {
          ...base,
          kind: 'deletion',
          id: this.#id(key),
          target: this.#id(this.#key),
          payload: { earlier: base.text === undefined ? 'not-captured' : 'captured' },
        };
      }
      default:
        return { ...base, kind: 'notice', payload: { type: textOf(this.#raw.type) ?? 'unknown' } };
    }
  }

  #extra(repairs: Repair[]): ReturnType<typeof asExtra> | undefined {
    const rest: { [name: string]: unknown } = {};
    for (const [name, value] of Object.entries(this.#raw)) {
      const fewer =
        name === 'reactions' &&
        objectsOf(value).some(
          (each) => typeof each.count === 'number' && each.count !== peopleOf(each).length,
        );
      if (name === 'reactions' ? fewer : !PLACED.has(name) && value !== null) rest[name] = value;
    }
    if (Object.keys(this.#where.extra).length > 0) rest.conversation = this.#where.extra;
    if (this.#raw.deleted === true && this.#raw.type !== 'message') rest.deleted = true;
    return Object.keys(rest).length === 0 ? undefined : asExtra(rest, this.#unit.text, repairs);
  }

  *edits(): Iterable<Outcome> {
    for (const [i, edit] of objectsOf(this.#raw.edits).entries()) {
      const part = `edits/${i}`;
      const repairs: Repair[] = [];
      const at = momentOf(edit.timestamp, this.#manifest, repairs);
      const sender = this.#person(edit.participant) ?? this.#person(this.#raw.participant);
      const last = i === objectsOf(this.#raw.edits).length - 1;
      const text = textOf(edit.new) ?? (last ? textOf(this.#raw.body) : undefined);
      if (at === undefined) {
        yield { ...reject(edit.timestamp === undefined ? 'time-missing' : 'time-invalid', 'edit'), part };
        continue;
      }
      yield {
        type: 'event',
        event: {
          kind: 'edit',
          id: this.#id(changeKey('edit', this.#key, sender?.address ?? '', text ?? '', at.instant)),
          network: this.#where.network,
          conversation: this.#where.conversation,
          ...(sender !== undefined && { sender }),
          target: this.#id(this.#key),
          at,
          ...(text !== undefined && { text }),
          payload: { earlier: textOf(edit.previous) === undefined ? 'not-captured' : 'captured' },
          provenance: this.#provenance(part, repairs),
        },
      };
    }
  }

  /** The manifest does not say when somebody reacted: it stands at the time of the event, and says so. */
  *reactions(): Iterable<Outcome> {
    for (const [i, reaction] of objectsOf(this.#raw.reactions).entries())
      for (const [j, each] of peopleOf(reaction).entries()) {
        const part = `reactions/${i}/participants/${j}`;
        const who = this.#person(each);
        const emoji = textOf(reaction.value);
        if (who === undefined || emoji === undefined) {
          yield { ...reject('field-invalid', 'reaction'), part };
          continue;
        }
        yield {
          type: 'event',
          event: {
            kind: 'reaction',
            id: this.#id(changeKey('reaction', this.#key, who.address, emoji, this.#at.instant)),
            network: this.#where.network,
            conversation: this.#where.conversation,
            sender: who,
            target: this.#id(this.#key),
            at: this.#at,
            payload: { emoji, change: 'added' },
            provenance: this.#provenance(part, [{ code: 'time-of-message', what: 'at' }]),
          },
        };
      }
  }

  *receipts(): Iterable<Outcome> {
    for (const [i, receipt] of objectsOf(this.#raw.read_receipts).entries()) {
      const part = `read_receipts/${i}`;
      const repairs: Repair[] = [];
      const who = this.#person(receipt.participant);
      const at = momentOf(receipt.timestamp, this.#manifest, repairs);
      if (who === undefined || at === undefined) {
        yield { ...reject('field-invalid', 'read receipt'), part };
        continue;
      }
      const delivered = receipt.action === 'delivered';
      const base = {
        id: this.#id(changeKey(delivered ? 'delivered' : 'read', this.#key, who.address, '', at.instant)),
        network: this.#where.network,
        conversation: this.#where.conversation,
        sender: who,
        at,
        provenance: this.#provenance(part, repairs),
      };
      yield {
        type: 'event',
        event: delivered
          ? { ...base, kind: 'notice', payload: { type: 'delivered' } }
          : { ...base, kind: 'read', target: this.#id(this.#key) },
      };
    }
  }
}

const reject = (code: RejectCode, detail: string): Extract<Outcome, { type: 'reject' }> => ({
  type: 'reject',
  code,
  detail,
});
