import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordAct } from '../../src/archive/acts.ts';
import { openReader } from '../../src/archive/read/open-reader.ts';
import type { ArchiveReader } from '../../src/archive/reader.ts';
import { RegisterFollower } from '../../src/archive/register.ts';
import { RegisterSnapshots } from '../../src/archive/register-snapshot.ts';
import { freshSigner } from '../core/ledger/signer.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

let workshop: Workshop;
let reader: ArchiveReader;
let scanned: number;
beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
  for (let n = 0; n < 1_000; n++) await created(`account-${n}`);
  await workshop.sealAll();
  scanned = 0;
  const whole = await openReader(workshop.vault);
  reader = Object.assign(Object.create(whole) as ArchiveReader, {
    identity: whole.identity,
    head: (log: string) => whole.head(log),
    commits: (log: string, from?: number) => whole.commits(log, from),
    async *scan(log: string, from: number, to: number) {
      scanned += to - from;
      yield* whole.scan(log, from, to);
    },
  });
});
afterEach(() => workshop.dispose());

const created = (account: string) =>
  recordAct(
    workshop.stream,
    {
      log: 'control',
      action: 'account.create',
      actor: 'os:root@desk',
      details: { account, expects: 0, displayName: 'x', kind: 'person', person: null, roles: [] },
    },
    workshop.acts,
  );
const folder = () => join(workshop.folder, 'cache-register');
const open = (node = workshop.node) =>
  new RegisterFollower(reader, workshop.clock, new RegisterSnapshots(folder(), node)).refresh();

test('a start goes on from the snapshot, and comes to the same register', async () => {
  const whole = await open();
  expect(whole.accounts.size).toBe(1_000);
  expect(scanned).toBe(1_001);
  await created('late');
  await workshop.sealAll();
  const again = await open();
  expect(scanned).toBe(1_002);
  await rm(folder(), { recursive: true });
  expect(await open()).toEqual(again);
  expect(scanned).toBe(2_004);
});

test.each([
  ['another byte in the register', (file: Buffer) => file.fill(file.length - 5, 1)],
  [
    'a heading of another commit',
    (file: Buffer) => Buffer.from(file.toString('latin1').replace('"commit":', '"commit":1'), 'latin1'),
  ],
  ['half a file', (file: Buffer) => file.subarray(0, file.length / 2)],
  ['no file', () => Buffer.alloc(0)],
])('%s is as if there were no snapshot', async (_, damage) => {
  const whole = await open();
  const path = join(folder(), 'register.snapshot');
  await writeFile(path, damage(await readFile(path)));
  scanned = 0;
  expect(await open()).toEqual(whole);
  expect(scanned).toBe(1_001);
});

test('a snapshot that another key signed counts for nothing: it decides who may do what', async () => {
  await open(freshSigner());
  scanned = 0;
  await open();
  expect(scanned).toBe(1_001);
});
