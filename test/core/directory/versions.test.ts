import type { Directory } from '../../../src/core/directory/fold.ts';
import { addressesOf } from '../../../src/core/directory/people.ts';
import { directoryAt } from '../../../src/core/directory/versions.ts';
import fc from '../../property.ts';
import { Desk } from '../control/acts.ts';
import { randomImports, takeIn } from './imports.ts';

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

test('every version is given again from the newest as it was when it was the newest', async () => {
  await fc.assert(
    fc.asyncProperty(randomImports, async (imports) => {
      const desk = new Desk();
      await desk.bootstrap();
      const then = [stated(desk.register.directory)];
      for (const changes of imports)
        if (await takeIn(desk, changes)) then.push(stated(desk.register.directory));
      const { directory } = desk.register;
      const again = then.map((_, version) => directoryAt(directory, version));
      expect(again.map((one) => one && stated(one))).toEqual(then);
    }),
    { numRuns: 100 },
  );
});

test('a version that is none, or not yet, is not made up', () => {
  const { directory } = new Desk().register;
  for (const version of [-1, 1, 0.5, Number.NaN]) expect(directoryAt(directory, version)).toBeUndefined();
});
