/** The messages of a `con:conversation`, one by one, so that one that is damaged costs only itself. */
import type { Repair } from '../../../core/event.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import { parseXml, type XmlNode } from '../../reading/xml.ts';

const TAGS: ReadonlySet<string> = new Set(
  [
    'message cli:message body cli:body x time html con:gap gap met:google-mail-signature nos:x arc:record user:x',
    'user:invite user:reason user:item request cha:active cha:inactive cha:composing cha:paused cha:gone composing',
    'p span br a b i em strong div',
  ].flatMap((names) => names.split(' ')),
);

export type FoundMessage =
  | { readonly node: XmlNode; readonly source: string; readonly repairs: Repair[] }
  | { readonly code: RejectCode };

const MAX_MESSAGES = 100_000;

export function messagesIn(xml: string): FoundMessage[] {
  const found: FoundMessage[] = [];
  const start = /<(?:[A-Za-z]{1,16}:)?message[\s>]/gu;
  let from = 0;
  for (let match = start.exec(xml); match !== null && found.length < MAX_MESSAGES; match = start.exec(xml)) {
    const name = match[0].slice(1, -1);
    from = match.index;
    const close = `</${name}>`;
    const next = xml.indexOf(close, from);
    if (next === -1) {
      found.push({ code: 'truncated' });
      break;
    }
    const source = xml.slice(from, next + close.length);
    const repairs: Repair[] = [];
    const parsed = parseXml(source, TAGS, repairs);
    found.push('node' in parsed ? { node: parsed.node, source, repairs } : { code: parsed.code });
    start.lastIndex = next + close.length;
  }
  return found;
}
