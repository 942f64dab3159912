import { custodiansNamed, ownersAt } from '../../../src/core/directory/people.ts';
import { includes } from '../../../src/core/directory/periods.ts';
import { supervisedBy } from '../../../src/core/directory/supervised.ts';
import { directoryAt } from '../../../src/core/directory/versions.ts';
import fc from '../../property.ts';
import { Desk } from '../control/acts.ts';
import { randomImports, takeIn } from './imports.ts';

const DAYS = ['2019-05-05', '2020-03-03', '2020-08-08', '2022-02-02'];

test('theirs is an address on a day exactly where both versions say so of the same person', async () => {
  let some = 0;
  await fc.assert(
    fc.asyncProperty(randomImports, fc.nat(), async (imports, seed) => {
      const desk = new Desk();
      await desk.bootstrap();
      for (const changes of imports) await takeIn(desk, changes);
      const { directory } = desk.register;
      const approved = seed % (directory.version + 1);
      const then = directoryAt(directory, approved);
      if (then === undefined) throw new TypeError('every version can be had again');
      const { addresses, assigned, waiting } = supervisedBy(directory, 'e1', approved);
      const theirs = (one: typeof directory, network: string, address: string, day: string): string[] =>
        ownersAt(one, network, address, `${day}T12:00:00.000Z`)
          .filter(({ id, supervisor, removed }) => id !== 'e1' && supervisor === 'e1' && removed === null)
          .map(({ id }) => id);
      for (const network of ['aim', 'slack'])
        for (const address of ['a', 'b', 'c'])
          for (const day of DAYS) {
            const now = theirs(directory, network, address, day);
            const both = theirs(then, network, address, day).filter((id) => now.includes(id));
            const isTheirs = addresses.some(
              (one) =>
                one.address === address &&
                (one.network === null || one.network === network) &&
                includes(one, `${day}T12:00:00.000Z`),
            );
            expect(isTheirs).toBe(both.length > 0);
            if (isTheirs) some++;
            // Whoever does not wait is read whole.
            for (const id of now) if (!waiting.includes(id)) expect(both).toContain(id);
          }
      for (const id of assigned) expect(custodiansNamed(directory, id)).not.toHaveLength(0);
    }),
    { numRuns: 300 },
  );
  expect(some).toBeGreaterThan(100);
});

test('nothing is theirs where no version was approved, and everything where it is the current one', async () => {
  await fc.assert(
    fc.asyncProperty(randomImports, async (imports) => {
      const desk = new Desk();
      await desk.bootstrap();
      for (const changes of imports) await takeIn(desk, changes);
      const { directory } = desk.register;
      const none = supervisedBy(directory, 'e1', null);
      expect(none.addresses).toEqual([]);
      expect(none.waiting).toEqual(none.assigned);
      expect(supervisedBy(directory, 'e1', directory.version).waiting).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
