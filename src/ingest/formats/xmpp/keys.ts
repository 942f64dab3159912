/** By which name a message is known to those that change or answer it. */
import type { XmlNode } from '../../reading/xml.ts';
import { attribute, localName } from './element.ts';
import { bare } from './people.ts';
import { Recent } from './recent.ts';

/** Messages that are remembered; the oldest are forgotten first. */
const MAX_KNOWN = 200_000;

/**
 * In a room the id that the room gave counts (XEP-0359), since reactions and retractions name it; between two the id of
 * the message itself. Corrections name the message's own id everywhere, so a room's messages are remembered by both.
 */
export class MessageKeys {
  readonly #captured = new Recent(MAX_KNOWN);
  readonly #byOwnId = new Recent(MAX_KNOWN);
  readonly #roots = new Recent(MAX_KNOWN);

  /** The key of a message; undefined where it has no id. */
  keyOf(node: XmlNode, room: string | undefined, archiveId: string | undefined): string | undefined {
    const own = attribute(node, 'id') ?? originId(node);
    if (room === undefined) return own;
    const key = stanzaId(node, room) ?? archiveId ?? own;
    if (own !== undefined && key !== undefined && own !== key) {
      this.#byOwnId.set(`${room}\n${own}`, key);
    }
    return key;
  }

  /** The key of the message that a correction names by its own id. */
  byOwnId(id: string, room: string | undefined): string {
    return (room === undefined ? undefined : this.#byOwnId.get(`${room}\n${id}`)) ?? id;
  }

  /** Remembers that a message corrects another: what answers the correction belongs to the first. */
  edit(conversation: string, key: string, root: string): void {
    this.#roots.set(`${conversation}\n${key}`, root);
  }

  /** The message that a key leads to. */
  root(conversation: string, key: string): string {
    return this.#roots.get(`${conversation}\n${key}`) ?? key;
  }

  /** Remembers that a message was read. */
  capture(conversation: string, key: string): void {
    this.#captured.set(`${conversation}\n${key}`, '');
  }

  captured(conversation: string, key: string): 'captured' | 'not-captured' {
    return this.#captured.get(`${conversation}\n${key}`) === undefined ? 'not-captured' : 'captured';
  }
}

function stanzaId(node: XmlNode, room: string): string | undefined {
  for (const each of node.children) {
    if (localName(each) !== 'stanza-id') continue;
    const by = attribute(each, 'by');
    if (by !== undefined && bare(by) === room) return attribute(each, 'id');
  }
  return undefined;
}

function originId(node: XmlNode): string | undefined {
  const found = node.children.find((each) => localName(each) === 'origin-id');
  return found === undefined ? undefined : attribute(found, 'id');
}
