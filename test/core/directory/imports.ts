/** Imports into a directory of three people who share three addresses, as a property draws them. */
import type { DirectoryChange } from '../../../src/core/directory/form.ts';
import type { Json } from '../../../src/core/event.ts';
import fc from '../../property.ts';
import type { Desk } from '../control/acts.ts';

const day = fc.constantFrom(null, '2020-01-01', '2020-06-30');
const address = fc.record({
  network: fc.constantFrom(null, 'aim'),
  address: fc.constantFrom('a', 'b', 'c'),
  from: day,
  to: fc.constantFrom(null, '2021-01-01'),
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
        groups: fc.constant<string[]>([]),
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

/** One to eight imports of up to three changes. */
export const randomImports = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 8,
});

/** Has an import sealed. False where it came to nothing: one that takes off somebody who is not there. */
export async function takeIn(desk: Desk, changes: readonly DirectoryChange[]): Promise<boolean> {
  const { version } = desk.register.directory;
  await desk.act('ada', 'directory.change', {
    expects: version,
    import: '0'.repeat(32),
    part: 1,
    parts: 1,
    changes: changes as unknown as Json,
  });
  return desk.register.directory.version > version;
}
