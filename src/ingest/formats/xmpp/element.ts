/** Stanzas as trees: children by local name and namespace, whatever prefix they bear. */
import type { Json, Repair } from '../../../core/event.ts';
import { gather } from '../../reading/gather.ts';
import { wellFormed } from '../../reading/text.ts';
import type { XmlNode } from '../../reading/xml.ts';

export const localName = (node: XmlNode): string => node.name.slice(node.name.indexOf(':') + 1);

/** The first child of a name; with `space`, only of a namespace that begins so. */
export const child = (node: XmlNode, name: string, space?: string): XmlNode | undefined =>
  node.children.find(
    (each) =>
      localName(each) === name && (space === undefined || (each.attributes.xmlns ?? '').startsWith(space)),
  );

/** An attribute as text; undefined where it is absent or empty. */
export function attribute(node: XmlNode, name: string): string | undefined {
  const value = node.attributes[name]?.trim().toWellFormed();
  return value === undefined || value === '' ? undefined : value;
}

/** Text of a child as written. */
export function said(node: XmlNode, name: string, repairs: Repair[]): string | undefined {
  const found = child(node, name);
  return found === undefined ? undefined : wellFormed(found.text, repairs, name);
}

/** An element as JSON under its own names, for `extra`. */
export function asJson(node: XmlNode): Json {
  const text = node.text.trim().toWellFormed();
  const pairs: [string, Json][] = [
    ...Object.entries(node.attributes).map(([name, each]): [string, Json] => [
      `@${name}`,
      each.toWellFormed(),
    ]),
    ...node.children.map((each): [string, Json] => [localName(each), asJson(each)]),
  ];
  if (pairs.length === 0) return text;
  return gather(text === '' ? pairs : [...pairs, ['#text', text]]);
}

/** Names that are tags in stanzas; any other `<` is a character that somebody forgot to escape. */
export const STANZA_TAGS: ReadonlySet<string> = new Set(
  [
    'message presence iq body subject thread html p span br a b i em strong x delay result forwarded fin set',
    'first last count item group query list default replace retract retracted moderated reactions reaction',
    'apply-to fallback displayed received sent active composing paused inactive gone url desc invite reason',
    'status show priority error text nick stanza-id origin-id occupant-id reply reference encrypted packet',
    'chat from to note next previous save user host archive offline-messages server-data log jive private',
    'max before after c event items value field store no-store markable request address addresses rosterx',
  ].flatMap((names) => names.split(' ')),
);
