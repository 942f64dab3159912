import { definitionOf } from '../../../src/core/retention.ts';
import { Desk, DONE, voided } from './acts.ts';

let desk: Desk;
beforeEach(async () => {
  desk = new Desk();
  await desk.bootstrap();
});

const klass = (years: number | null, name = 'firm-6') => ({
  what: 'class',
  class: name,
  years,
  accessibleYears: 2,
  clock: 'captured',
  source: 'policy 12',
  text: '',
});
const rule = (change: object = {}) => ({
  what: 'rule',
  rule: 'rates',
  network: 'bloomberg',
  connector: null,
  group: null,
  conversation: null,
  class: 'cftc-1-31',
  ...change,
});
const propose = (proposal: string, change: object) =>
  desk.act('ada', 'retention.propose', { proposal, change: { ...change }, reason: 'policy' });
const approve = (proposal: string, by = 'carl') =>
  desk.act(by, 'retention.approve', { proposal, expects: 1 });

describe('retention', () => {
  test('is proposed by one and approved by another', async () => {
    expect(await propose('p', klass(7))).toEqual(DONE);
    expect(definitionOf('firm-6', desk.register.retention)?.years).toBe(6);
    expect(await approve('p', 'ada')).toEqual(voided('forbidden'));
    expect(await approve('p')).toEqual(DONE);
    expect(definitionOf('firm-6', desk.register.retention)?.years).toBe(7);
    await desk.act('carl', 'retention.propose', { proposal: 'q', change: klass(8), reason: 'policy' });
    expect(await approve('q')).toEqual(voided('same-person'));
  });

  test('only lengthens, presets too', async () => {
    expect(await propose('p', klass(5))).toEqual(voided('retention-shortened'));
    expect(await propose('p', { ...klass(6), clock: 'sent' })).toEqual(voided('retention-shortened'));
    expect(await propose('p', { ...klass(6), accessibleYears: 1 })).toEqual(voided('retention-shortened'));
    expect(await propose('p', klass(null, 'acts'))).toEqual(voided('retention-shortened'));
    expect(await propose('p', klass(null))).toEqual(DONE);
  });

  test('of two lengthenings the shorter cannot be approved after the longer', async () => {
    await propose('eight', klass(8));
    await propose('seven', klass(7));
    expect(await approve('eight')).toEqual(DONE);
    expect(await approve('seven')).toEqual(voided('retention-shortened'));
    expect(definitionOf('firm-6', desk.register.retention)?.years).toBe(8);
  });

  test('rules name a class that exists and at least one condition, and stay', async () => {
    expect(await propose('p', rule({ class: 'nowhere' }))).toEqual(voided('unknown'));
    expect(await propose('p', rule({ class: 'acts' }))).toEqual(voided('unreadable'));
    expect(await propose('p', rule({ network: null }))).toEqual(voided('unreadable'));
    expect(await propose('p', rule())).toEqual(DONE);
    expect(await approve('p')).toEqual(DONE);
    expect([...desk.register.retention.rules.keys()]).toEqual(['rates']);
    expect(await propose('q', rule({ class: 'firm-6' }))).toEqual(voided('conflict'));
  });

  test('a rejected proposal stays rejected', async () => {
    await propose('p', klass(7));
    expect(await desk.act('carl', 'retention.reject', { proposal: 'p', expects: 1, reason: 'no' })).toEqual(
      DONE,
    );
    expect(await desk.act('carl', 'retention.approve', { proposal: 'p', expects: 2 })).toEqual(
      voided('not-now'),
    );
  });
});
