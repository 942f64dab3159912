/** People of Bloomberg's dumps: `User` and `UserInfo`, with the firm around them. */
import type { Json, Party, Repair } from '../../../core/event.ts';
import { gather } from '../../reading/gather.ts';
import { party } from '../../reading/party.ts';
import { wellFormed } from '../../reading/text.ts';
import { childText, type XmlNode } from '../../reading/xml.ts';

export const NETWORK = 'bloomberg';

/**
 * A person by the address that both dumps share, the Bloomberg one; else the login, else the firm's address. People of
 * other networks have their mail address there.
 */
export function personOf(node: XmlNode, repairs: Repair[]): Party | undefined {
  const names = [childText(node, 'FirstName'), childText(node, 'LastName')].filter(
    (name) => name !== undefined,
  );
  const name = names.length === 0 ? undefined : names.join(' ');
  const address =
    childText(node, 'BloombergEmailAddress') ??
    childText(node, 'EmailAddress') ??
    childText(node, 'LoginName');
  if (address !== undefined) return party(NETWORK, address, name);
  const corporate = childText(node, 'CorporateEmailAddress') ?? childText(node, 'CorporateEmailID');
  if (corporate === undefined) return undefined;
  repairs.push({ code: 'sender-from-email' });
  return party(NETWORK, corporate, name);
}

const IN_PARTY = new Set(['FirstName', 'LastName', 'BloombergEmailAddress', 'EmailAddress']);

/** What else is said of a person: firm, account, UUID, and whatever later versions add. */
export function firmOf(node: XmlNode): { readonly [key: string]: Json } | undefined {
  const pairs = node.children.flatMap((child): [string, Json][] => {
    const value = IN_PARTY.has(child.name) ? undefined : anyValue(child);
    return value === undefined ? [] : [[child.name, value]];
  });
  return pairs.length === 0 ? undefined : gather(pairs);
}

/** An element as JSON, under its own names: text, or an object of attributes (`@name`) and children. */
export function anyValue(node: XmlNode): Json | undefined {
  const text = node.text.trim();
  const names = Object.keys(node.attributes);
  if (node.children.length === 0 && names.length === 0)
    return text === '' ? undefined : wellFormed(text, [], node.name);
  const pairs = names.map((name): [string, Json] => [
    `@${name}`,
    wellFormed(node.attributes[name] ?? '', [], name),
  ]);
  for (const child of node.children) {
    const inner = anyValue(child);
    if (inner !== undefined) pairs.push([child.name, inner]);
  }
  if (text !== '') pairs.push(['#text', wellFormed(text, [], node.name)]);
  return pairs.length === 0 ? undefined : gather(pairs);
}
