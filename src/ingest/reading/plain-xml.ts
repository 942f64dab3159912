/** XML of the plain form that machines write, read without a parser: dumps hold millions of elements, and nothing else. */
import { MAX_DEPTH } from '../format.ts';
import type { XmlNode } from './xml.ts';

const BLANK = /^[ \t\r\n]*$/;
const CDATA = '<![CDATA[';
const [TAB, LF, CR, SPACE, BANG, QUOTE, APOSTROPHE, SLASH, LT, EQUALS, GT] = [
  9, 10, 13, 32, 33, 34, 39, 47, 60, 61, 62,
];
/** What may begin a name (2) and what may go on with one (1), of ASCII: names in other letters are for the parser. */
const IN_NAME = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  return /[A-Za-z_]/.test(char) ? 2 : /[\w.:-]/.test(char) ? 1 : 0;
});
const isBlank = (code: number): boolean => code === SPACE || code === LF || code === CR || code === TAB;
/** What XML has no way to write; half of a pair of surrogates is looked for apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/**
 * The element, where it is well-formed and of the plain form: elements, attributes in quotes, text, the five entities
 * and references to characters, CDATA; nothing but blanks around it. Two references that together are one character
 * beyond the first plane, which XML has not and exporters write, become that character, in an element of a `known`
 * name without content. Undefined for anything else, which is for the parser to judge.
 */
export function plainXml(text: string, known: ReadonlySet<string>): XmlNode | undefined {
  if (FORBIDDEN.test(text) || !text.isWellFormed()) return undefined;
  paired = false;
  const stack: XmlNode[] = [];
  let root: XmlNode | undefined;
  let top: XmlNode | undefined;
  for (let at = 0; at < text.length; ) {
    const tag = text.indexOf('<', at);
    const end = tag === -1 ? text.length : tag;
    if (end > at) {
      const said = text.slice(at, end);
      if (top === undefined) {
        if (!BLANK.test(said)) return undefined;
      } else {
        const plain = characters(said);
        if (plain === undefined || said.includes(']]>')) return undefined;
        top.text += plain;
      }
    }
    if (tag === -1) break;
    const next = text.charCodeAt(tag + 1);
    if (next === SLASH) {
      if (top === undefined || !text.startsWith(top.name, tag + 2)) return undefined;
      at = pastBlanks(text, tag + 2 + top.name.length);
      if (text.charCodeAt(at) !== GT) return undefined;
      at++;
      stack.pop();
      top = stack.at(-1);
    } else if (next === BANG) {
      const close = text.startsWith(CDATA, tag) ? text.indexOf(']]>', tag) : -1;
      if (top === undefined || close === -1) return undefined;
      top.text += lineEnds(text.slice(tag + CDATA.length, close));
      at = close + 3;
    } else {
      if (top === undefined && root !== undefined) return undefined;
      const node = startTag(text, tag + 1);
      if (node === undefined) return undefined;
      const empty = text.charCodeAt(behind) === SLASH;
      at = behind + (empty ? 2 : 1);
      if (text.charCodeAt(at - 1) !== GT || stack.length === MAX_DEPTH) return undefined;
      if (top === undefined) root = node;
      else top.children.push(node);
      if (empty) continue;
      stack.push(node);
      top = node;
    }
  }
  if (root === undefined || top !== undefined) return undefined;
  return paired && (root.children.length > 0 || !known.has(root.name)) ? undefined : root;
}

/** The tag that a text begins with, where it is of the plain form, and whether it ends its element. */
export function plainTag(
  text: string,
): { readonly node: XmlNode; readonly end: number; readonly empty: boolean } | undefined {
  paired = false;
  const node = text.startsWith('<') ? startTag(text, 1) : undefined;
  if (node === undefined || paired) return undefined;
  const empty = text.charCodeAt(behind) === SLASH;
  const end = behind + (empty ? 2 : 1);
  if (text.charCodeAt(end - 1) !== GT) return undefined;
  const tag = text.slice(0, end);
  return FORBIDDEN.test(tag) || !tag.isWellFormed() ? undefined : { node, end, empty };
}

function pastBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Index behind the name that begins at an index; the index itself where none does. */
function nameEnd(text: string, from: number): number {
  if (IN_NAME[text.charCodeAt(from)] !== 2) return from;
  let at = from + 1;
  while ((IN_NAME[text.charCodeAt(at)] ?? 0) > 0) at++;
  return at;
}

/** Index behind the start tag that was read last, without its `/>` or `>`. */
let behind = 0;
/** Two references made one character in the element that is being read. */
let paired = false;

/** Name and attributes of the tag whose name begins at an index. */
function startTag(text: string, from: number): XmlNode | undefined {
  let at = nameEnd(text, from);
  if (at === from) return undefined;
  const name = text.slice(from, at);
  let attributes: Record<string, string> | undefined;
  while (isBlank(text.charCodeAt(at))) {
    at = pastBlanks(text, at);
    const end = nameEnd(text, at);
    if (end === at) break;
    const close = valueEnd(text, end);
    if (close === -1) return undefined;
    const key = text.slice(at, end);
    const value = characters(text.slice(end + 2, close));
    attributes ??= {};
    if (value === undefined || key === '__proto__' || Object.hasOwn(attributes, key)) return undefined;
    attributes[key] = value;
    at = close + 1;
  }
  behind = at;
  return { name, attributes: attributes ?? NONE, children: [], text: '' };
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});

/** Index of the quote that ends the value of an attribute whose name ends at an index; −1: not of the plain form. */
function valueEnd(text: string, from: number): number {
  const quote = text.charCodeAt(from + 1);
  if (text.charCodeAt(from) !== EQUALS || (quote !== QUOTE && quote !== APOSTROPHE)) return -1;
  for (let at = from + 2; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === LT || code === TAB || code === LF || code === CR) return -1;
  }
  return -1;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const REFERENCE = /&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos));|&/g;

/** Character data with its references replaced; undefined where one is not known or means no character. */
function characters(raw: string): string | undefined {
  if (!raw.includes('&')) return lineEnds(raw);
  let sound = true;
  const plain = lineEnds(raw).replaceAll(REFERENCE, (all, dec?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? all;
    const code = dec === undefined ? Number.parseInt(hex ?? '', 16) : Number(dec);
    if (Number.isNaN(code) || code > 0x10ffff) {
      sound = false;
      return all;
    }
    const character = String.fromCodePoint(code);
    if (FORBIDDEN.test(character)) sound = false;
    if (code >= 0xd800 && code <= 0xdfff) paired = true;
    return character;
  });
  return sound && (!paired || plain.isWellFormed()) ? plain : undefined;
}

/** A line ends in LF, however it was written. */
const lineEnds = (text: string): string => (text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text);
