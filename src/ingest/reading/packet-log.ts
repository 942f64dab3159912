/** Logs of packets in XML, one element a packet, whose root is never closed while the server writes. */
import type { Repair } from '../../core/event.ts';
import type { Frame, Outcome, Source, SourceFile } from '../format.ts';
import { noEntries, rejectFrame } from './frames.ts';
import type { Place } from './provenance.ts';
import { decode, openText } from './text.ts';
import { parseXml, type XmlNode } from './xml.ts';
import { type XmlShape, xmlParts } from './xml-frames.ts';

/** A unit each packet; `read` gives at least one outcome for it. */
export async function* packetFrames(
  source: Source,
  file: SourceFile,
  root: string,
  known: ReadonlySet<string>,
  read: (packet: XmlNode, text: string, place: Place, repairs: Repair[]) => readonly Outcome[],
): AsyncIterable<readonly Frame[]> {
  const shape: XmlShape = {
    containers: new Set([root]),
    innermost: root,
    facts: new Set(),
    units: new Set(['packet']),
  };
  const stream = await openText(file);
  let units = 0;
  for await (const parts of xmlParts(stream, shape)) {
    const frames: Frame[] = [];
    for (const part of parts) {
      const { offset, length } = part;
      if (part.type === 'enter' || part.type === 'leave') continue;
      if (part.type === 'problem') {
        if (part.problem === 'truncated' && length === 0) continue;
        frames.push(rejectFrame(file, { offset, length }, part.problem));
        continue;
      }
      const repairs: Repair[] = [];
      const text = decode(stream, part.bytes, repairs);
      const found = parseXml(text, known, repairs);
      const outcomes: readonly Outcome[] =
        'code' in found
          ? [{ type: 'reject', code: found.code, detail: found.detail }]
          : read(found.node, text, { source, file, offset, length }, repairs);
      frames.push({ file, offset, length, units: outcomes.length, read: () => outcomes });
    }
    units += frames.length;
    yield frames;
  }
  if (units === 0) yield [noEntries(file)];
}
