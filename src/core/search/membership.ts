/**
 * Who was present when, from what conversations themselves show. Somebody is present from the first event that shows him
 * there (a join, a roster with him, anything he sent or was sent) until a leave of his, or a roster without him; both
 * instants included. In a direct conversation both sides are present throughout.
 */
import type { IndexDocument } from './document.ts';
import { type SearchFields, searchFields } from './fields.ts';
import { keyFits } from './fits.ts';
import type { Interval, KeyPattern } from './plan.ts';

/** What {@link presence} has to see of a document. */
export class PresenceTracker {
  readonly #pattern: KeyPattern;
  readonly #open = new Map<string, number>();
  readonly #closed: Interval[] = [];
  readonly #direct = new Set<string>();

  constructor(pattern: KeyPattern) {
    this.#pattern = pattern;
  }

  /** Documents of any conversations, in order (at, log, leaf). */
  see(document: IndexDocument, fields: SearchFields = searchFields(document)): void {
    const { conversation, at } = fields;
    if (document.conversation.kind === 'direct') {
      if (keyFits(fields.involved, this.#pattern)) this.#direct.add(conversation);
      return;
    }
    const isThere = this.#isThere(document, fields);
    const since = this.#open.get(conversation);
    if (isThere === true && since === undefined) this.#open.set(conversation, at);
    if (isThere !== false) return;
    // A leave without a join says that he was there until then; since when is not known.
    if (since !== undefined || document.kind === 'leave')
      this.#closed.push({ conversation, from: since ?? at, to: at });
    this.#open.delete(conversation);
  }

  /** Intervals by conversation, then time. */
  intervals(): Interval[] {
    const direct = [...this.#direct].map((conversation) => ({ conversation, from: null, to: null }));
    const open = [...this.#open].map(([conversation, from]) => ({ conversation, from, to: null }));
    return [...direct, ...open, ...this.#closed].sort((a, b) =>
      a.conversation === b.conversation
        ? (a.from ?? 0) - (b.from ?? 0)
        : a.conversation < b.conversation
          ? -1
          : 1,
    );
  }

  /** True: the event shows him there; false: it shows him gone; undefined: it says nothing. */
  #isThere(document: IndexDocument, fields: SearchFields): boolean | undefined {
    if (document.kind === 'roster') return keyFits(fields.involved, this.#pattern);
    if (!keyFits(fields.from, this.#pattern) && !keyFits(fields.to, this.#pattern)) return undefined;
    return document.kind !== 'leave' || !isSender(document, this.#pattern);
  }
}

function isSender(document: IndexDocument, pattern: KeyPattern): boolean {
  const { actor: _, ...rest } = document;
  return keyFits(searchFields(rest).from, pattern);
}
