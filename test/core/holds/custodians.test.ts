import type { Event, Json } from '../../../src/core/event.ts';
import { namesCustodian } from '../../../src/core/holds/custodians.ts';
import { indexDocument } from '../../../src/core/search/document.ts';
import { BUCKET, messageEvent } from '../../archive/workshop.ts';
import { Desk, DONE } from '../control/acts.ts';

let desk: Desk;
let imports = 0;
beforeEach(async () => {
  desk = new Desk();
  await desk.bootstrap();
});

async function change(...changes: Json[]): Promise<number> {
  const details = { import: String(imports++).padStart(32, '0'), part: 1, parts: 1, changes };
  const expects = desk.register.directory.version;
  expect(await desk.act('ada', 'directory.change', { expects, ...details })).toEqual(DONE);
  return desk.register.directory.version;
}

const address = (text: string, days: { from?: string; to?: string } = {}): Json => ({
  network: 'slack',
  address: text,
  from: days.from ?? null,
  to: days.to ?? null,
  shared: false,
});
const bob = (addresses: Json[], names: string[] = ['Bob Example']): Json => ({
  what: 'set',
  custodian: {
    id: 'H1',
    names,
    entity: null,
    desk: null,
    supervisor: null,
    counsel: false,
    employedFrom: null,
    employedTo: null,
    groups: [],
    addresses,
  },
});

function isNamed(since: number, from: string, change: Partial<Event> = {}): boolean {
  const record = {
    ...messageEvent(1, { sender: { address: from }, ...change }),
    ...BUCKET,
    sealedAt: '2026-01-02T03:04:05.678Z',
  };
  const document = indexDocument('m0', { leaf: 0, salt: '', type: 'event', record } as never);
  if (document === undefined) throw new Error('no document');
  return namesCustodian(desk.register.directory, 'H1', since, document);
}

// The message is of 2025-11-03.
test('an address that was his on the day counts, and no other', async () => {
  const since = await change(bob([address('bob'), address('bobby', { to: '2025-11-02' })]));
  expect([isNamed(since, 'bob'), isNamed(since, 'bobby'), isNamed(since, 'carol')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isNamed(since, 'carol', { recipients: [{ address: 'BOB', role: 'to' }] })).toBe(true);
});

test('an address that is ended in the past afterwards stays held', async () => {
  const since = await change(bob([address('bob')]));
  await change(bob([address('bob', { to: '2020-01-01' })]));
  expect(isNamed(since, 'bob')).toBe(true);
});

test('an address that is taken away, or given to somebody else, stays held', async () => {
  const since = await change(bob([address('bob')]));
  await change(bob([]), {
    what: 'set',
    custodian: { ...(bob([address('bob')]) as { custodian: object }).custodian, id: 'H2' },
  });
  expect(isNamed(since, 'bob')).toBe(true);
});

test('a person who is taken off stays held', async () => {
  const since = await change(bob([address('bob')]));
  await change({ what: 'remove', id: 'H1' });
  expect(isNamed(since, 'bob')).toBe(true);
});

test('an address that he gets later is held, and with it what it said before', async () => {
  const since = await change(bob([]));
  await change(bob([address('bob', { from: '2025-01-01' })]));
  expect(isNamed(since, 'bob')).toBe(true);
});

test('what was said no more when the scope was written does not count', async () => {
  await change(bob([address('bob')]));
  const since = await change(bob([]));
  expect(isNamed(since, 'bob')).toBe(false);
});

test('a record whose day is not sure counts on each that it may be of', async () => {
  const since = await change(bob([address('bob', { from: '2025-11-04' })]));
  const at = { instant: '2025-11-03T23:00:00.000Z', zoneSource: 'assumed', precision: 's' } as const;
  expect([isNamed(since, 'bob'), isNamed(since, 'bob', { at })]).toEqual([false, true]);
});
