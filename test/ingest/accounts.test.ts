import { receiptNames } from '../../src/core/receipt.ts';
import { sumAccounts } from '../../src/ingest/accounts.ts';
import { temporaryVault } from './fixtures.ts';

test('accounts of all receipts add up, and each count that differs is named with its receipt', async () => {
  const { vault, dispose } = await temporaryVault();
  try {
    const [one, two, three] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
    const put = (name: string, value: object) =>
      vault.put([{ name, bytes: Buffer.from(JSON.stringify(value)) }]);
    for (const receipt of [one, two, three]) await put(receiptNames.receipt(receipt), {});
    const account = {
      units: 5,
      events: 3,
      rejects: 1,
      excluded: 1,
      exclusions: { 'empty-file': 1 },
      logs: { m0: 3 },
    };
    await put(receiptNames.account(one), account);
    const stated = [
      { what: 'messages', stated: 4, found: 3 },
      { what: 'people', stated: 2, found: 2 },
    ];
    await put(receiptNames.account(two), { ...account, stated });
    expect(await sumAccounts(vault)).toEqual({
      receipts: 3,
      unread: 1,
      units: 10,
      events: 6,
      rejects: 2,
      excluded: 2,
      stated: 2,
      differing: 1,
      differences: [{ receipt: two, what: 'messages', stated: 4, found: 3 }],
    });
  } finally {
    await dispose();
  }
});
