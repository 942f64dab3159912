import { isRole, needsApprover, ROLE_NAMES } from '../../../src/core/control/roles.ts';
import { Desk, DONE, person, voided } from './acts.ts';

let desk: Desk;
beforeEach(async () => {
  desk = new Desk();
  await desk.bootstrap();
});

const account = (name: string) => desk.register.accounts.get(name);
const at = (name: string) => ({ account: name, expects: desk.version('accounts', name) });

describe('the first accounts', () => {
  test('are an administrator and a compliance officer, made by the owner of the folder', () => {
    expect(account('ada')?.roles).toEqual(['administrator']);
    expect(account('carl')?.roles).toEqual(['compliance']);
  });

  test('the owner makes no second account that reads content', async () => {
    expect(await desk.act('os:root@desk', 'account.create', person('eve', ['compliance']))).toEqual(
      voided('same-person'),
    );
    expect(await desk.act('os:root@desk', 'account.create', person('eve', ['legal']))).toEqual(
      voided('same-person'),
    );
    expect(account('eve')).toBeUndefined();
  });

  test('one account is never both', async () => {
    const empty = new Desk();
    expect(
      await empty.act('os:root@desk', 'account.create', person('eve', ['administrator', 'compliance'])),
    ).toEqual(voided('roles-exclude'));
  });
});

describe('roles', () => {
  test.each(ROLE_NAMES.filter(needsApprover))('%s takes two persons', async (role) => {
    await desk.act('ada', 'account.create', person('bob'));
    expect(await desk.act('ada', 'account.request-role', { ...at('bob'), role, reason: 'r' })).toEqual(DONE);
    expect(account('bob')?.roles).toEqual([]);
    expect(await desk.act('ada', 'account.approve-role', { ...at('bob'), role })).toEqual(
      voided('forbidden'),
    );
    expect(await desk.act('carl', 'account.approve-role', { ...at('bob'), role })).toEqual(DONE);
    expect(account('bob')?.roles).toEqual([role]);
    expect(account('bob')?.requests).toEqual([]);
  });

  test('of no content and no approval are given by one', async () => {
    await desk.act('ada', 'account.create', person('feed'));
    expect(
      await desk.act('ada', 'account.request-role', { ...at('feed'), role: 'connector', reason: 'r' }),
    ).toEqual(DONE);
    expect(account('feed')?.roles).toEqual(['connector']);
  });

  test('nobody asks for his own, nor approves it', async () => {
    expect(
      await desk.act('ada', 'account.request-role', { ...at('ada'), role: 'connector', reason: 'r' }),
    ).toEqual(voided('own-role'));
    await desk.act('ada', 'account.request-role', { ...at('carl'), role: 'legal', reason: 'r' });
    expect(await desk.act('carl', 'account.approve-role', { ...at('carl'), role: 'legal' })).toEqual(
      voided('own-role'),
    );
  });

  test('who asked does not approve, even with the permission for both', async () => {
    // A second administrator who approves cannot exist: the roles exclude each other.
    await desk.act('ada', 'account.create', person('bob', ['administrator']));
    expect(
      await desk.act('ada', 'account.request-role', { ...at('bob'), role: 'compliance', reason: 'r' }),
    ).toEqual(voided('roles-exclude'));
  });

  test('the owner of the folder is no second person', async () => {
    await desk.act('ada', 'account.create', person('bob'));
    expect(
      await desk.act('os:root@desk', 'account.request-role', { ...at('bob'), role: 'legal', reason: 'r' }),
    ).toEqual(voided('needs-account'));
    await desk.act('ada', 'account.request-role', { ...at('bob'), role: 'legal', reason: 'r' });
    expect(await desk.act('os:root@desk', 'account.approve-role', { ...at('bob'), role: 'legal' })).toEqual(
      voided('needs-account'),
    );
  });

  test('the last who can approve, or ask, stays', async () => {
    expect(await desk.act('carl', 'account.disable', { ...at('carl'), reason: 'left' })).toEqual(
      voided('last-of-role'),
    );
    expect(
      await desk.act('ada', 'account.remove-role', { ...at('carl'), role: 'compliance', reason: 'r' }),
    ).toEqual(voided('last-of-role'));
    await desk.appoint('dora', 'compliance');
    expect(await desk.act('ada', 'account.disable', { ...at('carl'), reason: 'left' })).toEqual(DONE);
    expect(await desk.act('carl', 'account.enable', { ...at('carl'), reason: 'back' })).toEqual(
      voided('forbidden'),
    );
  });

  test('are a closed set', () => {
    expect(isRole('legal')).toBe(true);
    expect(isRole('toString')).toBe(false);
  });
});

describe('whom a supervisor supervises', () => {
  const supervision = () => account('dora')?.people?.directory;
  const approve = (by: string, directory: number) =>
    desk.act(by, 'account.approve-people', { ...at('dora'), directory });

  test('is approved with the role, as the directory was when it was asked for', async () => {
    await desk.appoint('dora', 'supervisor');
    expect(supervision()).toBe(0);
  });

  test('is approved again by another person with the same permission, of a version that there is', async () => {
    await desk.appoint('dora', 'supervisor');
    expect(await approve('carl', 1)).toEqual(voided('unknown'));
    expect(await approve('ada', 0)).toEqual(voided('forbidden'));
    expect(await approve('os:root@desk', 0)).toEqual(voided('needs-account'));
    expect(await approve('carl', 0)).toEqual(DONE);
    expect(account('dora')?.people?.by.action).toBe('account.approve-people');
  });

  test('is nobody without the role, and goes with it', async () => {
    await desk.appoint('dora', 'legal');
    expect(await approve('carl', 0)).toEqual(voided('not-now'));
    await desk.act('ada', 'account.request-role', { ...at('dora'), role: 'supervisor', reason: 'r' });
    await desk.act('carl', 'account.approve-role', { ...at('dora'), role: 'supervisor' });
    expect(supervision()).toBe(0);
    await desk.act('ada', 'account.remove-role', { ...at('dora'), role: 'supervisor', reason: 'r' });
    expect(account('dora')?.people).toBeNull();
  });

  test('is not approved by himself, who may approve for others', async () => {
    await desk.appoint('dora', 'supervisor');
    await desk.act('ada', 'account.request-role', { ...at('dora'), role: 'compliance', reason: 'r' });
    await desk.act('carl', 'account.approve-role', { ...at('dora'), role: 'compliance' });
    expect(await approve('dora', 0)).toEqual(voided('own-role'));
  });
});

describe('accounts', () => {
  test('of two writers who saw the same version one loses, and learns who won', async () => {
    await desk.act('ada', 'account.create', person('bob'));
    const seen = at('bob');
    await desk.act('ada', 'account.disable', { ...seen, reason: 'left' });
    expect(
      await desk.act('ada', 'account.change', { ...seen, displayName: 'Bob', person: null }),
    ).toMatchObject({ is: 'void', reason: 'conflict', won: { actor: 'ada', action: 'account.disable' } });
  });

  test('a name is taken once for ever', async () => {
    expect(await desk.act('ada', 'account.create', person('carl'))).toEqual(voided('conflict'));
  });

  test('a disabled account acts no more, and its sessions end', async () => {
    await desk.appoint('dora', 'legal');
    await desk.act('ada', 'account.disable', { ...at('dora'), reason: 'left' });
    expect(
      await desk.act('dora', 'matter.open', { matter: 'm', reference: 'R', zone: 'UTC', members: [] }),
    ).toEqual(voided('forbidden'));
    expect(account('dora')?.sessionsRevoked).not.toBeNull();
  });

  test('who manages accounts cannot set the password of one that reads content', async () => {
    const password = { credential: 'password', change: 'set', reference: null };
    await desk.appoint('dora', 'legal');
    expect(await desk.act('ada', 'account.credential', { ...at('dora'), ...password })).toEqual(DONE);
    expect(await desk.act('dora', 'account.credential', { ...at('dora'), ...password })).toEqual(DONE);
    expect(await desk.act('ada', 'account.credential', { ...at('dora'), ...password })).toEqual(
      voided('forbidden'),
    );
    await desk.act('ada', 'account.request-reset', { ...at('dora'), reason: 'forgotten' });
    expect(await desk.act('ada', 'account.approve-reset', at('dora'))).toEqual(voided('forbidden'));
    expect(await desk.act('carl', 'account.approve-reset', at('dora'))).toEqual(DONE);
    expect(await desk.act('carl', 'account.credential', { ...at('dora'), ...password })).toEqual(DONE);
    expect(account('dora')?.resetApproved).toBeNull();
    expect(await desk.act('carl', 'account.credential', { ...at('dora'), ...password })).toEqual(
      voided('forbidden'),
    );
  });

  test('anyone ends his own sessions', async () => {
    await desk.appoint('dora', 'supervisor');
    expect(await desk.act('dora', 'account.revoke-sessions', at('dora'))).toEqual(DONE);
    expect(await desk.act('dora', 'account.revoke-sessions', at('carl'))).toEqual(voided('forbidden'));
  });
});
