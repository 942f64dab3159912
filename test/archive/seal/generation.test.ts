import { ACTIONS, ensureFirstAct, recordAct } from '../../../src/archive/acts.ts';
import {
  type GenerationTools,
  openLostGenerations,
  openNextGeneration,
} from '../../../src/archive/seal/generation.ts';
import { isActSignedBy } from '../../../src/core/act.ts';
import { baseLogs } from '../../../src/core/logs.ts';
import type { Act } from '../../../src/core/record.ts';
import { commitsOf, recordsOf, recordsOfAll } from '../records.ts';
import { carried, messageEvent, openWorkshop, systemClock, type Workshop } from '../workshop.ts';
import { wrapStream, wrapVault } from '../wrapped.ts';

const LOGS = baseLogs(1);
let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
});
afterEach(async () => {
  await workshop.expectVerified();
  await workshop.dispose();
});

const tools = (): GenerationTools => ({
  vault: workshop.vault,
  stream: workshop.stream,
  identity: workshop.identity,
  ledger: workshop.ledger,
  clock: systemClock,
  acts: workshop.acts,
  actor: 'os:ada@desk',
});

const messages = Array.from({ length: 30 }, (_, i) => carried(messageEvent(i)));

async function actsOf(log: string): Promise<Act[]> {
  return (await recordsOfAll(workshop.vault, log)).flatMap((record) =>
    record.type === 'act' ? [record.record] : [],
  );
}

test('an archive is made once; its identity is control’s first act, signed by the node', async () => {
  await expect(workshop.found()).rejects.toMatchObject({
    code: 'archive-exists',
  });
  await ensureFirstAct(workshop, workshop.identity, 'os:ada@desk', workshop.acts);
  await workshop.sealAll();
  await ensureFirstAct(workshop, workshop.identity, 'os:ada@desk', workshop.acts);
  await workshop.sealAll();
  const acts = await actsOf('control');
  expect(acts).toMatchObject([
    { action: ACTIONS.created, details: { archive: workshop.identity }, node: 'test-archive/node' },
  ]);
  const [record] = await recordsOf(workshop.vault, 'control');
  expect(record).toMatchObject({ type: 'act', record: { class: 'acts' } });
  const {
    class: _class,
    quarter: _quarter,
    sealedAt: _sealedAt,
    ...act
  } = acts[0] as Act & Record<string, unknown>;
  expect(isActSignedBy(act as Act, workshop.node.publicKey)).toBe(true);
  expect(isActSignedBy({ ...(act as Act), actor: 'os:eve@desk' }, workshop.node.publicKey)).toBe(false);
});

test('a crash before control’s first act is mended', async () => {
  const other = await openWorkshop();
  try {
    await other.sealAll();
    for (let i = 0; i < 2; i++) {
      await ensureFirstAct(other, other.identity, 'os:ada@desk', other.acts);
      await other.sealAll();
    }
    expect(await recordsOf(other.vault, 'control')).toMatchObject([{ record: { action: ACTIONS.created } }]);
  } finally {
    await other.dispose();
  }
});

test('an act recorded twice under one id is sealed once', async () => {
  for (let i = 0; i < 2; i++) {
    await recordAct(
      workshop.stream,
      { log: 'audit', action: 'search', actor: 'os:ada@desk', details: { query: 'x' }, id: '0'.repeat(32) },
      workshop.acts,
    );
  }
  await workshop.sealAll();
  expect(await actsOf('audit')).toHaveLength(1);
});

test('the next generation names the last head in control, starts empty, and knows what the one before sealed', async () => {
  await workshop.stream.append('m0', messages);
  await workshop.sealAll();
  const closed = (await commitsOf(workshop.vault, 'm0')).at(-1);
  expect(await openNextGeneration(tools(), 'm0', 'decided')).toBe('m0.2');
  await workshop.stream.append('m0', [...messages, carried(messageEvent('new'))]);
  const events = await workshop.sealAll();
  expect(events.filter(({ kind }) => kind === 'incident')).toEqual([]);
  expect(await recordsOf(workshop.vault, 'm0')).toHaveLength(30);
  expect((await recordsOf(workshop.vault, 'm0.2')).map(({ leaf }) => leaf)).toEqual([0]);
  expect(await actsOf('control')).toMatchObject([
    { action: ACTIONS.created },
    {
      action: ACTIONS.generation,
      details: { log: 'm0.2', closes: 'm0', size: 30, commit: closed?.n, reason: 'decided' },
    },
  ]);
});

test('an observation in a later generation names the record in the earlier one', async () => {
  const copyOf = (perspective: string) =>
    carried(messageEvent(1, { provenance: { ...messageEvent(1).provenance, perspective } }));
  await workshop.stream.append('m0', [carried(messageEvent(0)), copyOf('ada')]);
  await workshop.sealAll();
  await openNextGeneration(tools(), 'm0', 'decided');
  await workshop.stream.append('m0', [copyOf('bob')]);
  await workshop.sealAll();
  expect(await recordsOf(workshop.vault, 'm0.2')).toMatchObject([
    { type: 'observation', record: { record: 'm0/1' } },
  ]);
});

describe('a stream that was lost', () => {
  test('is an incident for the archiver, and goes on in the next generations once they are opened', async () => {
    await workshop.stream.append('m0', messages);
    await workshop.sealAll();
    workshop = await workshop.wipeStream();
    const events = await workshop.sealAll();
    expect(events.flatMap((event) => (event.kind === 'incident' ? [event.log] : [])).sort()).toEqual([
      'control',
      'm0',
    ]);
    expect(await openLostGenerations(tools(), LOGS)).toEqual(['control.2', 'm0.2']);
    expect(await openLostGenerations(tools(), LOGS)).toEqual([]);
    await workshop.stream.append('m0', [...messages, carried(messageEvent('new'))]);
    expect((await workshop.sealAll()).filter(({ kind }) => kind === 'incident')).toEqual([]);
    expect(await recordsOf(workshop.vault, 'm0.2')).toHaveLength(1);
    expect((await actsOf('control')).map(({ action, details }) => [action, details.log])).toEqual([
      [ACTIONS.created, undefined],
      [ACTIONS.generation, 'control.2'],
      [ACTIONS.generation, 'm0.2'],
    ]);
  });

  test('a crash at any point of opening is mended by opening again', async () => {
    await workshop.stream.append('m0', messages);
    await workshop.sealAll();
    workshop = await workshop.wipeStream();
    for (let calls = 0; calls < 12; calls++) {
      let left = calls;
      const counted = <T>(work: () => Promise<T>): Promise<T> =>
        left-- > 0 ? work() : Promise.reject(new Error('the process died'));
      const dying: GenerationTools = {
        ...tools(),
        vault: wrapVault(workshop.vault, { put: (objects) => counted(() => workshop.vault.put(objects)) }),
        stream: wrapStream(workshop.stream, {
          append: (log, bodies) => counted(() => workshop.stream.append(log, bodies)),
        }),
      };
      await openLostGenerations(dying, LOGS).catch(() => undefined);
    }
    expect(await openLostGenerations(tools(), LOGS)).toEqual([]);
    expect((await workshop.sealAll()).filter(({ kind }) => kind === 'incident')).toEqual([]);
    expect((await actsOf('control')).map(({ details }) => details.log)).toEqual([
      undefined,
      'control.2',
      'm0.2',
    ]);
  });
});
