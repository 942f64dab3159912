/** Messages that are taken away: XEP-0424 and 0425, in their present form and the one before. */
import type { Json } from '../../../core/event.ts';
import type { Draft } from '../../reading/scribe.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { isOfCall } from './call.ts';
import { attribute, child } from './element.ts';
import { bare, occupant, person } from './people.ts';

/** The id of what is taken away, and the element that says so. */
export function retraction(node: XmlNode): { readonly id: string; readonly node: XmlNode } | undefined {
  const retract = child(node, 'retract');
  const id = retract === undefined ? undefined : attribute(retract, 'id');
  if (retract !== undefined && isOfCall(retract)) return undefined;
  if (retract !== undefined && id !== undefined) return { id, node: retract };
  const applied = child(node, 'apply-to');
  const to = applied === undefined ? undefined : attribute(applied, 'id');
  if (applied === undefined || to === undefined) return undefined;
  const inner = child(applied, 'moderated') ?? applied;
  return child(inner, 'retract') === undefined ? undefined : { id: to, node: applied };
}

/** Who took a message away, where that is not its sender. */
export function moderator(node: XmlNode, room: string | undefined): Pick<Draft, 'actor'> {
  const moderated = child(node, 'moderated');
  const by = moderated === undefined ? undefined : attribute(moderated, 'by');
  if (by === undefined) return {};
  const actor = room !== undefined && bare(by) === room ? occupant(by, undefined) : person(by);
  return actor === undefined ? {} : { actor };
}

/** Why it was taken away. */
export function reason(node: XmlNode): { extra?: { readonly [key: string]: Json } } {
  const found = child(node, 'reason') ?? child(child(node, 'moderated') ?? node, 'reason');
  const text = found?.text.trim().toWellFormed();
  return text === undefined || text === '' ? {} : { extra: { reason: text } };
}
