import { classify, classifyReceipt, isExpired } from '../../src/core/classify.ts';
import { EMPTY_REGISTER, type Register, type RetentionChange } from '../../src/core/control/register.ts';
import { messageEvent } from '../archive/workshop.ts';
import { Desk, DONE } from './control/acts.ts';

const RECEIPT = { receivedAt: '2026-11-21T10:00:00.000Z', connector: 'feed' };

async function agreed(...changes: RetentionChange[]): Promise<Register> {
  const desk = new Desk();
  await desk.bootstrap();
  for (const [n, change] of changes.entries()) {
    const proposal = `p${n}`;
    expect(await desk.act('ada', 'retention.propose', { proposal, change, reason: 'r' })).toEqual(DONE);
    expect(await desk.act('carl', 'retention.approve', { proposal, expects: 1 })).toEqual(DONE);
  }
  return desk.register;
}

let rules = 0;
const rule = (name: string, when: { readonly [field: string]: string }): RetentionChange => ({
  what: 'rule',
  rule: `rule-${rules++}`,
  network: null,
  connector: null,
  group: null,
  conversation: null,
  ...when,
  class: name,
});
const sentThree: RetentionChange = {
  what: 'class',
  class: 'sent-3',
  years: 3,
  accessibleYears: 2,
  clock: 'sent',
  source: 'policy',
  text: '',
};
const old = messageEvent(1, {
  at: { instant: '2019-05-06T10:00:00.000Z', zoneSource: 'stated', precision: 's' },
});

test('without rules everything is of the default class', () => {
  expect(classify(old, RECEIPT, EMPTY_REGISTER)).toEqual({ class: 'sec-17a-4-b-4', quarter: '2026Q4' });
});

test.each([
  [{ network: 'slack' }, 'firm-6'],
  [{ network: 'aim' }, 'sec-17a-4-b-4'],
  [{ connector: 'feed' }, 'firm-6'],
  [{ conversation: 'desk-rates' }, 'firm-6'],
  [{ conversation: 'C0123456' }, 'firm-6'],
  [{ conversation: 'C0123456', network: 'aim' }, 'sec-17a-4-b-4'],
])('a rule on %j gives %s', async (when, name) => {
  const register = await agreed(rule('firm-6', when as { [field: string]: string }));
  expect(classify(old, RECEIPT, register).class).toBe(name);
});

test('of several rules that fit, the one that keeps longest wins', async () => {
  const register = await agreed(
    rule('cftc-1-31', { network: 'slack' }),
    rule('mifid-16-7-extended', { connector: 'feed' }),
    rule('firm-6', { network: 'slack' }),
  );
  expect(classify(old, RECEIPT, register).class).toBe('mifid-16-7-extended');
  const swaps = await agreed(
    rule('mifid-16-7-extended', { network: 'slack' }),
    rule('cftc-1-31-swap', { network: 'slack' }),
  );
  // Without end until the swap has one.
  expect(classify(old, RECEIPT, swaps).class).toBe('cftc-1-31-swap');
});

test('the clock that counts from sending shows what arrives expired, and beats no longer one', async () => {
  const register = await agreed(sentThree, rule('sent-3', { network: 'slack' }));
  const bucket = classify(old, RECEIPT, register);
  expect(bucket).toEqual({ class: 'sent-3', quarter: '2019Q2' });
  expect(isExpired(bucket, RECEIPT.receivedAt, register)).toBe(true);
  const both = await agreed(
    sentThree,
    rule('sent-3', { network: 'slack' }),
    rule('cftc-1-31', { network: 'slack' }),
  );
  expect(isExpired(classify(old, RECEIPT, both), RECEIPT.receivedAt, both)).toBe(false);
  expect(classify(old, RECEIPT, both).class).toBe('cftc-1-31');
});

test('a message of the future or the deep past gets a quarter that can be', async () => {
  const register = await agreed(sentThree, rule('sent-3', { network: 'slack' }));
  const at = (instant: string) =>
    classify(messageEvent(1, { at: { instant, zoneSource: 'stated', precision: 's' } }), RECEIPT, register);
  expect(at('2999-01-01T00:00:00.000Z').quarter).toBe('2026Q4');
  expect(at('0001-01-01T00:00:00.000Z').quarter).toBe('1970Q1');
});

test('no rule leads into a class that is shorter than the default', async () => {
  const desk = new Desk();
  await desk.bootstrap();
  const short = { ...sentThree, class: 'short', years: 2 };
  await desk.act('ada', 'retention.propose', { proposal: 'a', change: short, reason: 'r' });
  await desk.act('carl', 'retention.approve', { proposal: 'a', expects: 1 });
  const change = rule('short', { network: 'slack' });
  expect(await desk.act('ada', 'retention.propose', { proposal: 'b', change, reason: 'r' })).toMatchObject({
    reason: 'retention-shortened',
  });
});

test('receipts and rejects are kept as long as the longest that their connector can bring', async () => {
  const register = await agreed(
    rule('firm-6', { network: 'aim' }),
    rule('mifid-16-7-extended', { connector: 'other' }),
  );
  expect(classifyReceipt(RECEIPT, register)).toEqual({ class: 'firm-6', quarter: '2026Q4' });
  expect(classifyReceipt({ ...RECEIPT, connector: 'other' }, register).class).toBe('mifid-16-7-extended');
});

test('a rule for a group keeps longer wherever the directory cannot say, and takes nothing away', async () => {
  expect(classify(old, RECEIPT, await agreed(rule('firm-6', { group: 'rates' }))).class).toBe('firm-6');
  const sent = await agreed(sentThree, rule('sent-3', { group: 'rates' }));
  expect(classify(old, RECEIPT, sent).class).toBe('sec-17a-4-b-4');
});
