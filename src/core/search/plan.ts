/**
 * The plan: a query after everything that needs the archive was resolved (dates to instants, participants to
 * conversations, membership to intervals). Both engines translate the same plan; `holds.ts` is what each must agree with.
 */
import type { EventId, EventKind } from '../event.ts';
import type { RetentionClass } from '../record.ts';
import type { Feature } from './document.ts';

/** One place in a token sequence. Terms and literals are folded as the tokenizer folds. */
export type Pattern =
  | { readonly is: 'term'; readonly term: string }
  | { readonly is: 'prefix'; readonly prefix: string }
  /** `*` is any number of code points, also none, `?` exactly one; all else is literal. */
  | { readonly is: 'wildcard'; readonly pattern: string }
  /** Terms within `edits` insertions, removals, substitutions or swaps of neighbours; code points. */
  | { readonly is: 'fuzzy'; readonly term: string; readonly edits: 1 | 2 };

/** Tokens that follow each other directly. */
export type Phrase = readonly Pattern[];

/** Whose keys a `party` condition looks at. `involved`: sender, actor, recipient or listed. */
export type PartyRole = 'from' | 'to' | 'involved';

/** Whose addresses an `address` condition looks at. `involved`: sender, actor, recipient or listed. */
export type AddressRole = 'sender' | 'to' | 'involved';

/** Addresses while they are somebody's, or nobody's: what the directory says, as a condition on records. */
export interface Tenure {
  /** Keys of addresses. */
  readonly keys: readonly string[];
  /** On these networks alone, or on all but these. */
  readonly networks: { readonly is: 'among' | 'beyond'; readonly names: readonly string[] };
  /** [from, to) in milliseconds since 1970 UTC; null: open. */
  readonly from: number | null;
  readonly to: number | null;
}

/** Instants are milliseconds since 1970 UTC. */
export interface Interval {
  /** Key of a conversation (`conversationKey`). */
  readonly conversation: string;
  /** Both ends included; null: open. */
  readonly from: number | null;
  readonly to: number | null;
}

export type Plan =
  | { readonly op: 'all' }
  | { readonly op: 'none' }
  | { readonly op: 'and'; readonly parts: readonly Plan[] }
  | { readonly op: 'or'; readonly parts: readonly Plan[] }
  | { readonly op: 'not'; readonly part: Plan }
  | { readonly op: 'phrase'; readonly phrase: Phrase }
  /** Both occur without overlap, in either order, with at most `distance` tokens between them. */
  | { readonly op: 'near'; readonly left: Phrase; readonly right: Phrase; readonly distance: number }
  /** A word with symbols, as whitespace cuts it: `$tsla`, `c++`. Term, prefix or wildcard. */
  | { readonly op: 'word'; readonly pattern: Pattern }
  | { readonly op: 'party'; readonly role: PartyRole; readonly pattern: KeyPattern }
  /** An address within one of its tenures. `certain`: as in `time`. */
  | {
      readonly op: 'address';
      readonly role: AddressRole;
      readonly tenures: readonly Tenure[];
      readonly certain: boolean;
    }
  | { readonly op: 'conversation-name'; readonly pattern: KeyPattern }
  | { readonly op: 'file'; readonly pattern: KeyPattern }
  /** Any of these families. */
  | { readonly op: 'families'; readonly ids: readonly EventId[] }
  /** Any of these conversations, by key. */
  | { readonly op: 'conversations'; readonly keys: readonly string[] }
  | { readonly op: 'present'; readonly intervals: readonly Interval[] }
  | { readonly op: 'network'; readonly pattern: KeyPattern }
  | { readonly op: 'kind'; readonly kinds: readonly EventKind[] }
  | { readonly op: 'has'; readonly feature: Feature }
  | { readonly op: 'class'; readonly class: RetentionClass }
  /**
   * Instants in [from, to), null where open. A record's time is a range (zone assumed, precision coarse): `certain`
   * false asks that the range touches the period, true that it lies within.
   */
  | {
      readonly op: 'time';
      readonly from: number | null;
      readonly to: number | null;
      readonly certain: boolean;
    };

/** Whole keys (any of several spellings), or a pattern over keys. */
export type KeyPattern =
  | { readonly is: 'keys'; readonly keys: readonly string[] }
  | { readonly is: 'wildcard'; readonly pattern: string };
