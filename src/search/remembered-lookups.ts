import type { Directory } from '../core/directory/fold.ts';
import { peopleBy } from '../core/directory/reference.ts';
import type { EventId } from '../core/event.ts';
import type { HeldRecords } from '../core/holds/held.ts';
import type { MatchContext } from '../core/search/matches.ts';
import type { Interval, KeyPattern } from '../core/search/plan.ts';
import type { Lookups } from '../core/search/resolve.ts';

/** The reference judges single records with what was looked up for the plan. */
export class RememberedLookups implements Lookups {
  readonly zone: string;
  readonly custodian: Lookups['custodian'];
  readonly firm: Lookups['firm'];
  readonly #lookups: Lookups;
  readonly #directory: Directory;
  readonly held?: NonNullable<Lookups['held']>;
  readonly #held = new Map<string, ReadonlySet<EventId> | 'everything'>();
  readonly #conversations = new Map<string, ReadonlySet<string>>();
  readonly #intervals = new Map<string, readonly Interval[]>();

  constructor(lookups: Lookups, directory: Directory, held: HeldRecords | undefined) {
    if (held !== undefined)
      this.held = async (asked) => {
        const found = await held.covered(asked);
        this.#held.set(JSON.stringify(asked), found === 'everything' ? found : new Set(found));
        return found;
      };
    this.#lookups = lookups;
    this.#directory = directory;
    this.zone = lookups.zone;
    this.custodian = lookups.custodian;
    this.firm = lookups.firm;
  }

  async conversations(pattern: KeyPattern): Promise<readonly string[]> {
    const found = await this.#lookups.conversations(pattern);
    this.#conversations.set(JSON.stringify(pattern), new Set(found));
    return found;
  }

  async intervals(pattern: KeyPattern): Promise<readonly Interval[]> {
    const found = await this.#lookups.intervals(pattern);
    this.#intervals.set(JSON.stringify(pattern), found);
    return found;
  }

  context(): MatchContext {
    return {
      zone: this.zone,
      ...peopleBy(this.#directory),
      isHeld: (asked, { family }) => {
        const found = this.#held.get(JSON.stringify(asked));
        return found === 'everything' || found?.has(family) === true;
      },
      conversations: (pattern) => this.#conversations.get(JSON.stringify(pattern)) ?? new Set(),
      intervals: (pattern) => this.#intervals.get(JSON.stringify(pattern)) ?? [],
    };
  }
}
