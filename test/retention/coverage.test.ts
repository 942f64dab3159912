import { openReader } from '../../src/archive/read/open-reader.ts';
import { EMPTY_REGISTER, type Register } from '../../src/core/control/register.ts';
import { coverageOf, wouldHold } from '../../src/retention/coverage.ts';
import { forecast } from '../../src/retention/forecast.ts';
import { releaseEffect } from '../../src/retention/release.ts';
import { openWorkshop, type Workshop } from '../archive/workshop.ts';
import { Desk } from '../core/control/acts.ts';
import { said, seal } from './judged.ts';

const OLD = { class: 'sec-17a-4-b-4', quarter: '2021Q1' };
const NEW = { class: 'sec-17a-4-b-4', quarter: '2026Q1' };
const LONG = { class: 'mifid-16-7-extended', quarter: '2021Q1' };
const NOW = '2026-03-02T09:00:00.000Z';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
});
afterEach(() => workshop.dispose());

async function holding(...scopes: string[]): Promise<Desk> {
  const desk = new Desk();
  await desk.bootstrap();
  await desk.appoint('lena', 'legal');
  await desk.act('lena', 'matter.open', { matter: 'm', reference: 'R', zone: 'UTC', members: [] });
  for (const [n, scope] of scopes.entries())
    await desk.act('lena', 'hold.place', {
      hold: `h${n}`,
      matter: 'm',
      scope,
      language: 1,
      authority: 'SEC',
      reason: 'r',
      trigger: null,
    });
  return desk;
}

describe('a preview', () => {
  test('counts families, networks, unread files, and names that nobody has', async () => {
    const message = said('one', { attachments: [{ name: 'a.pdf', state: 'missing' }] });
    await seal(workshop, [
      message,
      {
        ...message,
        id: 'f'.repeat(64),
        kind: 'reaction',
        target: message.id,
        payload: { emoji: '👍', change: 'added' },
      },
      said('two', { at: '2024-01-01T00:00:00.000Z' }),
      said('three', { from: 'carol' }),
    ]);
    const reader = await openReader(workshop.vault);
    const hold = wouldHold('from:bob OR from:nemo', 'UTC', EMPTY_REGISTER);
    expect(await coverageOf(reader, hold, EMPTY_REGISTER)).toMatchObject({
      records: 3,
      families: 2,
      unreadFiles: 2,
      first: '2024-01-01T00:00:00.000Z',
      last: '2025-11-03T14:05:06.789Z',
      networks: [{ name: 'slack', families: 2 }],
      unresolved: [{ name: 'bob', families: 2 }],
      namesNobody: ['from:nemo'],
      everything: false,
      heads: { m0: 4 },
    });
  });

  test('of nothing covers nothing', async () => {
    const reader = await openReader(workshop.vault);
    const hold = wouldHold('from:bob', 'UTC', EMPTY_REGISTER);
    expect(await coverageOf(reader, hold, EMPTY_REGISTER)).toMatchObject({ records: 0, first: null });
  });
});

describe('a release', () => {
  const request = (desk: Desk, action: string, details: object = {}): Promise<unknown> =>
    desk.act('lena', action, { hold: 'h0', expects: 1, reason: 'settled', ...details });
  const effect = async ({ register }: { register: Register }) => {
    const hold = register.holds.get('h0');
    if (hold === undefined) throw new Error('no hold');
    return releaseEffect(await openReader(workshop.vault), register, hold, NOW);
  };

  test('shows what becomes disposable, and when', async () => {
    await seal(workshop, [said('old')], OLD);
    await seal(workshop, [said('new'), said('of another', { from: 'carol' })], NEW);
    const desk = await holding('from:bob');
    expect(await effect(desk)).toBeUndefined();
    await request(desk, 'hold.request-release');
    expect(await effect(desk)).toEqual({
      what: 'release',
      buckets: [
        { ...OLD, records: 1, disposableFrom: '2024-04-01T00:00:00.000Z' },
        { ...NEW, records: 1, disposableFrom: '2029-04-01T00:00:00.000Z' },
      ],
      atOnce: 1,
      released: 2,
      stillHeld: 0,
    });
  });

  test('lets go nothing that another hold keeps', async () => {
    await seal(workshop, [said('old'), said('elsewhere', { room: 'C2' })], OLD);
    const desk = await holding('from:bob', 'conversation:C2');
    await request(desk, 'hold.request-release');
    expect(await effect(desk)).toMatchObject({ released: 1, stillHeld: 1 });
  });

  test('lets a family go when its last member may', async () => {
    const message = said('old');
    await seal(workshop, [message], OLD);
    const edit = {
      ...said('edited'),
      id: 'e'.repeat(64),
      kind: 'edit',
      target: message.id,
      payload: { earlier: 'captured' },
    };
    await seal(workshop, [edit as never], LONG);
    const desk = await holding('from:bob');
    await request(desk, 'hold.request-release');
    const found = await effect(desk);
    expect(found?.buckets.map(({ disposableFrom }) => disposableFrom)).toEqual([
      '2028-04-01T00:00:00.000Z',
      '2028-04-01T00:00:00.000Z',
    ]);
  });

  test('that narrows lets go only what the narrower scope leaves', async () => {
    await seal(workshop, [said('old'), said('elsewhere', { room: 'C2' })], OLD);
    const desk = await holding('from:bob');
    await request(desk, 'hold.request-narrowing', { scope: 'from:bob conversation:C1', language: 1 });
    expect(await effect(desk)).toMatchObject({ what: 'narrowing', released: 1, stillHeld: 1 });
  });
});

test('a forecast says what may go when, and what holds keep', async () => {
  await seal(workshop, [said('old'), said('old of another', { from: 'carol' })], OLD);
  await seal(workshop, [said('new')], NEW);
  await seal(workshop, [said('unknown class')], { class: 'of-a-later-version', quarter: '2021Q1' });
  const { register } = await holding('from:carol');
  expect(await forecast(await openReader(workshop.vault), register, NOW)).toEqual({
    buckets: [
      {
        ...OLD,
        disposableFrom: '2024-04-01T00:00:00.000Z',
        source: '17 CFR 240.17a-4(b)(4)',
        records: 2,
        held: 1,
        custodians: [],
      },
      {
        ...NEW,
        disposableFrom: '2029-04-01T00:00:00.000Z',
        source: '17 CFR 240.17a-4(b)(4)',
        records: 1,
        held: 0,
        custodians: [],
      },
      {
        class: 'of-a-later-version',
        quarter: '2021Q1',
        disposableFrom: null,
        source: null,
        records: 1,
        held: 0,
        custodians: [],
      },
    ],
    expired: { records: 2, held: 1 },
    holds: 1,
  });
});
