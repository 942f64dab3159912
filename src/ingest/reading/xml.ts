/** One XML element as a small tree: saxes for conformity, and the few recoveries that real exports need. */
import { SaxesParser } from 'saxes';
import type { Repair } from '../../core/event.ts';
import type { RejectCode } from '../../core/rejects.ts';
import { MAX_DEPTH } from '../format.ts';
import { plainXml } from './plain-xml.ts';

export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
  /** Character data of this element itself. */
  text: string;
}

export type XmlResult =
  | { readonly node: XmlNode }
  | {
      readonly code: Extract<RejectCode, 'xml-malformed' | 'xml-entity' | 'too-deep' | 'too-many-values'>;
      readonly detail: string;
    };

class Refused extends Error {
  readonly code: 'xml-malformed' | 'too-deep';
  constructor(code: 'xml-malformed' | 'too-deep', message: string) {
    super(message);
    this.code = code;
  }
}

function parseStrict(text: string): XmlNode {
  const parser = new SaxesParser({ fragment: true, position: false });
  const stack: XmlNode[] = [];
  let root: XmlNode | undefined;
  parser.on('error', (error) => {
    // Messages of the parser can quote names, never text.
    throw new Refused('xml-malformed', error.message.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 120));
  });
  parser.on('opentag', (tag) => {
    const node: XmlNode = {
      name: tag.name,
      attributes: tag.attributes as Record<string, string>,
      children: [],
      text: '',
    };
    const parent = stack.at(-1);
    if (parent === undefined) root ??= node;
    else parent.children.push(node);
    stack.push(node);
    if (stack.length > MAX_DEPTH) throw new Refused('too-deep', `deeper than ${MAX_DEPTH}`);
  });
  parser.on('closetag', () => stack.pop());
  const append = (text: string): void => {
    const top = stack.at(-1);
    if (top !== undefined) top.text += text;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.write(text).close();
  if (root === undefined) throw new Refused('xml-malformed', 'no element');
  return root;
}

/** Tags and references in one unit: each costs many times its bytes once it is parsed or mended. */
const MAX_MARKS = 200_000;

/** Number of `<` and `&`, up to just past the limit. */
function marksIn(text: string): number {
  if (text.length < MAX_MARKS) return 0;
  let marks = 0;
  for (const mark of ['<', '&'])
    for (let at = text.indexOf(mark); at !== -1 && marks <= MAX_MARKS; at = text.indexOf(mark, at + 1))
      marks++;
  return marks;
}

const PREDEFINED = /^(?:amp|lt|gt|quot|apos)$/u;

/**
 * Parses one element. `known`: names that are tags; any other `<` is a character of the text that somebody forgot to
 * escape. Entities other than the five and character references are refused: only a document type could define them.
 */
export function parseXml(text: string, known: ReadonlySet<string>, repairs: Repair[]): XmlResult {
  if (marksIn(text) > MAX_MARKS) return { code: 'too-many-values', detail: `more than ${MAX_MARKS} tags` };
  const plain = plainXml(text, known);
  if (plain !== undefined) return { node: plain };
  try {
    return { node: parseStrict(text) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === 'too-deep') return { code: 'too-deep', detail: error.message };
  }
  // Only names that look defined on purpose; `&copy=` in a raw URL is a bare ampersand.
  for (const match of text.matchAll(/&([A-Za-z][\w.-]*);/gu)) {
    if (!PREDEFINED.test(match[1] as string))
      return { code: 'xml-entity', detail: 'an entity that is not predefined' };
  }
  const mended = mend(text, known, repairs);
  try {
    return { node: parseStrict(mended) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { code: error.code, detail: error.message };
  }
}

function mend(source: string, known: ReadonlySet<string>, repairs: Repair[]): string {
  const found = new Set<string>();
  const text = source
    .replaceAll(/<(\/?)\s+([A-Za-z_][\w:.-]*)\s*>/gu, (all, slash: string, name: string) => {
      if (!known.has(name)) return all;
      found.add('tag-whitespace');
      return `<${slash}${name}>`;
    })
    .replaceAll(/<(?!!\[CDATA\[|!--)(\/?)([A-Za-z_][\w:.-]*)?/gu, (all, _slash, name?: string) => {
      if (name !== undefined && known.has(name)) return all;
      found.add('raw-markup');
      return `&lt;${all.slice(1)}`;
    })
    .replaceAll(/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/gu, () => {
      found.add('raw-markup');
      return '&amp;';
    })
    .replaceAll(/(?:&#(?:\d+|x[\da-fA-F]+);)+/gu, (run) => {
      const { text: sound, broken } = withoutHalves(run);
      if (broken) found.add('lone-surrogate');
      return sound;
    })
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, () => {
      found.add('encoding-invalid');
      return '\ufffd';
    });
  for (const code of found) repairs.push({ code });
  return text;
}

/** References to what XML has: two that together are one character beyond the first plane become that character. */
function withoutHalves(run: string): { text: string; broken: boolean } {
  const codes = run
    .slice(2, -1)
    .split(';&#')
    .map((each) => (each.startsWith('x') ? Number.parseInt(each.slice(1), 16) : Number(each)));
  let text = '';
  let broken = false;
  for (let i = 0; i < codes.length; i++) {
    const [code = 0, next = 0] = codes.slice(i, i + 2);
    if (isXmlChar(code)) text += `&#${code};`;
    else if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      text += String.fromCharCode(code, next);
      i++;
    } else {
      text += '\ufffd';
      broken = true;
    }
  }
  return { text, broken };
}

const isXmlChar = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff);

/** Text of a child element, trimmed; undefined where it is absent or empty. */
export function childText(node: XmlNode, name: string): string | undefined {
  const text = node.children.find((child) => child.name === name)?.text.trim();
  return text === '' ? undefined : text;
}
