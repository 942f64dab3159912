import { openReader } from '../../src/archive/read/open-reader.ts';
import { sealedAct } from '../../src/archive/register.ts';
import { verifyArchive } from '../../src/archive/verify/verify.ts';
import { actEntry } from '../../src/core/act.ts';
import { comparePositions } from '../../src/core/control/stamp.ts';
import { KafkaStream } from '../../src/engines/distributed/kafka-stream.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { replayed, voidsOf } from '../archive/replayed.ts';
import { kafkaSettings } from '../engines/distributed/kafka-settings.ts';
import { describeWith } from '../engines/index.ts';
import { ask, firstToken, type Said, type Started } from './started.ts';
import { Nodes, newcomer } from './two-nodes.ts';

/** Acts that the two nodes write against each other. */
const ACTS = Number(process.env.HOLDFAST_TEST_ACTS ?? 1_000);
const WRITERS = 24;
const SCOPE = { scope: 'from:bob', reason: 'r' };

await describeWith(['kafka', 'elasticsearch'], 'control between two nodes', (engines) => {
  const nodes = new Nodes(engines);
  const vault = new FolderVault(nodes.vault);
  let both: readonly [Started, Started];
  let admin: string;
  let legal: readonly string[];

  beforeAll(async () => {
    await nodes.init();
    const one = await nodes.start('one');
    // Either may seal control.
    both = [one, await nodes.start('two')];
    admin = await firstToken(one, 'administrator');
    const officer = await firstToken(one, 'compliance');
    const lena = await newcomer(one, admin, officer, 'lena', 'legal');
    legal = [lena, await newcomer(both[1], admin, officer, 'lars', 'legal')];
    const matter = { matter: 'm', reference: 'R', members: ['lars'] };
    expect((await ask(one.url, 'POST', '/v1/matters', { token: lena, body: matter })).status).toBe(200);
  });
  afterAll(() => nodes.end());

  const place = ({ url }: Started, hold: string, token = legal[0] ?? ''): Promise<Said> =>
    ask(url, 'POST', '/v1/holds', { token, body: { hold, matter: 'm', authority: 'SEC', ...SCOPE } });

  /** What a node serves of the register, with everything up to `position` in it. */
  const served = async ({ url }: Started, position: string): Promise<object> => {
    const get = async (path: string, token = legal[0] ?? '') =>
      (await ask(url, 'GET', path, { token, position })).body;
    const { holds } = await get('/v1/holds');
    const { matters } = await get('/v1/matters');
    const { accounts } = await get('/v1/accounts', admin);
    return { holds, matters, accounts };
  };

  test(`after ${ACTS} acts they serve one register, the vault's; losers are told what won`, async () => {
    let left = ACTS;
    const won: string[] = [];
    const lost: Said[] = [];
    /** Acts on what its node shows: with so many at work that is mostly out of date. */
    const writer = async (number: number): Promise<void> => {
      const [here, there] = number % 2 === 0 ? both : [both[1], both[0]];
      const token = legal[Math.floor(number / 2) % 2] ?? '';
      for (let n = number * 7_919 + 1; left-- > 0; n = (n * 1_103_515_245 + 12_345) % 2_147_483_648) {
        const hold = `h${Math.floor(n / 65_536) % 6}`;
        const seen = await ask(here.url, 'GET', `/v1/holds/${hold}`, { token });
        const expects: number = seen.status === 200 ? seen.body.version : 0;
        const act = (name: string, body: object): Promise<Said> =>
          ask(here.url, 'POST', `/v1/holds/${hold}/${name}`, { token, body: { expects, ...body } });
        const acts = [
          () => place(here, hold, token),
          () => act('widen', { ...SCOPE, scope: `from:${n}` }),
          () => act('request-release', { reason: 'r' }),
          () => act('approve-release', {}),
          () => act('request-narrowing', SCOPE),
          () => act('reject-release', { reason: 'r' }),
        ];
        const said = await acts[Math.floor(n / 256) % acts.length]?.();
        if (said?.status !== 200) {
          if (said !== undefined) lost.push(said);
          continue;
        }
        won.push(said.body.position);
        // Its position opens the other node's eyes: the write is there, or already written over.
        const { position } = said.body;
        const read = await ask(there.url, 'GET', `/v1/holds/${hold}`, { token, position });
        expect(comparePositions(read.body.changed.position, position)).toBeGreaterThanOrEqual(0);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));

    const after = await replayed(vault);
    // No act without its entry, those that lost too. (The archive seals heads among them by itself.)
    const sealed = after.acts.filter(({ action }) => action.startsWith('hold.'));
    expect([won.length + lost.length, sealed.length]).toEqual([ACTS, ACTS]);
    expect(sealed.flatMap(({ position, isVoid }) => (isVoid ? [] : [position]))).toEqual(
      [...won].sort(comparePositions),
    );
    expect([...new Set(lost.map(({ status }) => status))].sort()).toEqual([403, 409]);
    const conflicts = lost.filter(({ body }) => body.detail.includes('was changed by another act before'));
    expect(conflicts.length).toBeGreaterThan(0);
    for (const { status, body } of conflicts) {
      expect(status).toBe(409);
      expect(body.detail).toMatch(/: hold\.\S+ by l(?:ena|ars) at \S+ \(control\/\d+\)\.$/);
    }
    const attempts = lost.map(({ body }) => /sealed as (control\/\d+)/.exec(body.hint)?.[1] ?? body.hint);
    expect(attempts.sort(comparePositions)).toEqual(voidsOf(sealed));

    const position = after.register.position ?? '';
    const { holds, matters, accounts } = after.register;
    const [here, there] = [await served(both[0], position), await served(both[1], position)];
    expect(there).toEqual(here);
    expect(here).toMatchObject({
      holds: JSON.parse(JSON.stringify([...holds.values()])),
      matters: JSON.parse(JSON.stringify([...matters.values()])),
      accounts: [...accounts.values()].map(({ account, roles, version }) => ({ account, roles, version })),
    });
    const { ok, faults } = await verifyArchive({ vault });
    expect({ ok, faults }).toEqual({ ok: true, faults: [] });
  });

  test('a forged message on the topic is sealed as void on both, and a replayed one comes to nothing', async () => {
    const placed = await place(both[0], 'real');
    const reader = await openReader(vault);
    const act = sealedAct(placed.body.position, await reader.record(placed.body.position))?.act;
    if (act === undefined) throw new Error('no act');
    const before = await replayed(vault);
    const size = (await reader.head('control')).size;
    const forged = [
      // The node's signature does not fit what was changed under it.
      { ...act, id: '0'.repeat(32), details: { ...act.details, hold: 'forged' } },
      { ...act, id: '1'.repeat(32), actor: 'os:root@desk' },
      // Nobody signed it.
      {
        id: '2'.repeat(32),
        action: 'account.revoke-sessions',
        actor: 'compliance',
        at: act.at,
        details: { account: 'administrator', expects: 1 },
      },
    ];
    const topic = await KafkaStream.open(
      kafkaSettings(engines.kafka.brokers, nodes.prefix, { partitions: 2 }),
    );
    await topic.append('control', [
      ...forged.map((one) => JSON.stringify(actEntry(one))),
      JSON.stringify(actEntry(act)),
      'no JSON at all',
    ]);
    await topic.close();
    // Written after them: whatever finds it folded finds them folded.
    const next = await place(both[1], 'next');
    expect(next.status).toBe(200);
    const { position } = next.body;
    const after = await replayed(vault);
    const since = after.acts.slice(before.acts.length);
    expect(voidsOf(since)).toHaveLength(forged.length);
    // The replay was a duplicate, what is no entry a reject: neither is an act.
    const own = since.filter(({ action }) => !action.startsWith('heads'));
    expect(own).toHaveLength(forged.length + 1);
    const sealed = (await (await openReader(vault)).head('control')).size - size;
    expect(sealed - since.length).toBe(1);
    for (const node of both) {
      const { holds, accounts } = (await served(node, position)) as ReturnType<typeof JSON.parse>;
      const names = holds.map(({ hold }: { hold: string }) => hold);
      expect(names).toEqual(expect.arrayContaining(['real', 'next']));
      expect(names).not.toContain('forged');
      const administrator = accounts.find(({ account }: { account: string }) => account === 'administrator');
      expect(administrator.version).toBe(after.register.accounts.get('administrator')?.version);
      expect((await ask(node.url, 'GET', '/v1/me', { token: admin })).status).toBe(200);
    }
  });
});
