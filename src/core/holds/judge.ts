/**
 * What holds cover, judged on records as the vault has them and on nothing else. Whether one record is held depends on
 * others (its family, its slice, whom its conversation ever named), so records are shown to the judge in rounds:
 * all of them to `learn`, then all to `match`, then all to `spread`; after that `holdsOf` answers for any of them.
 *
 * A hold covers whole families: what replaced or removed a held message is held with it, and the other way round. Where
 * a scope has words, it covers the slice around each match: the conversation's whole day in the matter's zone. An error
 * holds.
 */
import type { Hold, Register } from '../control/register.ts';
import type { Directory } from '../directory/fold.ts';
import type { ReceiptEntry, Reject } from '../record.ts';
import type { IndexDocument } from '../search/document.ts';
import { conversationKey, type SearchFields } from '../search/fields.ts';
import { keyFits } from '../search/fits.ts';
import { LANGUAGES, type Language, type Languages } from '../search/language.ts';
import type { MatchContext } from '../search/matches.ts';
import type { KeyPattern } from '../search/plan.ts';
import { partsOf } from '../search/query.ts';
import { timeRange } from '../search/time-range.ts';
import { offsetAt } from '../search/zones.ts';
import { namesCustodian } from './custodians.ts';
import { IdSet } from './id-set.ts';
import { judgeRecord, judgeUnread } from './judge-unsure.ts';
import { type ReadScope, readScope } from './read-scope.ts';

/** A hold as it is judged. */
export interface JudgedHold {
  readonly hold: string;
  /** Zone of its matter: of dates without one, and of days. */
  readonly zone: string;
  readonly scopes: readonly ReadScope[];
  /** With all that its versions ever said. */
  readonly directory: Directory;
}

/** The holds that are in force. */
export function holdsInForce(register: Register, languages: Languages = LANGUAGES): JudgedHold[] {
  return [...register.holds.values()]
    .filter(({ released }) => released === null)
    .map((hold) => judgedHold(register, hold, languages));
}

export function judgedHold(register: Register, hold: Hold, languages: Languages = LANGUAGES): JudgedHold {
  return {
    hold: hold.hold,
    zone: register.matters.get(hold.matter)?.zone ?? 'UTC',
    scopes: hold.scopes.map((scope) => readScope(scope, languages)),
    directory: register.directory,
  };
}

interface Docket {
  readonly hold: JudgedHold;
  /** Everything is held: by what it says, or because it cannot be read. */
  readonly all: boolean;
  /** Families that are held. */
  readonly families: IdSet;
  /** Slices of matches of scopes with words: conversation and day. */
  readonly slices: Set<string>;
}

const DAY = 86_400_000;

export class HoldJudge {
  readonly #dockets: readonly Docket[];
  /** Pattern of `participant:` or `member:` → conversations that ever named him. */
  readonly #conversations = new Map<string, { readonly pattern: KeyPattern; readonly found: Set<string> }>();
  readonly #networksOfReceipts = new Map<string, Set<string>>();
  readonly #connectors = new Map<string, Pick<ReceiptEntry, 'connector' | 'receivedAt'>>();
  #networks: Map<string, Set<string>> | undefined;

  constructor(holds: readonly JudgedHold[]) {
    this.#dockets = holds.map((hold) => ({
      hold,
      all: hold.scopes.some(({ readings }) => readings.length === 0 || readings.some(isEverything)),
      families: new IdSet(),
      slices: new Set(),
    }));
    for (const { scopes } of holds)
      for (const { readings } of scopes)
        for (const { query } of readings)
          for (const part of partsOf(query))
            if (part.type === 'field' && (part.field === 'participant' || part.field === 'member'))
              this.#conversations.set(JSON.stringify(part.pattern), {
                pattern: part.pattern,
                found: new Set(),
              });
  }

  /** First round; not needed for holds that ask nothing about conversations (`needsLearning`). */
  learn(document: IndexDocument): void {
    const language = LANGUAGES.versions.get(LANGUAGES.current);
    const { involved, conversation } = language?.fieldsOf(document) ?? {};
    if (involved === undefined || conversation === undefined) return;
    for (const { pattern, found } of this.#conversations.values())
      if (keyFits(involved, pattern)) found.add(conversation);
  }

  get needsLearning(): boolean {
    return this.#conversations.size > 0;
  }

  /** Second round. `receipt`: with which the record came. */
  match(document: IndexDocument, receipt: string): void {
    const networks = this.#networksOfReceipts.get(receipt) ?? new Set();
    if (networks.size === 0) this.#networksOfReceipts.set(receipt, networks);
    networks.add(document.network);
    const fields = new Map<Language, SearchFields>();
    for (const docket of this.#dockets) {
      if (docket.all) continue;
      const found = this.#foundBy(docket.hold, document, fields);
      if (found === 'no') continue;
      docket.families.add(document.family);
      if (found === 'with words')
        for (const slice of slicesOf(document, docket.hold.zone)) docket.slices.add(slice);
    }
  }

  /** Second round, too. */
  matchReceipt(entry: ReceiptEntry): void {
    this.#connectors.set(entry.receipt, { connector: entry.connector, receivedAt: entry.receivedAt });
  }

  /** Third round: families that have a member in a held slice. */
  spread(document: IndexDocument): void {
    for (const { families, slices, hold } of this.#dockets)
      if (slices.size > 0 && slicesOf(document, hold.zone).some((slice) => slices.has(slice)))
        families.add(document.family);
  }

  get needsSpreading(): boolean {
    return this.#dockets.some(({ slices }) => slices.size > 0);
  }

  /** Names of the holds that cover an event's record. */
  holdsOf(document: Pick<IndexDocument, 'family'>): string[] {
    return this.#dockets
      .filter(({ all, families }) => all || families.has(document.family))
      .map(({ hold }) => hold.hold);
  }

  coversAll(hold: string): boolean {
    return this.#dockets.some((docket) => docket.hold.hold === hold && docket.all);
  }

  /** Names of the holds that cover a part that could not be read. */
  holdsOfReject(reject: Pick<Reject, 'receipt'>): string[] {
    const receipt = this.#connectors.get(reject.receipt);
    const connector = receipt?.connector;
    const unread = {
      // A reject whose receipt is not known yet was received at no known time: no date excludes it.
      receivedAt: receipt === undefined ? Number.POSITIVE_INFINITY : Date.parse(receipt.receivedAt),
      networks: connector === undefined ? undefined : this.#networksOf(connector),
    };
    return this.#dockets
      .filter(
        ({ all, hold }) =>
          all ||
          hold.scopes.some(({ readings }) =>
            readings.some((reading) => judgeUnread(reading, unread, hold.zone) !== 'no'),
          ),
      )
      .map(({ hold }) => hold.hold);
  }

  #foundBy(
    hold: JudgedHold,
    document: IndexDocument,
    known: Map<Language, SearchFields>,
  ): 'no' | 'yes' | 'with words' {
    let isFound = false;
    for (const scope of hold.scopes) {
      const context: MatchContext = {
        zone: hold.zone,
        conversations: (pattern) => this.#conversations.get(JSON.stringify(pattern))?.found ?? new Set(),
        intervals: () => [],
        names: (custodian, record) =>
          namesCustodian(hold.directory, custodian, scope.directory, record) ? 'yes' : 'no',
      };
      for (const reading of scope.readings) {
        if (!isCovered(reading, document, known, context)) continue;
        if (scope.hasWords) return 'with words';
        isFound = true;
      }
    }
    return isFound ? 'yes' : 'no';
  }

  #networksOf(connector: string): ReadonlySet<string> | undefined {
    if (this.#networks === undefined) {
      this.#networks = new Map();
      for (const [receipt, entry] of this.#connectors) {
        const networks = this.#networks.get(entry.connector) ?? new Set();
        for (const network of this.#networksOfReceipts.get(receipt) ?? []) networks.add(network);
        this.#networks.set(entry.connector, networks);
      }
    }
    const networks = this.#networks.get(connector);
    return networks?.size === 0 ? undefined : networks;
  }
}

function isCovered(
  reading: ReadScope['readings'][number],
  document: IndexDocument,
  known: Map<Language, SearchFields>,
  context: MatchContext,
): boolean {
  try {
    const fields = known.get(reading.language) ?? reading.language.fieldsOf(document);
    known.set(reading.language, fields);
    return judgeRecord(reading, document, fields, context) !== 'no';
  } catch {
    return true;
  }
}

const isEverything = ({ query }: ReadScope['readings'][number]): boolean => query.type === 'everything';

/** Every day in the zone on which the record may have happened. */
function slicesOf(document: IndexDocument, zone: string): string[] {
  const { earliest, latest } = timeRange(document.at);
  const conversation = conversationKey(document.network, document.conversation.id);
  const slices: string[] = [];
  for (let day = dayOf(earliest, zone); day <= dayOf(latest, zone); day++)
    slices.push(`${conversation} ${day}`);
  return slices;
}

const dayOf = (at: number, zone: string): number => Math.floor((at + (offsetAt(zone, at) ?? 0)) / DAY);
