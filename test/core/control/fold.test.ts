import { fold } from '../../../src/core/control/fold.ts';
import { EMPTY_REGISTER } from '../../../src/core/control/register.ts';
import { Desk, DONE, person, voided } from './acts.ts';

let desk: Desk;
beforeEach(async () => {
  desk = new Desk();
  await desk.bootstrap();
});

describe('the fold', () => {
  test('comes to the same register whenever the same entries are read again', async () => {
    await desk.appoint('lena', 'legal');
    await desk.act('lena', 'matter.open', { matter: 'm', reference: 'R', zone: 'UTC', members: [] });
    await desk.act('carl', 'matter.open', { matter: 'n', reference: 'R', zone: 'UTC', members: [] });
    let again = EMPTY_REGISTER;
    for (const sealed of desk.sealed) again = fold(again, sealed, desk.node.publicKey).register;
    expect(again).toEqual(desk.register);
  });

  test('an act that no node of the archive signed is void', async () => {
    const sealed = await desk.sign('ada', 'account.create', person('eve'));
    const { signature: _, ...unsigned } = sealed.act;
    expect(desk.fold({ ...sealed, act: unsigned })).toEqual(voided('unsigned'));
    expect(desk.fold({ ...sealed, act: { ...sealed.act, actor: 'os:root@desk' } })).toEqual(
      voided('unsigned'),
    );
    const other = new Desk();
    const foreign = await other.sign('ada', 'account.create', person('eve'));
    expect(desk.fold(foreign)).toEqual(voided('unsigned'));
  });

  test.each(['account.create', 'account.revoke-sessions'])('a replayed %s is void', async (action) => {
    const details =
      action === 'account.create'
        ? person('bob')
        : { account: 'carl', expects: desk.version('accounts', 'carl') };
    const sealed = await desk.sign(action === 'account.create' ? 'ada' : 'carl', action, details);
    expect(desk.fold(sealed)).toEqual(DONE);
    expect(desk.fold({ ...sealed, position: 'control/999' })).toEqual(voided('conflict'));
  });

  test.each([
    ['no such action', 'account.promote', {}],
    ['a member too many', 'account.create', { ...person('bob'), admin: true }],
    ['a member too few', 'account.revoke-sessions', {}],
    ['a name that is none', 'account.create', person('../etc')],
    ['half a surrogate pair', 'account.create', { ...person('bob'), displayName: '\ud800' }],
    ['a name of a prototype', 'account.__proto__', {}],
    ['a role that is none', 'account.create', { ...person('bob'), roles: ['constructor'] }],
  ])('%s is void, and blocks nothing', async (_, action, details) => {
    const before = desk.register;
    expect(await desk.act('ada', action, details)).toEqual(voided('unreadable'));
    expect({ ...desk.register, position: null }).toEqual({ ...before, position: null });
  });

  test('acts of the archive on itself are noted and change nothing', async () => {
    expect(await desk.act('os:root@desk', 'heads', { heads: [] })).toEqual({ is: 'noted' });
    expect(desk.register.position).toBe('control/2');
  });

  test('a name like a member of every object is a name like others', async () => {
    expect(await desk.act('ada', 'account.create', person('constructor'))).toEqual(DONE);
    expect(await desk.act('constructor', 'account.create', person('eve'))).toEqual(voided('forbidden'));
  });
});
