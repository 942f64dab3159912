import { setTimeout as sleep } from 'node:timers/promises';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { sealedAct } from '../../src/archive/register.ts';
import { actEntry } from '../../src/core/act.ts';
import { isHoldfastError } from '../../src/core/errors.ts';
import { Node } from './nodes.ts';
import { replayed, voidsOf } from './replayed.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

let workshop: Workshop;
let stop: () => Promise<void>;
let one: Node;
let two: Node;

beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
  const { archiver } = workshop.archiver();
  const consumption = await workshop.stream.consume(archiver);
  stop = () => consumption.stop();
  one = await Node.open(workshop);
  two = await Node.open(workshop);
  await one.appoint();
});
afterEach(async () => {
  await stop();
  await workshop.dispose();
});

const hold = {
  hold: 'h',
  matter: 'm',
  scope: 'from:bob',
  language: 1,
  authority: 'SEC',
  reason: 'r',
  trigger: null,
};

test('two nodes that write against each other come to the same register, and the vault too', async () => {
  const WRITES = 1_000;
  const before = (await replayed(workshop.vault)).acts.length;
  let left = WRITES;
  let won = 0;
  const lost: string[] = [];
  // Each writer acts on what its node read last: with several of them at work most of it is out of date.
  const writer = async (node: Node, seed: number): Promise<void> => {
    for (let n = seed; left-- > 0; n = (n * 1_103_515_245 + 12_345) % 2_147_483_648) {
      const name = `h${Math.floor(n / 65_536) % 4}`;
      const who = n % 2 === 0 ? 'lena' : 'lars';
      const expects = node.follower.current().holds.get(name)?.version ?? 0;
      const reason = 'r';
      const wanted = [
        ['hold.place', { ...hold, hold: name }],
        ['hold.widen', { hold: name, expects, scope: `from:${n}`, language: 1, reason }],
        ['hold.request-release', { hold: name, expects, reason }],
        ['hold.approve-release', { hold: name, expects }],
        ['hold.request-narrowing', { hold: name, expects, scope: 'from:bob', language: 1, reason }],
        ['hold.reject-release', { hold: name, expects, reason }],
      ] as const;
      const [action, details] = wanted[Math.floor(n / 256) % wanted.length] ?? wanted[0];
      try {
        const { register, position } = await node.write(who, action, details);
        won++;
        expect(register.holds.get(name)?.changed.position).toBe(position);
      } catch (error) {
        if (!isHoldfastError(error, 'conflict') && !isHoldfastError(error, 'refused')) throw error;
        lost.push(`${error.code} ${error.message} ${error.hint}`);
      }
    }
  };
  await two.follower.refresh();
  await Promise.all([one, two, one, two, one, two, one, two].map((node, i) => writer(node, i * 7_919 + 1)));
  const [first, second, vault] = [
    await one.follower.refresh(),
    await two.follower.refresh(),
    await replayed(workshop.vault),
  ];
  expect(second).toEqual(first);
  expect(vault.register).toEqual(first);
  // No act without its entry: those that lost are sealed too.
  expect(vault.acts.length - before).toBe(WRITES);
  const voids = voidsOf(vault.acts).length;
  expect([won, lost.length]).toEqual([WRITES - voids, voids]);
  expect(won * lost.length).toBeGreaterThan(0);
  const conflicts = lost.filter((line) => line.includes('was changed by another act before'));
  expect(conflicts.length).toBeGreaterThan(0);
  for (const line of conflicts)
    expect(line).toMatch(
      /^conflict hold\.\S+ has no effect: .+: hold\.\S+ by l(?:ena|ars) at \S+ \(control\/\d+\)/,
    );
  await stop();
  await workshop.expectVerified();
}, 300_000);

test('a forged message on the topic is sealed as void, and a replayed one comes to nothing', async () => {
  await one.write('lena', 'hold.place', hold);
  const reader = await openReader(workshop.vault);
  const { size } = await reader.head('control');
  const placed = await reader.record(`control/${size - 1}`);
  const act = sealedAct('control/0', placed)?.act;
  if (act === undefined) throw new Error('no act');
  const forged = [
    { ...act, id: '0'.repeat(32), details: { ...act.details, hold: 'forged' } },
    { ...act, id: '3'.repeat(32), actor: 'os:root@desk' },
    {
      id: '1'.repeat(32),
      action: 'account.revoke-sessions',
      actor: 'carl',
      at: act.at,
      details: { account: 'ada' },
    },
    { id: '2'.repeat(32), action: 'hold.place', actor: 'carl', at: act.at, details: { hold: 1 } },
  ];
  await workshop.stream.append('control', [
    ...forged.map((one) => JSON.stringify(actEntry(one))),
    JSON.stringify(actEntry(act)),
    'no JSON at all',
  ]);
  // A write after them: whatever it finds folded, they were too.
  const { register } = await two.write('lena', 'hold.widen', {
    hold: 'h',
    expects: 1,
    scope: 'from:carol',
    language: 1,
    reason: 'more',
  });
  expect([...register.holds.keys()]).toEqual(['h']);
  expect(register.accounts.get('ada')?.version).toBe(1);
  const after = await replayed(workshop.vault);
  // The replay was dropped as a duplicate, what is no entry became a reject: neither is an act.
  expect(voidsOf(after.acts)).toHaveLength(forged.length);
  expect((await reader.head('control')).size - size).toBe(forged.length + 2);
  expect(after.register).toEqual(register);
});

test('a loser is told what won, and that its attempt is sealed', async () => {
  await one.write('lena', 'hold.place', hold);
  const both = await Promise.allSettled([
    one.write('lena', 'hold.request-release', { hold: 'h', expects: 1, reason: 'settled' }),
    two.write('lars', 'hold.widen', {
      hold: 'h',
      expects: 1,
      scope: 'from:dave',
      language: 1,
      reason: 'more',
    }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const [lost] = both.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(lost).toMatchObject({ code: 'conflict', hint: expect.stringMatching(/sealed as control\/\d+/) });
});

test('what one node wrote another one reads, once it has reached its position', async () => {
  const { position } = await one.write('lena', 'hold.place', hold);
  expect((await two.follower.reach(position)).holds.has('h')).toBe(true);
});

test('a position that nothing has yet is waited for, and not for ever', async () => {
  await expect(two.follower.reach('control/1000000', { patience: 20 })).rejects.toMatchObject({
    code: 'register-stale',
  });
});

test('a register that was not read for over five seconds decides nothing', async () => {
  let now = 1_000_000;
  const reader = await openReader(workshop.vault);
  const { RegisterFollower } = await import('../../src/archive/register.ts');
  const follower = new RegisterFollower(reader, { now: () => now });
  expect(() => follower.current()).toThrow(expect.objectContaining({ code: 'register-stale' }));
  await follower.refresh();
  now += 5_000;
  expect(follower.current().accounts.size).toBe(4);
  now += 1;
  expect(() => follower.current()).toThrow(expect.objectContaining({ code: 'register-stale' }));
});

test('an act that cannot be read back is refused before it is sealed', async () => {
  await expect(one.write('lena', 'hold.place', { ...hold, hold: '../h' })).rejects.toMatchObject({
    code: 'bad-usage',
  });
});

test('waiting for a seal that does not come says so, and ends with its caller', async () => {
  await stop();
  stop = async () => {};
  const giving = new AbortController();
  const waiting = one.write('lena', 'hold.place', hold, giving.signal);
  await sleep(10);
  giving.abort();
  await expect(waiting).rejects.toThrow();
});
