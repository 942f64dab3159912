/** Random directories over the people of the corpora: addresses that change hands, that several share, on one network. */

import type { Custodian, Directory, OwnedAddress } from '../../../src/core/directory/fold.ts';
import fc from '../../property.ts';

/** As stated, spelt otherwise than records spell them, and some that no record has. */
const ADDRESSES = ['ann', 'BOB@example.com', 'Carl Smith', 'dora/desk', 'dora', '周', 'stranger'];
/** Around the days of the corpora, 28 to 31 March. */
const DAYS = ['2026-03-27', '2026-03-28', '2026-03-29', '2026-03-30', '2026-03-31', '2026-04-01'];

const owned: fc.Arbitrary<OwnedAddress> = fc
  .record({
    network: fc.constantFrom(null, null, 'slack', 'xmpp'),
    address: fc.constantFrom(...ADDRESSES),
    days: fc.tuple(fc.option(fc.nat({ max: DAYS.length - 1 })), fc.option(fc.nat({ max: DAYS.length - 1 }))),
    isOver: fc.constantFrom(false, false, false, true),
  })
  .map(({ network, address, days: [one, other], isOver }) => {
    const [from, to] = one !== null && other !== null && one > other ? [other, one] : [one, other];
    const day = (i: number | null): string | null => (i === null ? null : (DAYS[i] ?? null));
    const said = { since: 1, until: isOver ? 2 : null };
    return { network, address, from: day(from), to: day(to), shared: true, ...said };
  });

/** Several people of one name, and one who was taken off. */
const NAMES = ['Ann Example', 'Bob Ödegård', 'Bob Ödegård', 'Gone Example'];

const custodian = (i: number): fc.Arbitrary<Custodian> =>
  fc.array(owned, { maxLength: 4 }).map((addresses) => ({
    id: `e${i}`,
    names: [NAMES[i] ?? `E ${i}`],
    entity: null,
    desk: null,
    supervisor: null,
    counsel: false,
    employedFrom: null,
    employedTo: null,
    groups: [],
    addresses: i === 3 ? addresses.map((one) => ({ ...one, until: 2 })) : addresses,
    since: 1,
    removed: i === 3 ? 2 : null,
    former: [],
  }));

export const directory: fc.Arbitrary<Directory> = fc
  .record({
    custodians: fc.tuple(custodian(0), custodian(1), custodian(2), custodian(3)),
    domains: fc.constantFrom([], [], ['example.com'], ['com'], ['other.example']),
    isEmpty: fc.constantFrom(...Array.from({ length: 9 }, () => false), true),
  })
  .map(({ custodians, domains, isEmpty }) => ({
    version: 2,
    changed: null,
    custodians: new Map(isEmpty ? [] : custodians.map((one) => [one.id, one])),
    domains: isEmpty ? [] : domains,
    formerDomains: [],
    pending: null,
  }));
