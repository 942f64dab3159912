/** A stanza as Prosody keeps it in Lua (`util.stanza.preserialize`): `name`, `attr`, and children with the text. */
import type { XmlNode } from '../../reading/xml.ts';
import { isTable, type LuaTable, type LuaValue } from './lua.ts';

const MAX_DEPTH = 64;

export function stanzaOf(table: LuaTable, depth = 0): XmlNode | undefined {
  const name = table.get('name');
  if (typeof name !== 'string' || depth > MAX_DEPTH) return undefined;
  const attributes: Record<string, string> = {};
  const given = table.get('attr');
  if (isTable(given))
    for (const [key, value] of given)
      if (typeof value === 'string' || typeof value === 'number') attributes[key] = String(value);
  const node: XmlNode = { name, attributes, children: [], text: '' };
  // Older versions keep children in the stanza itself, newer ones in `__array`.
  const inner = table.get('__array');
  for (const child of elementsOf(isTable(inner) && inner.size > 0 ? inner : table)) {
    if (typeof child === 'string') node.text += child;
    else if (isTable(child)) {
      const found = stanzaOf(child, depth + 1);
      if (found !== undefined) node.children.push(found);
    }
  }
  return node;
}

function* elementsOf(table: LuaTable): Iterable<LuaValue> {
  for (let i = 1; ; i++) {
    const value = table.get(String(i));
    if (value === undefined) return;
    yield value;
  }
}
