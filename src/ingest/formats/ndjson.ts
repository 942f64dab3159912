/**
 * Holdfast's own format: one JSON object a line. The simplest way in for whoever can write JSON; every field of the
 * event can be said. `docs/formats.md` describes it.
 */
import type { Event, Moment, Repair } from '../../core/event.ts';
import { changeKey, contentKey, type EventKey, eventId } from '../../core/ids.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { isObject, type JsonObject, parseJson, tooMuch } from '../reading/json.ts';
import { type Line, lines } from '../reading/lines.ts';
import { Ordinals } from '../reading/ordinals.ts';
import { provenance } from '../reading/provenance.ts';
import { openText } from '../reading/text.ts';
import {
  instantOf,
  offsetMinutes,
  offsetText,
  parseTimestamp,
  wallText,
  type ZoneClock,
  zoneClock,
} from '../reading/time.ts';
import {
  attachmentsOf,
  conversationOf,
  extraOf,
  idText,
  kindOf,
  markupOf,
  optionalText,
  partyOf,
  perspectiveOf,
  recipientsOf,
} from './ndjson/fields.ts';
import { complete } from './ndjson/kinds.ts';
import { REFERENCE } from './ndjson/reference.ts';
import { invalid, Refusal } from './ndjson/refusal.ts';

export const ndjson: Format = {
  name: 'ndjson',
  title: 'Holdfast NDJSON',
  networks: ['any'],
  systems: [{ name: 'Any program that writes JSON', proven: 'own format' }],
  unit: 'A line.',
  reference: REFERENCE,
  limits: ['A line without `id` is identified by its sender, time and text.'],
  detect(probe) {
    const first = probe.text.split('\n').find((line) => line.trim() !== '');
    if (first === undefined || !first.startsWith('{')) return undefined;
    if (/"conversation"\s*:/u.test(first) && /"at"\s*:/u.test(first))
      return { confidence: 0.9, reason: 'lines of JSON objects with “conversation” and “at”' };
    return undefined;
  },
  async *frames(source) {
    const reader = new LineReader(source);
    for (const file of source.files) {
      const stream = await openText(file);
      for await (const batch of lines(stream)) yield batch.map((line) => reader.frame(file, line));
    }
  },
};

class LineReader {
  readonly #source: Source;
  readonly #ordinals = new Ordinals();

  constructor(source: Source) {
    this.#source = source;
  }

  frame(file: SourceFile, line: Line): Frame {
    const { offset, length } = line;
    return { file, offset, length, units: 1, read: () => [this.#read(file, line)] };
  }

  #read(file: SourceFile, line: Line): Outcome {
    const { offset, length, text } = line;
    if (text === undefined) return { type: 'reject', code: 'line-too-long' };
    const repairs = [...line.repairs];
    if (text.trim() === '') return { type: 'excluded', reason: 'empty-line' };
    const excess = tooMuch(text);
    if (excess !== undefined) return { type: 'reject', code: excess };
    let value: unknown;
    try {
      value = parseJson(text, repairs);
    } catch {
      return { type: 'reject', code: 'json-malformed' };
    }
    if (!isObject(value)) return { type: 'reject', code: 'json-shape', detail: 'not an object' };
    try {
      return { type: 'event', event: this.#event(value, text, repairs, { file, offset, length }) };
    } catch (error) {
      if (error instanceof Refusal) return { type: 'reject', code: error.code, detail: error.message };
      throw error;
    }
  }

  #event(
    line: JsonObject,
    text: string,
    repairs: Repair[],
    place: { file: SourceFile; offset: number; length: number },
  ): Event {
    const { settings } = place.file;
    const facts: Record<string, 'setting'> = {};
    let network = optionalText(line, 'network');
    if (network === undefined && settings.network !== undefined) {
      network = settings.network;
      facts.network = 'setting';
    }
    if (network === undefined) throw new Refusal('network-unknown', 'network');
    if (!/^[a-z0-9][a-z0-9._-]{0,63}$/u.test(network)) throw invalid('network');

    const kind = kindOf(line.kind);
    const sender = line.from === undefined ? undefined : partyOf(network, line.from, 'from');
    const recipients = recipientsOf(network, line.to);
    const actor = line.by === undefined ? undefined : partyOf(network, line.by, 'by');
    const at = this.#moment(line, settings.zone, facts, repairs);
    const body = optionalText(line, 'text', true);
    const conversation = conversationOf(network, line, sender, recipients);
    const idOf = (key: EventKey): string => eventId(network, conversation.id, key);

    const ownId = idText(line.id, 'id');
    const targetKey = idText(line.target, 'target');
    const isChange = kind === 'edit' || kind === 'deletion' || kind === 'reaction' || kind === 'read';
    if (isChange && targetKey === undefined) throw new Refusal('field-missing', 'target');
    let key: EventKey;
    if (ownId !== undefined && !(isChange && ownId === targetKey)) key = ownId;
    else if (isChange) {
      const who = actor?.address ?? sender?.address ?? '';
      const value =
        kind === 'reaction'
          ? `${optionalText(line, 'emoji') ?? ''}/${optionalText(line, 'change') ?? 'added'}`
          : (body ?? '');
      key = changeKey(kind, targetKey ?? '', who, value, at.instant);
    } else {
      const who = sender?.address ?? '';
      const ordinal = this.#ordinals.next(`${network}\n${conversation.id}`, who, at.instant, body ?? '');
      key = contentKey(who, at.instant, body ?? '', ordinal);
    }

    const thread = idText(line.thread, 'thread');
    const attachments = attachmentsOf(line.attachments);
    const markup = markupOf(line.markup);
    const extra = extraOf(line, text, repairs);
    const base = {
      id: idOf(key),
      network,
      conversation: { ...conversation, ...(thread !== undefined && { thread: idOf(thread) }) },
      ...(sender !== undefined && { sender }),
      ...(recipients.length > 0 && { recipients }),
      ...(actor !== undefined && { actor }),
      at,
      ...(body !== undefined && { text: body }),
      ...(markup !== undefined && { markup }),
      ...(attachments !== undefined && { attachments }),
      provenance: provenance(
        { source: this.#source, ...place },
        { perspective: perspectiveOf(network, line.perspective, settings.account, facts), facts, repairs },
      ),
      ...(extra !== undefined && { extra }),
    };
    return complete(kind, base, line, network, targetKey === undefined ? undefined : idOf(targetKey), idOf);
  }

  #moment(
    line: JsonObject,
    stated: string | undefined,
    facts: Record<string, 'setting'>,
    repairs: Repair[],
  ): Moment {
    const { at, zone } = line;
    if (at === undefined) throw new Refusal('time-missing', 'at');
    if (typeof at === 'number') {
      const instant = instantOf(at);
      if (instant === undefined || !Number.isSafeInteger(at)) throw new Refusal('time-invalid', 'at');
      return { instant, zoneSource: 'stated', precision: 'ms' };
    }
    const parsed = typeof at === 'string' ? parseTimestamp(at) : undefined;
    if (parsed === undefined) throw new Refusal('time-invalid', 'at');
    let named: string | undefined;
    let zoneSource: Moment['zoneSource'] = 'stated';
    let ms: number;
    if (parsed.offset !== undefined) {
      const minutes = offsetMinutes(parsed.offset);
      if (minutes === undefined) throw new Refusal('time-invalid', 'at');
      ms = parsed.wall - minutes * 60_000;
      if (!/^z$/iu.test(parsed.offset)) named = offsetText(minutes);
    } else {
      if (typeof zone === 'string') named = zone;
      else if (stated !== undefined) {
        named = stated;
        zoneSource = 'setting';
        facts.zone = 'setting';
      } else {
        named = '+00:00';
        zoneSource = 'assumed';
      }
      ms = clockOf(named).instant(parsed.wall, repairs);
    }
    const instant = instantOf(ms);
    if (instant === undefined) throw new Refusal('time-invalid', 'at');
    return {
      instant,
      ...(named !== undefined && { wall: wallText(parsed.wall), zone: named }),
      zoneSource,
      precision: parsed.precision,
    };
  }
}

function clockOf(zone: string): ZoneClock {
  try {
    return zoneClock(zone);
  } catch {
    throw invalid('zone');
  }
}
