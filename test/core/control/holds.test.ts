import { Desk, DONE, voided } from './acts.ts';

let desk: Desk;
beforeEach(async () => {
  desk = new Desk();
  await desk.bootstrap();
  await desk.appoint('lena', 'legal');
  await desk.appoint('lars', 'legal');
  await desk.act('lena', 'matter.open', { matter: 'm', reference: 'R', zone: 'UTC', members: ['lars'] });
});

const placed = {
  hold: 'h',
  matter: 'm',
  scope: 'from:bob',
  language: 1,
  ...why('subpoena'),
  authority: 'SEC',
};
const at = () => ({ hold: 'h', expects: desk.version('holds', 'h') });
const hold = () => desk.register.holds.get('h');
const texts = () => hold()?.scopes.map(({ text }) => text);
const place = () => desk.act('lena', 'hold.place', { ...placed, trigger: '2026-02-01' });
const widen = (scope: string) =>
  desk.act('lena', 'hold.widen', { ...at(), scope, language: 1, ...why('more') });

function why(reason: string): { reason: string } {
  return { reason };
}

describe('a hold', () => {
  test('widens at once, beside what it covered before', async () => {
    expect(await place()).toEqual(DONE);
    expect(await widen('from:carol')).toEqual(DONE);
    expect(texts()).toEqual(['from:bob', 'from:carol']);
    expect(hold()?.history.map(({ by }) => by.action)).toEqual(['hold.place', 'hold.widen']);
  });

  test('is released by two accounts of legal, never by one', async () => {
    await place();
    expect(await desk.act('lena', 'hold.request-release', { ...at(), ...why('settled') })).toEqual(DONE);
    expect(await desk.act('lena', 'hold.approve-release', at())).toEqual(voided('same-person'));
    expect(await desk.act('carl', 'hold.approve-release', at())).toEqual(voided('forbidden'));
    expect(await desk.act('os:root@desk', 'hold.approve-release', at())).toEqual(voided('needs-account'));
    expect(hold()?.released).toBeNull();
    expect(await desk.act('lars', 'hold.approve-release', at())).toEqual(DONE);
    expect(hold()?.released).not.toBeNull();
    expect(await widen('from:dave')).toEqual(voided('not-now'));
  });

  test('an approval of what was changed meanwhile loses', async () => {
    await place();
    await desk.act('lena', 'hold.request-release', { ...at(), ...why('settled') });
    const seen = at();
    await widen('from:carol');
    expect(await desk.act('lars', 'hold.approve-release', seen)).toMatchObject({
      reason: 'conflict',
      won: { action: 'hold.widen' },
    });
  });

  test('narrows only as it is released, and keeps what was added after the request', async () => {
    await place();
    await widen('from:carol');
    await desk.act('lena', 'hold.request-narrowing', {
      ...at(),
      scope: 'from:bob since:2026',
      language: 1,
      ...why('too wide'),
    });
    expect(texts()).toEqual(['from:bob', 'from:carol']);
    await widen('from:dave');
    expect(await desk.act('lars', 'hold.approve-release', at())).toEqual(DONE);
    expect(texts()).toEqual(['from:bob since:2026', 'from:dave']);
    expect(hold()?.released).toBeNull();
  });

  test('a request is rejected by another, or taken back by the one who asked', async () => {
    await place();
    for (const who of ['lars', 'lena']) {
      await desk.act('lena', 'hold.request-release', { ...at(), ...why('settled') });
      expect(await desk.act('carl', 'hold.reject-release', { ...at(), ...why('no') })).toEqual(
        voided('forbidden'),
      );
      expect(await desk.act(who, 'hold.reject-release', { ...at(), ...why('no') })).toEqual(DONE);
      expect(hold()?.pending).toBeNull();
    }
  });

  test('takes a matter, and membership in it', async () => {
    await desk.appoint('lois', 'legal');
    expect(await desk.act('lena', 'hold.place', { ...placed, matter: 'none', trigger: null })).toEqual(
      voided('unknown'),
    );
    expect(await desk.act('lois', 'hold.place', { ...placed, trigger: null })).toEqual(voided('forbidden'));
    expect(await desk.act('os:root@desk', 'hold.place', { ...placed, trigger: null })).toEqual(DONE);
  });
});

describe('productions', () => {
  const produce = (production: string, first: number, last: number, prefix = 'HF') =>
    desk.act('lena', 'production.create', {
      production,
      matter: 'm',
      prefix,
      width: 6,
      first,
      last,
      spec: {},
    });

  test('never use a number twice in a matter', async () => {
    expect(await produce('p1', 1, 100)).toEqual(DONE);
    expect(await produce('p2', 100, 120)).toMatchObject({ reason: 'numbers-used' });
    expect(await produce('p2', 50, 60)).toMatchObject({ reason: 'numbers-used' });
    expect(await produce('p2', 101, 120)).toEqual(DONE);
    expect(await produce('p3', 1, 100, 'HX')).toEqual(DONE);
    expect(await produce('p1', 500, 600)).toEqual(voided('conflict'));
    expect(await produce('p4', 999_999, 1_000_000)).toEqual(voided('unreadable'));
  });
});
