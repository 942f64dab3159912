/** JSON exports as units: the elements of their lists, parsed, with what the objects around them said before. */
import type { Repair } from '../../core/event.ts';
import type { Frame, Outcome, Source, SourceFile } from '../format.ts';
import { type Element, isObject, type JsonObject, parseJson, tooMuch } from './json.ts';
import { type JsonPath, jsonParts, type Walk } from './json-parts.ts';
import type { Place } from './provenance.ts';
import { decode, openText, type TextStream } from './text.ts';

/** A parsed value and where it stands. */
export interface JsonUnit {
  readonly path: JsonPath;
  readonly value: unknown;
  /** Its text, to find the source text of numbers. */
  readonly text: string;
  readonly repairs: readonly Repair[];
  readonly place: Place;
  /** Facts of the objects around it that stood before it: path joined by `/` → value. */
  readonly around: JsonObject;
}

export interface JsonReading {
  /** What to do with each list and object. */
  walk(path: JsonPath, list: boolean): Walk;
  /** Units of a value, and what interprets it. Called in order; frames are read in order too. */
  units(unit: JsonUnit): { readonly units: number; read(): Iterable<Outcome> };
  /** The top is one object without any list of units: taken as a unit itself. */
  readonly alone?: boolean;
  /** Told once after the last unit: the facts at the top, those that stood behind the units too. */
  ended?(top: JsonObject): void;
}

/** Frames of one JSON file. Facts become no units; a file without units is one exclusion or reject. */
export async function* jsonFrames(
  source: Source,
  file: SourceFile,
  reading: JsonReading,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  const around: { [path: string]: unknown } = {};
  /** What was said so far, as the units that follow find it: facts that come later do not change it. */
  let facts: JsonObject | undefined;
  const frameOf = (path: JsonPath, place: Place, found: Found): Frame => {
    const { offset, length } = place;
    if ('reject' in found) return { file, offset, length, units: 1, read: () => [found.reject] };
    const { value, text, repairs } = found;
    facts ??= { ...around };
    const { units, read } = reading.units({ path, place, value, text, repairs, around: facts });
    return { file, offset, length, units, read };
  };
  let units = 0;
  let damaged = false;
  let held = 0;
  for await (const parts of jsonParts(stream, reading.walk)) {
    const frames: Frame[] = [];
    for (const part of parts) {
      if (part.type === 'leave') {
        forget(around, part.path);
        facts = undefined;
      }
      if (!('length' in part)) continue;
      const place = { source, file, offset: part.offset, length: part.length };
      if (part.type === 'damage') {
        damaged = true;
        frames.push({ ...place, units: 1, read: () => [{ type: 'reject', code: part.problem }] });
        continue;
      }
      const found = parsed(stream, part);
      if (part.type === 'unit') frames.push(frameOf(part.path, place, found));
      else if ('reject' in found) frames.push(frameOf(part.path, place, found));
      else if (held < MAX_AROUND) {
        held += part.length;
        around[part.path.join('/')] = found.value;
        facts = undefined;
      }
    }
    units += frames.length;
    if (frames.length > 0) yield frames;
  }
  reading.ended?.(around);
  if (units > 0 || damaged) return;
  const place = { source, file, offset: 0, length: file.size };
  const top = Object.fromEntries(
    Object.entries(around).filter(([path]) => path !== '' && !path.includes('/')),
  );
  if (reading.alone === true && Object.keys(top).length > 0)
    yield [frameOf([], place, { value: top, text: JSON.stringify(top), repairs: [] })];
  else yield [{ ...place, units: 1, read: () => [{ type: 'excluded', reason: 'no-entries' }] }];
}

/** Bytes of facts that are kept. */
const MAX_AROUND = 16 * 1024 * 1024;

/** What was said inside an object is forgotten at its end, so that the next one starts empty. The top is kept. */
function forget(around: { [path: string]: unknown }, path: JsonPath): void {
  if (path.length === 0) return;
  const inside = `${path.join('/')}/`;
  for (const key of Object.keys(around)) if (key.startsWith(inside)) delete around[key];
}

type Found = { value: unknown; text: string; repairs: Repair[] } | { reject: Outcome };

function parsed(stream: TextStream, element: Element): Found {
  if (element.problem !== undefined || element.bytes === undefined)
    return { reject: { type: 'reject', code: element.problem ?? 'unit-too-long' } };
  const repairs: Repair[] = [];
  const text = decode(stream, element.bytes, repairs);
  const excess = tooMuch(text);
  if (excess !== undefined) return { reject: { type: 'reject', code: excess } };
  try {
    return { value: parseJson(text, repairs), text, repairs };
  } catch {
    if (!text.includes('\\x')) return { reject: { type: 'reject', code: 'json-malformed' } };
  }
  try {
    const mended = withoutHexEscapes(text);
    const value = parseJson(mended, repairs);
    repairs.push({ code: 'json-escape' });
    return { value, text: mended, repairs };
  } catch {
    return { reject: { type: 'reject', code: 'json-malformed' } };
  }
}

/** Telegram Desktop writes control characters as `\x0B`, which no JSON has. */
const withoutHexEscapes = (text: string): string =>
  text.replaceAll(/\\(?:x([0-9A-Fa-f]{2})|.)/gsu, (all, hex?: string) =>
    hex === undefined ? all : `\\u00${hex}`,
  );

/** The text of a field, where it is one and not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The objects of a list; anything else in it is left out. */
export const objectsOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
