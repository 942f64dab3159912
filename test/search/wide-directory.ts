/** Directories of thousands of addresses that come and go on days of their own, and records around those days. */
import type { Custodian, Directory, OwnedAddress } from '../../src/core/directory/fold.ts';
import { peopleBy } from '../../src/core/directory/reference.ts';
import type { Event, Moment } from '../../src/core/event.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import type { Cursor, Heads, Index } from '../../src/core/ports/index.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { type IndexDocument, indexDocument } from '../../src/core/search/document.ts';
import { contextOf, matches } from '../../src/core/search/matches.ts';
import { parseQuery } from '../../src/core/search/parse.ts';
import { resolve } from '../../src/core/search/resolve.ts';
import { indexLookups } from '../../src/search/lookups.ts';
import fc from '../property.ts';

const ZONE = 'Europe/Berlin';
const HEADS: Heads = { m0: 100_000, m1: 100_000 };
const DAY = 86_400_000;
const FIRST = Date.parse('2006-01-01');
const DAYS = 20 * 365;

export interface Wide {
  readonly directory: Directory;
  readonly documents: readonly IndexDocument[];
}

const dayOf = (n: number): string => new Date(FIRST + n * DAY).toISOString().slice(0, 10);
const addressOf = (n: number): string => `p${n}@firm.example`;

const ownedOf = (people: number): fc.Arbitrary<OwnedAddress> =>
  fc
    .record({
      person: fc.nat({ max: people - 1 }),
      network: fc.constantFrom(null, null, null, 'slack', 'xmpp'),
      from: fc.option(fc.nat({ max: DAYS }), { freq: 9 }),
      days: fc.option(fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 4_000 })), { freq: 2 }),
    })
    .map(({ person, network, from, days }) => ({
      network,
      address: addressOf(person),
      from: from === null ? null : dayOf(from),
      to: days === null ? null : dayOf((from ?? 0) + days),
      shared: true,
      since: 1,
      until: null,
    }));

function directoryOf(owned: readonly OwnedAddress[]): Directory {
  const custodian = (i: number, addresses: readonly OwnedAddress[]): Custodian => ({
    id: `e${i}`,
    names: [`E ${i}`],
    entity: null,
    desk: null,
    supervisor: null,
    counsel: false,
    employedFrom: null,
    employedTo: null,
    groups: [],
    addresses,
    since: 1,
    removed: null,
    former: [],
  });
  // Every tenth has as many addresses as fall to him, so that one person alone is a wide condition too.
  const groups = Map.groupBy(
    owned.map((one, i) => [i % 10 === 0 ? 0 : i, one] as const),
    ([i]) => i,
  );
  const custodians = [...groups].map(([i, all]) =>
    custodian(
      i,
      all.map(([, one]) => one),
    ),
  );
  return {
    version: 1,
    changed: null,
    custodians: new Map(custodians.map((one) => [one.id, one])),
    domains: [],
    formerDomains: [],
    pending: null,
  };
}

const moment: fc.Arbitrary<Omit<Moment, 'instant'>> = fc.record({
  precision: fc.constantFrom('ms', 'ms', 'min', 'day'),
  zone: fc.constantFrom('Europe/Berlin', '+18:00', '-18:00', 'Z', 'Nowhere/Else'),
  zoneSource: fc.constantFrom('stated', 'stated', 'assumed'),
});

/** Records of people around the days on which their addresses begin and end to be theirs, and of strangers. */
const documentOf = (owned: readonly OwnedAddress[]): fc.Arbitrary<IndexDocument | undefined> => {
  const one = fc.constantFrom(...owned);
  return fc
    .record({
      sender: fc.option(one, { freq: 9 }),
      isStranger: fc.constantFrom(false, false, false, true),
      to: fc.array(one, { maxLength: 2 }),
      ends: fc.boolean(),
      minutes: fc.integer({ min: -4 * 1_440, max: 4 * 1_440 }),
      moment,
      network: fc.constantFrom('slack', 'xmpp', 'aim'),
      text: fc.constantFrom('walnut', 'cedar'),
      leaf: fc.nat({ max: 99_999 }),
      log: fc.constantFrom('m0', 'm1'),
    })
    .map(({ sender, isStranger, to, ends, minutes, moment: rest, network, text, leaf, log }) => {
      const near = sender ?? to[0];
      const day = (ends ? near?.to : near?.from) ?? dayOf(leaf % DAYS);
      const instant = new Date(Date.parse(day) + minutes * 60_000).toISOString();
      const event = {
        id: sha256Hex(`${log} ${leaf}`),
        kind: 'message',
        network,
        conversation: { id: `room ${leaf % 7}`, kind: 'room' },
        ...(sender !== null && {
          sender: { address: isStranger ? 'stranger@else.example' : sender.address },
        }),
        ...(to.length > 0 && { recipients: to.map(({ address }) => ({ address, role: 'to' })) }),
        at: { instant, ...rest },
        text,
        provenance: {
          receipt: '0'.repeat(64),
          capture: '1'.repeat(64),
          path: 'a',
          position: { offset: 0, length: 1 },
        },
      } as unknown as Event;
      const kept = { class: 'basic', quarter: '2026Q1', sealedAt: '2026-05-01T00:00:00.000Z' };
      const record = { ...event, ...kept } as unknown as EventRecord;
      return indexDocument(log, { leaf, salt: '0'.repeat(32), type: 'event', record });
    });
};

/** A directory of so many periods of addresses, and records of its people; the same for a seed. */
export function wide(periods: number, records: number, seed: number): Wide {
  const owned = fc.sample(ownedOf(Math.ceil(periods * 0.8)), { numRuns: periods, seed });
  const drawn = fc.sample(documentOf(owned), { numRuns: records, seed });
  const documents = new Map(
    drawn.flatMap((one) => (one === undefined ? [] : [[`${one.log}/${one.leaf}`, one] as const])),
  );
  return {
    directory: directoryOf(owned),
    documents: [...documents.values()].sort((a, b) =>
      a.log < b.log ? -1 : a.log > b.log ? 1 : a.leaf - b.leaf,
    ),
  };
}

export const QUERIES = [
  ...['inbound', 'outbound', 'internal', 'external', 'unknown'].map((one) => `direction:${one}`),
  'NOT direction:internal',
  'walnut direction:outbound since:2012-02-03 until:2014-06-30',
  '(direction:inbound OR cedar) NOT direction:external on:2015',
  'custodian:e0',
  'NOT custodian:e0 direction:internal',
  'custodian:e7 OR (walnut custodian:e0)',
];

const placeOf = ({ at, log, leaf }: IndexDocument): Cursor => ({ at: Date.parse(at.instant), log, leaf });
const nameOf = ({ log, leaf }: IndexDocument): string => `${log}/${leaf}`;

/** The index finds what the reference does: whole, counted, page by page both ways, and by conversation. */
export async function agreeOnWide(
  index: Index,
  { directory, documents }: Wide,
  page: number,
): Promise<number> {
  await index.add(documents);
  for (const log of ['m0', 'm1']) await index.advance(log, { size: 100_000, rejects: 0 });
  const inOrder = documents.toSorted((a, b) => {
    const [one, other] = [placeOf(a), placeOf(b)];
    return one.at - other.at || (one.log < other.log ? -1 : one.log > other.log ? 1 : one.leaf - other.leaf);
  });
  const context = contextOf(inOrder, ZONE, { ...peopleBy(directory), isHeld: () => false });
  const lookups = indexLookups(index, HEADS, ZONE, directory);
  let found = 0;
  for (const text of QUERIES) {
    const query = parseQuery(text);
    const expected = inOrder.filter((document) => matches(query, document, context) !== 'no');
    found += expected.length;
    const { plan } = await resolve(query, lookups);
    const all = await index.search(plan, { limit: 10_000, heads: HEADS });
    expect([text, all.map(nameOf)]).toEqual([text, expected.map(nameOf)]);
    expect([text, await index.count(plan, HEADS)]).toEqual([text, expected.length]);
    const middle = Math.floor(expected.length / 2);
    const place = expected[middle];
    if (place === undefined) continue;
    const some = { limit: page, heads: HEADS, after: placeOf(place) };
    const later = await index.search(plan, some);
    expect([text, later.map(nameOf)]).toEqual([
      text,
      expected.slice(middle + 1, middle + 1 + page).map(nameOf),
    ]);
    const earlier = await index.search(plan, { ...some, backwards: true });
    const before = expected.slice(Math.max(0, middle - page), middle).reverse();
    expect([text, earlier.map(nameOf)]).toEqual([text, before.map(nameOf)]);
    const rooms = new Set(expected.map(({ network, conversation: { id } }) => `${network} ${id}`));
    expect([text, (await index.conversations(plan, HEADS, 100)).length]).toEqual([text, rooms.size]);
  }
  return found;
}
