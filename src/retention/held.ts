/** What holds cover, in the form in which searches ask for it. */
import type { ArchiveReader } from '../archive/reader.ts';
import type { Hold, Register } from '../core/control/register.ts';
import { HoldfastError } from '../core/errors.ts';
import type { EventId } from '../core/event.ts';
import { sha256Hex } from '../core/hash.ts';
import type { AskedHolds, HeldRecords } from '../core/holds/held.ts';
import { holdsInForce } from '../core/holds/judge.ts';
import { canonical } from '../core/json.ts';
import type { Heads } from '../core/ports/index.ts';
import { indexDocument } from '../core/search/document.ts';
import { key as keyOf } from '../core/search/fields.ts';
import { type Judgement, type JudgementOptions, judgeHolds, transcriptHeads } from './judgement.ts';

/** Families that one condition lists at most. */
const MOST_FAMILIES = 262_144;

/** Judges the holds in force on the whole vault; where there are none, it reads nothing of it. */
export async function heldRecords(
  reader: ArchiveReader,
  register: Register,
  options: JudgementOptions = {},
): Promise<HeldRecords> {
  const holds = inForce(register);
  const of = holdsKey(register);
  if (holds.length === 0) {
    const heads = Object.fromEntries(await transcriptHeads(reader));
    return {
      key: keyFor(of, heads),
      heads,
      holdsOf: () => [],
      holdsOfRecord: async () => [],
      covered: async () => [],
    };
  }
  const judgement = await judgeHolds(reader, holdsInForce(register), options);
  const heads = Object.fromEntries(judgement.heads);
  const lists = new Map<string, Promise<readonly EventId[]>>();
  return {
    key: keyFor(of, heads),
    heads,
    holdsOf: ({ log, leaf, family }) =>
      leaf < (heads[log] ?? 0) ? judgement.holdsOfFamily(family).toSorted() : null,
    holdsOfRecord: async (log, sealed) =>
      sealed.leaf < (heads[log] ?? 0) ? await judgement.holdsOf(log, sealed) : null,
    async covered(asked) {
      const names = namesOf(holds, asked);
      if (names.length === 0) return [];
      if (names.some((name) => judgement.coversAll(name))) return 'everything';
      const list = lists.get(names.join('\n')) ?? familiesOf(judgement, new Set(names), options);
      lists.set(names.join('\n'), list);
      // What was broken off is read again when it is asked again.
      list.catch(() => lists.delete(names.join('\n')));
      return await list;
    },
  };
}

/** All that decides what holds cover, beside the records. */
export function holdsKey(register: Register): string {
  const holds = inForce(register).map(({ hold, matter, scopes }) => ({
    hold,
    matter,
    zone: register.matters.get(matter)?.zone ?? null,
    scopes: scopes.map(({ text, language, directory }) => [text, language, directory]),
  }));
  return sha256Hex(canonical({ holds, directory: holds.length === 0 ? 0 : register.directory.version }));
}

const keyFor = (holds: string, heads: Heads): string =>
  sha256Hex(canonical([holds, { ...heads }])).slice(0, 32);

const inForce = (register: Register): Hold[] =>
  [...register.holds.values()].filter(({ released }) => released === null);

function namesOf(holds: readonly Hold[], { by, name }: AskedHolds): string[] {
  const asked = name === null ? null : keyOf(name);
  return holds.filter((hold) => asked === null || keyOf(hold[by]) === asked).map(({ hold }) => hold);
}

/** Reads every record once more: judging keeps less of a family than its name. */
async function familiesOf(
  judgement: Judgement,
  names: ReadonlySet<string>,
  { progress }: JudgementOptions,
): Promise<readonly EventId[]> {
  const families = new Set<EventId>();
  let read = 0;
  for await (const { log, sealed, holds } of judgement.records()) {
    if (++read % 1_000 === 0) progress?.(read);
    if (!holds.some((name) => names.has(name))) continue;
    const document = indexDocument(log, sealed);
    if (document !== undefined) families.add(document.family);
    if (families.size > MOST_FAMILIES)
      throw new HoldfastError(
        'query-too-wide',
        `These holds cover more than ${MOST_FAMILIES.toLocaleString('en')} families.`,
        { hint: "'holdfast hold coverage' counts what a hold covers, however much." },
      );
  }
  return [...families];
}
