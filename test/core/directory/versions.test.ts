import type { Directory } from '../../../src/core/directory/fold.ts';
import { addressesOf } from '../../../src/core/directory/people.ts';
import { directoryAt } from '../../../src/core/directory/versions.ts';
import type { Json } from '../../../src/core/event.ts';
import fc from '../../property.ts';
import { Desk } from '../control/acts.ts';

/** What a version states of everybody who is in it, and of the firm. */
function stated({ version, custodians, domains }: Directory): object {
  const present = [...custodians.values()]
    .filter(({ removed }) => removed === null)
    .map((one) => ({
      id: one.id,
      names: one.names,
      desk: one.desk,
      supervisor: one.supervisor,
      addresses: addressesOf(one).map(({ network, address, from, to }) => [network, address, from, to]),
    }));
  return { version, domains, present: present.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

const day = fc.constantFrom(null, '2020-01-01', '2020-06-30');
const address = fc.record({
  network: fc.constantFrom(null, 'aim'),
  address: fc.constantFrom('a', 'b', 'c'),
  from: day,
  to: fc.constant(null),
  shared: fc.constant(true),
});
const id = fc.constantFrom('e1', 'e2', 'e3');
const change = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('set' as const),
      custodian: fc.record({
        id,
        names: fc.array(fc.constantFrom('Ann', 'Bob', 'Carl'), { minLength: 1, maxLength: 2 }),
        entity: fc.constant(null),
        desk: fc.constantFrom(null, 'rates', 'credit'),
        supervisor: fc.constantFrom(null, 'e1'),
        counsel: fc.constant(false),
        employedFrom: fc.constant(null),
        employedTo: fc.constant(null),
        groups: fc.constant([]),
        addresses: fc.array(address, { maxLength: 3 }),
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('remove' as const), id }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('domains' as const),
      domains: fc.uniqueArray(fc.constantFrom('a.example', 'b.example'), { maxLength: 2 }),
    }),
  },
);

test('every version is given again from the newest as it was when it was the newest', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
      async (imports) => {
        const desk = new Desk();
        await desk.bootstrap();
        const then = [stated(desk.register.directory)];
        for (const changes of imports) {
          const { version } = desk.register.directory;
          await desk.act('ada', 'directory.change', {
            expects: version,
            import: '0'.repeat(32),
            part: 1,
            parts: 1,
            changes: changes as unknown as Json,
          });
          // An import that takes off somebody who is not there comes to nothing.
          if (desk.register.directory.version > version) then.push(stated(desk.register.directory));
        }
        const { directory } = desk.register;
        const again = then.map((_, version) => directoryAt(directory, version));
        expect(again.map((one) => one && stated(one))).toEqual(then);
      },
    ),
    { numRuns: 100 },
  );
});

test('a version that is none, or not yet, is not made up', () => {
  const { directory } = new Desk().register;
  for (const version of [-1, 1, 0.5, Number.NaN]) expect(directoryAt(directory, version)).toBeUndefined();
});
