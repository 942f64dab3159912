import { setTimeout as sleep } from 'node:timers/promises';
import { recordAct, recordHeads } from '../../src/archive/acts.ts';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { openNextGeneration } from '../../src/archive/seal/generation.ts';
import { awaitAct, SealWatch } from '../../src/archive/sealing.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import { carried, carriedReceipt, messageEvent, openWorkshop, RECEIPT, type Workshop } from './workshop.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
});
afterEach(() => workshop.dispose());

const eventOf = (receipt: string, n: number): string =>
  carried(messageEvent(n, { provenance: { ...messageEvent(n).provenance, receipt } }));

test('a receipt is sealed once its entry is, with the records that are new, duplicates not counted', async () => {
  const [first, second] = [RECEIPT, sha256Hex('another receipt')];
  await workshop.stream.append('m0', [eventOf(first, 1), carriedReceipt(first, 1)]);
  await workshop.sealAll();
  const watch = await SealWatch.open(workshop.vault, ['m0']);
  await workshop.stream.append('m0', [
    eventOf(second, 1),
    eventOf(second, 2),
    eventOf(second, 3),
    carriedReceipt(second, 3),
  ]);
  const sealing = workshop.sealAll();
  expect(await watch.wait([{ receipt: second, logs: ['m0'] }])).toEqual(new Map([[second, 2]]));
  await sealing;
  const all = await SealWatch.open(workshop.vault, ['m0'], 'start');
  expect(
    await all.wait([
      { receipt: first, logs: ['m0'] },
      { receipt: second, logs: ['m0'] },
    ]),
  ).toEqual(
    new Map([
      [first, 1],
      [second, 2],
    ]),
  );
});

test('waiting goes on until every log that is named has sealed the entry, and says which have not', async () => {
  const watch = await SealWatch.open(workshop.vault, ['m0', 'audit']);
  await workshop.stream.append('m0', [carriedReceipt(RECEIPT, 0)]);
  await workshop.sealAll();
  const late: (readonly string[])[] = [];
  let isDone = false;
  const waiting = watch
    .wait([{ receipt: RECEIPT, logs: ['m0', 'audit'] }], { lateAfter: 20, late: (logs) => late.push(logs) })
    .then(() => {
      isDone = true;
    });
  while (late.length < 2) await sleep(5);
  expect([isDone, late[0]]).toEqual([false, ['audit']]);
  await workshop.stream.append('audit', [carriedReceipt(RECEIPT, 0)]);
  await workshop.sealAll();
  await waiting;
});

test('waiting ends when the caller gives up', async () => {
  const watch = await SealWatch.open(workshop.vault, ['m0']);
  const giving = new AbortController();
  const waiting = watch.wait([{ receipt: RECEIPT, logs: ['m0'] }], { signal: giving.signal });
  giving.abort();
  await expect(waiting).rejects.toThrow();
});

test('what is sealed in the next generation counts for the log', async () => {
  await workshop.sealAll();
  const watch = await SealWatch.open(workshop.vault, ['m0']);
  await openNextGeneration({ ...workshop, acts: workshop.acts, actor: 'os:ada@desk' }, 'm0', 'decided');
  await workshop.stream.append('m0', [eventOf(RECEIPT, 1), carriedReceipt(RECEIPT, 1)]);
  await workshop.sealAll();
  expect(await watch.wait([{ receipt: RECEIPT, logs: ['m0'] }])).toEqual(new Map([[RECEIPT, 1]]));
});

test('an act is found once it is sealed, by its id', async () => {
  await workshop.sealAll();
  const reader = await openReader(workshop.vault);
  const { log, size } = await reader.head('audit');
  const act = await recordAct(
    workshop.stream,
    { log: 'audit', action: 'search', actor: 'os:ada@desk', details: { query: 'x' } },
    workshop.acts,
  );
  const waiting = awaitAct(reader, 'audit', act, { from: { log, size } });
  await workshop.sealAll();
  expect(await waiting).toBe('audit/0');
  expect(await awaitAct(reader, 'audit', act)).toBe('audit/0');
});

test('all heads but control’s own go into control, and bear verification', async () => {
  await workshop.stream.append('m0', [eventOf(RECEIPT, 1), carriedReceipt(RECEIPT, 1)]);
  await workshop.sealAll();
  const reader = await openReader(workshop.vault);
  const act = await recordHeads(reader, workshop.stream, 'os:ada@desk', workshop.acts);
  await workshop.sealAll();
  const sealed = await reader.record(await awaitAct(reader, 'control', act));
  const root = Buffer.from((await reader.head('m0')).root).toString('base64');
  expect(sealed.record).toMatchObject({
    action: 'heads',
    details: {
      heads: [
        { log: 'audit', size: 0 },
        { log: 'm0', size: 2, root },
      ],
    },
  });
  await workshop.expectVerified();
});
