/** Logs that are one XML document: a root, and its children as units, one by one. */
import type { Repair } from '../../core/event.ts';
import type { Frame, Outcome, Source, SourceFile } from '../format.ts';
import { noEntries, rejectFrame } from './frames.ts';
import { plainTag } from './plain-xml.ts';
import type { Place } from './provenance.ts';
import { decode, openText, type TextStream } from './text.ts';
import { parseXml } from './xml.ts';
import { type XmlPart, type XmlShape, xmlParts } from './xml-frames.ts';

/** An element as it stands: its own tag is read, what is inside is left as markup. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What stands between its tags. */
  readonly inner: string;
  /** All of it. */
  readonly source: string;
}

export interface XmlLog {
  readonly shape: XmlShape;
  /** The start tag of a container. */
  enter?(element: XmlElement): void;
  /** An element that says something about those that follow. */
  fact?(element: XmlElement): void;
  unit(element: XmlElement, place: Place, repairs: Repair[]): Outcome;
}

/** A document type that declares nothing is no unit: only its name stands there. */
const BARE_DOCTYPE = 64;

export async function* xmlLogFrames(
  source: Source,
  file: SourceFile,
  log: XmlLog,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  let units = 0;
  for await (const parts of xmlParts(stream, log.shape)) {
    const frames: Frame[] = [];
    for (const part of parts) {
      if (part.type === 'leave') continue;
      if (part.type === 'problem' && part.problem === 'xml-doctype' && part.length <= BARE_DOCTYPE) continue;
      frames.push(frameOf(source, file, stream, log, part));
    }
    units += frames.reduce((sum, frame) => sum + frame.units, 0);
    yield frames;
  }
  if (units === 0) yield [noEntries(file)];
}

function frameOf(
  source: Source,
  file: SourceFile,
  stream: TextStream,
  log: XmlLog,
  part: Exclude<XmlPart, { type: 'leave' }>,
): Frame {
  const { offset, length } = part;
  if (part.type === 'problem') return rejectFrame(file, { offset, length }, part.problem);
  const { type, bytes } = part;
  const read = (): Outcome[] => {
    const repairs: Repair[] = [];
    const element = elementOf(decode(stream, bytes, repairs), repairs);
    if (type !== 'unit') {
      if (element !== undefined) (type === 'enter' ? log.enter : log.fact)?.call(log, element);
      return [];
    }
    if (element === undefined) return [{ type: 'reject', code: 'xml-malformed' }];
    return [log.unit(element, { source, file, offset, length }, repairs)];
  };
  return { file, offset, length, units: type === 'unit' ? 1 : 0, read };
}

const NONE: ReadonlySet<string> = new Set();

/** Reads the tag that a text begins with; undefined where it is none. */
export function elementOf(source: string, repairs: Repair[]): XmlElement | undefined {
  const plain = plainTag(source);
  if (plain !== undefined) {
    const { name, attributes } = plain.node;
    return { name, attributes, inner: plain.empty ? '' : innerOf(source, plain.end), source };
  }
  const end = tagEnd(source);
  if (end === -1) return undefined;
  const empty = source[end - 1] === '/';
  const tag = `${source.slice(0, empty ? end - 1 : end)}/>`;
  const found = parseXml(tag, NONE, repairs);
  if (!('node' in found)) return undefined;
  const { name, attributes } = found.node;
  return { name, attributes, inner: empty ? '' : innerOf(source, end + 1), source };
}

/** What stands behind a start tag, to the last end tag. */
function innerOf(source: string, from: number): string {
  const close = source.lastIndexOf('</');
  return source.slice(from, close >= from ? close : undefined);
}

/** Index of the `>` that ends the first tag, quotes passed over. */
function tagEnd(source: string): number {
  let quote = '';
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return i;
  }
  return -1;
}
