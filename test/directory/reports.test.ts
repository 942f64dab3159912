import { openReader } from '../../src/archive/read/open-reader.ts';
import type { Json } from '../../src/core/event.ts';
import { reportOn } from '../../src/directory/reports.ts';
import { openWorkshop, type Workshop } from '../archive/workshop.ts';
import { Desk, DONE } from '../core/control/acts.ts';
import { said, seal } from '../retention/judged.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
});
afterEach(() => workshop.dispose());

const person = (id: string, employedTo: string | null, address: string, to: string | null): Json => ({
  what: 'set',
  custodian: {
    id,
    names: [`${id} Example`],
    entity: null,
    desk: null,
    supervisor: null,
    counsel: false,
    employedFrom: null,
    employedTo,
    groups: [],
    addresses: [{ network: 'slack', address, from: null, to, shared: false }],
  },
});

test('leavers are found by an address that is theirs still, and by one that ended with their employment', async () => {
  const desk = new Desk();
  await desk.bootstrap();
  const changes = [
    person('left', '2025-10-31', 'left', null),
    person('ended', '2025-10-31', 'ended', '2025-10-31'),
    person('moved', null, 'moved', '2025-10-31'),
    person('passed-on', '2025-10-31', 'desk', '2025-10-31'),
    { ...(person('heir', null, 'desk', null) as object) },
  ] as Json[];
  const heir = changes.at(-1) as { custodian: { addresses: { from: string }[] } };
  for (const address of heir.custodian.addresses) address.from = '2025-11-01';
  expect(
    await desk.act('ada', 'directory.change', {
      expects: 0,
      import: '0'.repeat(32),
      part: 1,
      parts: 1,
      changes,
    }),
  ).toEqual(DONE);
  await seal(workshop, [
    said('before', { from: 'left', at: '2025-10-31T23:00:00.000Z' }),
    said('after, his', { from: 'left' }),
    said('after, ended', { from: 'ended' }),
    said('of one who works elsewhere', { from: 'moved' }),
    said('of the heir', { from: 'desk' }),
  ]);
  const report = await reportOn(await openReader(workshop.vault), desk.register.directory, '2025-12-01');
  expect(report.leavers.map(({ id, events }) => [id, events])).toEqual([
    ['left', 1],
    ['ended', 1],
  ]);
  expect(report.unmatched.map(({ address }) => address)).toEqual(['ended', 'moved']);
  expect(report.silent.map(({ id }) => id)).toEqual(['moved']);
});
