/**
 * SMS Backup & Restore: text and multimedia messages, and calls, of an Android telephone as XML. Attributes:
 * karlicoss/HPI (`smscalls.py`) and the exporter's own list of fields.
 */
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { noEntries, rejectFrame } from '../reading/frames.ts';
import { Ordinals } from '../reading/ordinals.ts';
import { decode, decodeHead, openText, readHead } from '../reading/text.ts';
import { parseXml } from '../reading/xml.ts';
import { type XmlPart, type XmlShape, xmlParts } from '../reading/xml-frames.ts';
import { nameOf } from '../source-name.ts';
import { KNOWN, outcomeOf } from './sms/element.ts';
import { NETWORK, Owner } from './sms/people.ts';

const ROOT = /<(smses|calls)\b[^<>]*>/u;

export const sms: Format = {
  name: 'sms',
  title: 'SMS Backup & Restore (XML)',
  networks: [NETWORK],
  systems: [{ name: 'SMS Backup & Restore', proven: 'synthetic only' }],
  unit: 'An sms, mms or call element.',
  limits: [
    'A backup does not say whose telephone it is: state the number with --account, else what was sent has no sender.',
    'The word null stands for nothing: a message of just this word has no text.',
    'A received message bears the time of its arrival; when it was sent is kept beside it.',
    'A multimedia message of more than 8 MiB is a reject.',
  ],
  detect({ text }) {
    const root = ROOT.exec(text)?.[1];
    if (root === undefined || !/^\s*<(?:\?xml|smses|calls|!--)/u.test(text)) return undefined;
    const unit =
      root === 'calls' ? /<call\b[^<>]*\bnumber=/u : /<(?:sms|mms)\b[^<>]*\b(?:address|m_id|msg_box)=/u;
    if (!unit.test(text) && !/<smses\b[^<>]*\bcount=/u.test(text)) return undefined;
    return { confidence: 0.9, reason: `XML of SMS Backup & Restore with the root ${root}` };
  },
  async *frames(source) {
    const ordinals = new Ordinals();
    for (const file of source.files) yield* backupFrames(source, file, ordinals);
  },
};

const shapeOf = (root: string): XmlShape => ({
  containers: new Set(['smses', 'calls']),
  innermost: root,
  facts: new Set(),
  units: new Set(['sms', 'mms', 'call']),
});

async function* backupFrames(
  source: Source,
  file: SourceFile,
  ordinals: Ordinals,
): AsyncIterable<readonly Frame[]> {
  const root = ROOT.exec(decodeHead(await readHead(file, 65_536)))?.[1] ?? 'smses';
  const owner = new Owner(file.settings.account);
  const stream = await openText(file);
  let stated: number | undefined;
  let found = 0;
  let units = 0;
  const read = (part: XmlPart & { bytes: Buffer }): Outcome => {
    const { offset, length } = part;
    const repairs: Parameters<typeof parseXml>[2] = [];
    const text = decode(stream, part.bytes, repairs);
    const parsed = parseXml(text, KNOWN, repairs);
    if ('code' in parsed) return { type: 'reject', code: parsed.code, detail: parsed.detail };
    return outcomeOf({
      node: parsed.node,
      owner,
      ordinals,
      repairs,
      place: { source, file, offset, length },
    });
  };
  for await (const parts of xmlParts(stream, shapeOf(root))) {
    const frames: Frame[] = [];
    for (const part of parts) {
      const { offset, length } = part;
      if (part.type === 'enter') {
        const count = /\bcount=["'](\d{1,12})["']/u.exec(part.bytes.toString('latin1'))?.[1];
        if (count !== undefined) stated = Number(count);
      } else if (part.type === 'unit' || part.type === 'fact') {
        found++;
        frames.push({ file, offset, length, units: 1, read: () => [read(part)] });
      } else if (part.type === 'problem') frames.push(rejectFrame(file, { offset, length }, part.problem));
    }
    units += frames.length;
    yield frames;
  }
  if (stated !== undefined) source.state({ what: `messages in ${nameOf(file)}`, stated, found });
  if (units === 0) yield [noEntries(file)];
}
