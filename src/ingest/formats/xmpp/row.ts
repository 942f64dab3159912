/** Stanzas that servers keep in columns. */
import type { Moment, Repair } from '../../../core/event.ts';
import { instantOf, numberOf } from '../../reading/time.ts';
import { parseXml, type XmlNode } from '../../reading/xml.ts';
import { STANZA_TAGS } from './element.ts';

/** A stanza from a column; undefined where there is none or it cannot be read. */
export function stanzaIn(text: string | undefined, repairs: Repair[]): XmlNode | undefined {
  if (text === undefined || !text.trimStart().startsWith('<')) return undefined;
  const found = parseXml(text, STANZA_TAGS, repairs);
  return 'node' in found ? found.node : undefined;
}

/** A message from what its columns say, where the stanza itself was not kept. */
export function messageOf(
  attributes: Readonly<Record<string, string | undefined>>,
  texts: Readonly<Record<string, string | undefined>>,
): XmlNode {
  const given: Record<string, string> = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) given[name] = value;
  }
  const children: XmlNode[] = [];
  for (const name in texts) {
    const text = texts[name];
    if (text !== undefined) children.push({ name, attributes: {}, children: [], text });
  }
  return { name: 'message', attributes: given, children, text: '' };
}

/** A message whose text stands beside it: a server may keep the body in a column and drop it from the stanza. */
export function withBody(node: XmlNode, body: string | undefined): XmlNode {
  if (body === undefined || body === '' || node.name !== 'message') return node;
  if (node.children.some(({ name }) => name === 'body')) return node;
  return {
    ...node,
    children: [...node.children, { name: 'body', attributes: {}, children: [], text: body }],
  };
}

/** A stanza with other attributes; undefined takes one away. */
export function withAttributes(
  node: XmlNode,
  attributes: Readonly<Record<string, string | undefined>>,
): XmlNode {
  if (Object.entries(attributes).every(([name, value]) => node.attributes[name] === value)) return node;
  const all: Record<string, string> = { ...node.attributes };
  for (const [name, value] of Object.entries(attributes))
    if (value === undefined) delete all[name];
    else all[name] = value;
  return { ...node, attributes: all };
}

/** Epoch text: seconds, milliseconds or microseconds, by the column. */
export function epochOf(text: string | undefined, unit: 's' | 'ms' | 'us'): Moment | undefined {
  const match = text === undefined ? null : /^(\d{1,18})(?:\.(\d+))?$/u.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  const ms =
    unit === 'us'
      ? numberOf(whole.slice(0, -3))
      : unit === 'ms'
        ? numberOf(whole)
        : numberOf(whole) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  const instant = instantOf(ms);
  const precision = unit === 's' && fraction === '' ? 's' : 'ms';
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision };
}

export const jid = (bare: string | undefined, resource: string | undefined): string | undefined =>
  bare === undefined ? undefined : resource === undefined || resource === '' ? bare : `${bare}/${resource}`;
