import { openSealedArchive, type SealedArchive } from './sealed-archive.ts';

let archive: SealedArchive;
beforeEach(async () => {
  archive = await openSealedArchive();
});
afterEach(() => archive.workshop.dispose());

test('a sound archive verifies, and the answer says what was checked', async () => {
  await archive.add('a', 700);
  await archive.add('b', 2100);
  await archive.sealHeads();
  await archive.sealHeads();
  const { ok, checked, faults } = await archive.verify();
  expect(faults).toEqual([]);
  expect(ok).toBe(true);
  expect(checked).toMatchObject({
    logs: 3,
    records: 2802 + 3,
    events: 2800,
    receiptEntries: 2,
    acts: 3,
    captures: 2,
    receipts: 2,
    pendingReceipts: 0,
  });
  expect(checked['tiles']).toBeGreaterThan(20);
  expect(checked['sealedHeads']).toBeGreaterThan(1);
});
