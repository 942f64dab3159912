import type { StatedAddress, StatedCustodian } from '../../../src/core/directory/form.ts';
import { groupsOf } from '../../../src/core/directory/groups.ts';
import {
  addressesOf,
  custodiansNamed,
  isOfFirm,
  ownersAt,
  peopleOf,
} from '../../../src/core/directory/people.ts';
import type { Event, Json } from '../../../src/core/event.ts';
import { indexDocument } from '../../../src/core/search/document.ts';
import fc from '../../property.ts';
import { Desk, DONE, voided } from '../control/acts.ts';

const IMPORT = '0'.repeat(32);
let desk: Desk;
beforeEach(async () => {
  desk = new Desk();
  await desk.bootstrap();
});

const address = (network: string | null, name: string, more: Partial<StatedAddress> = {}): StatedAddress => ({
  network,
  address: name,
  from: null,
  to: null,
  shared: false,
  ...more,
});

const custodian = (
  id: string,
  addresses: readonly StatedAddress[] = [],
  more: Partial<StatedCustodian> = {},
) => ({
  what: 'set' as const,
  custodian: {
    id,
    names: [`${id} example`],
    entity: null,
    desk: null,
    supervisor: null,
    counsel: false,
    employedFrom: null,
    employedTo: null,
    groups: [],
    addresses: [...addresses],
    ...more,
  },
});

const directory = () => desk.register.directory;
const change = (changes: readonly object[], more: { readonly [name: string]: Json } = {}) =>
  desk.act('ada', 'directory.change', {
    expects: directory().version,
    import: IMPORT,
    part: 1,
    parts: 1,
    changes: changes as unknown as Json,
    ...more,
  });

const idsAt = (network: string, name: string, instant: string): string[] =>
  ownersAt(directory(), network, name, instant).map(({ id }) => id);

describe('addresses', () => {
  test('belong to somebody on the days that are stated, both ends included', async () => {
    const days = { from: '2020-01-02', to: '2020-12-31' };
    expect(await change([custodian('e1', [address('aim', 'Trader Joe', days)])])).toEqual(DONE);
    expect(idsAt('aim', 'traderjoe', '2020-01-01T23:59:59.999Z')).toEqual([]);
    expect(idsAt('aim', 'traderjoe', '2020-01-02T00:00:00.000Z')).toEqual(['e1']);
    expect(idsAt('aim', 'traderjoe', '2020-12-31T23:59:59.999Z')).toEqual(['e1']);
    expect(idsAt('aim', 'traderjoe', '2021-01-01T00:00:00.000Z')).toEqual([]);
    expect(idsAt('yahoo', 'traderjoe', '2020-06-01T00:00:00.000Z')).toEqual([]);
  });

  test('that change hands open a new period, and are never merged', async () => {
    const joe = { to: '2019-12-31' };
    const ann = { from: '2020-01-01' };
    expect(
      await change([
        custodian('e1', [address('aim', 'desk1', joe)]),
        custodian('e2', [address('aim', 'desk1', ann)]),
      ]),
    ).toEqual(DONE);
    expect(idsAt('aim', 'desk1', '2019-06-01T00:00:00.000Z')).toEqual(['e1']);
    expect(idsAt('aim', 'desk1', '2020-06-01T00:00:00.000Z')).toEqual(['e2']);
  });

  test('on the same days belong to two people only where both share them', async () => {
    const alone = [custodian('e1', [address('aim', 'desk1')]), custodian('e2', [address('aim', 'desk1')])];
    expect(await change(alone)).toEqual(voided('address-taken'));
    expect(directory().version).toBe(0);
    const half = [
      custodian('e1', [address('aim', 'desk1', { shared: true })]),
      custodian('e2', [address('aim', 'desk1')]),
    ];
    expect(await change(half)).toEqual(voided('address-taken'));
    const both = ['e1', 'e2'].map((id) => custodian(id, [address('aim', 'desk1', { shared: true })]));
    expect(await change(both)).toEqual(DONE);
    expect(idsAt('aim', 'desk1', '2020-06-01T00:00:00.000Z')).toEqual(['e1', 'e2']);
  });

  test('without a network are those of any, in the form that it writes them', async () => {
    expect(await change([custodian('e1', [address(null, 'Ada@Desk.example')])])).toEqual(DONE);
    expect(idsAt('xmpp', 'ada@desk.example', '2020-06-01T00:00:00.000Z')).toEqual(['e1']);
    expect(idsAt('slack', 'ada@desk.example', '2020-06-01T00:00:00.000Z')).toEqual(['e1']);
  });

  test('that were said once are remembered for holds, whatever is said later', async () => {
    await change([custodian('e1', [address('aim', 'old'), address('aim', 'new')])]);
    await change([custodian('e1', [address('aim', 'new')])]);
    const [e1] = custodiansNamed(directory(), 'e1');
    if (e1 === undefined) throw new Error('e1 is missing');
    expect(addressesOf(e1).map((one) => one.address)).toEqual(['new']);
    expect(addressesOf(e1, 1).map((one) => one.address)).toEqual(['old', 'new']);
    expect(addressesOf(e1, 2).map((one) => one.address)).toEqual(['new']);
    await change([{ what: 'remove', id: 'e1' }]);
    expect(custodiansNamed(directory(), 'e1')).toEqual([]);
    const [gone] = custodiansNamed(directory(), 'E1 Example', true);
    if (gone === undefined) throw new Error('e1 is forgotten');
    expect(addressesOf(gone, 1).map((one) => one.address)).toEqual(['old', 'new']);
    expect(idsAt('aim', 'new', '2020-06-01T00:00:00.000Z')).toEqual([]);
  });
});

describe('changes', () => {
  test('count for one of two writers who saw the same version', async () => {
    const [one, two] = [[custodian('e1')], [custodian('e2')]];
    expect(await change(one, { expects: 0 })).toEqual(DONE);
    expect(await change(two, { expects: 0 })).toEqual(voided('conflict'));
    expect([...directory().custodians.keys()]).toEqual(['e1']);
  });

  test('in parts count when the last one is sealed, and not at all where one is missing or something came between', async () => {
    const part = (n: number, id: string, of = IMPORT) =>
      change([custodian(id)], { import: of, part: n, parts: 3 });
    expect(await part(1, 'e1')).toEqual(DONE);
    expect(directory().custodians.size).toBe(0);
    expect(await part(3, 'e3')).toEqual(voided('not-now'));
    expect(await part(2, 'e2', '1'.repeat(32))).toEqual(voided('not-now'));
    expect(await part(2, 'e2')).toEqual(DONE);
    expect(await part(3, 'e3')).toEqual(DONE);
    expect([...directory().custodians.keys()]).toEqual(['e1', 'e2', 'e3']);
    expect(directory().version).toBe(1);
    expect(await part(1, 'e4')).toEqual(DONE);
    expect(await change([custodian('e9')])).toEqual(DONE);
    expect(await change([custodian('e5')], { part: 2, parts: 3 })).toEqual(voided('not-now'));
    expect(await change([], { part: 2, parts: 1 })).toEqual(voided('not-now'));
  });

  test('that are not of their form, or by somebody without the permission, come to nothing', async () => {
    expect(await change([custodian('e1', [], { names: [] })])).toEqual(voided('unreadable'));
    expect(await change([custodian('e1', [address('aim', 'x', { from: '2020-02-30' })])])).toEqual(
      voided('unreadable'),
    );
    expect(
      await change([custodian('e1', [address('aim', 'x', { from: '2020-02-02', to: '2020-01-01' })])]),
    ).toEqual(voided('unreadable'));
    expect(await change([{ what: 'remove', id: 'nobody' }])).toEqual(voided('unknown'));
    expect(
      await desk.act('carl', 'directory.change', {
        expects: 0,
        import: IMPORT,
        part: 1,
        parts: 1,
        changes: [],
      }),
    ).toEqual(voided('forbidden'));
    expect(await desk.act('ada', 'directory.other', { expects: 0 })).toEqual(voided('unreadable'));
    expect(directory().version).toBe(0);
  });

  test('whatever is stated, an address never has two owners on a day who do not share it', async () => {
    const day = fc.constantFrom(null, '2020-01-01', '2020-06-30', '2021-01-01');
    const stated = fc
      .record({
        who: fc.constantFrom('e1', 'e2', 'e3'),
        name: fc.constantFrom('a', 'b'),
        from: day,
        to: day,
        shared: fc.boolean(),
      })
      .filter(({ from, to }) => from === null || to === null || from <= to);
    await fc.assert(
      fc.asyncProperty(fc.array(stated, { maxLength: 8 }), async (all) => {
        const mine = new Desk();
        await mine.bootstrap();
        for (const { who, name, from, to, shared } of all) {
          await mine.act('ada', 'directory.change', {
            expects: mine.register.directory.version,
            import: IMPORT,
            part: 1,
            parts: 1,
            changes: [custodian(who, [address('aim', name, { from, to, shared })])] as unknown as Json,
          });
          for (const each of ['a', 'b'])
            for (const instant of [
              '2019-01-01T00:00:00.000Z',
              '2020-03-01T00:00:00.000Z',
              '2020-06-30T12:00:00.000Z',
              '2022-01-01T00:00:00.000Z',
            ]) {
              const owners = ownersAt(mine.register.directory, 'aim', each, instant);
              if (owners.length > 1)
                expect(
                  owners.every((one) =>
                    one.addresses.some((own) => own.until === null && own.address === each && own.shared),
                  ),
                ).toBe(true);
            }
        }
      }),
      { numRuns: 60 },
    );
  });
});

const event: Event = {
  id: 'a'.repeat(64),
  kind: 'message',
  network: 'aim',
  conversation: { id: 'bram eve', kind: 'direct' },
  sender: { address: 'bram' },
  recipients: [{ address: 'eve', role: 'to' }],
  at: { instant: '2020-06-01T10:00:00.000Z', zoneSource: 'stated', precision: 's' },
  text: 'hello',
  provenance: { receipt: '', capture: '', path: '', position: { offset: 0, length: 0 } },
};

test('people, groups and domains of the firm are told from what a record names', async () => {
  await change([
    custodian('e1', [address('aim', 'Bram')], { entity: 'Example Ltd', desk: 'rates', groups: ['swaps'] }),
    { what: 'domains', domains: ['Desk.example'] },
  ]);
  const stamp = { class: 'c', quarter: '2020Q2', sealedAt: event.at.instant };
  const document = indexDocument('m0', { type: 'event', leaf: 0, salt: '', record: { ...event, ...stamp } });
  if (document === undefined) throw new Error('an event has a document');
  expect(peopleOf(directory(), document)).toEqual({ custodians: ['e1'], unknown: ['eve'] });
  expect([...(groupsOf(directory(), event) ?? [])].sort()).toEqual(['Example Ltd', 'rates', 'swaps']);
  expect(isOfFirm(directory(), 'x@mail.desk.example')).toBe(true);
  expect(isOfFirm(directory(), 'x@notdesk.example')).toBe(false);
});

test('an empty directory cannot say to which groups people belong', () => {
  expect(groupsOf(directory(), event)).toBeUndefined();
});
