import { classify, classifyReceipt } from '../../src/core/classify.ts';
import { EMPTY_REGISTER } from '../../src/core/control/register.ts';
import { encodeReceipt } from '../../src/core/receipt.ts';
import {
  ACTS_CLASS,
  accessibleUntil,
  DEFAULT_CLASS,
  PRESETS,
  quarterOf,
  retainUntil,
} from '../../src/core/retention.ts';
import { messageEvent } from '../archive/workshop.ts';

describe('retention', () => {
  test.each([
    ['2026-01-01T00:00:00.000Z', '2026Q1'],
    ['2026-03-31T23:59:59.999Z', '2026Q1'],
    ['2026-04-01T00:00:00.000Z', '2026Q2'],
    ['2026-11-21T10:00:00.000Z', '2026Q4'],
    ['0001-12-31T00:00:00.000Z', '0001Q4'],
  ])('%s is in %s', (instant, quarter) => {
    expect(quarterOf(instant)).toBe(quarter);
  });

  test.each(['2026', '', '2026-13-01T00:00:00.000Z', 'now'])('%j is no instant', (text) => {
    expect(() => quarterOf(text)).toThrow(TypeError);
  });

  test('17a-4(b)(4): three years from the end of the quarter, the first two easily accessible', () => {
    expect(retainUntil(DEFAULT_CLASS, '2026Q4')).toBe('2030-01-01T00:00:00.000Z');
    expect(retainUntil(DEFAULT_CLASS, '2026Q1')).toBe('2029-04-01T00:00:00.000Z');
    expect(accessibleUntil(DEFAULT_CLASS, '2026Q4')).toBe('2029-01-01T00:00:00.000Z');
  });

  test('acts and unknown classes are kept without end', () => {
    expect(retainUntil(ACTS_CLASS, '2026Q4')).toBeUndefined();
    expect(retainUntil('no-such-class', '2026Q4')).toBeUndefined();
    expect(accessibleUntil('no-such-class', '2026Q4')).toBeUndefined();
  });

  test('a quarter is named in one way only', () => {
    for (const wrong of ['2026Q5', '2026Q0', '26Q1', '2026-Q1'])
      expect(() => retainUntil(DEFAULT_CLASS, wrong)).toThrow(TypeError);
  });

  test('every preset has a name that is safe in a path, a source and a text', () => {
    for (const { class: name, source, text, years, accessibleYears } of PRESETS) {
      expect(name).toMatch(/^[a-z0-9-]+$/);
      expect(source.length * text.length).toBeGreaterThan(0);
      expect(accessibleYears).toBeLessThanOrEqual(years ?? Number.POSITIVE_INFINITY);
    }
  });

  test('what an event says of its time never moves its bucket: only the moment of receipt counts', () => {
    const receipt = { receivedAt: '2026-11-21T10:00:00.000Z', connector: 'file' };
    const early = messageEvent(1, {
      at: { instant: '1999-01-01T00:00:00.000Z', zoneSource: 'stated', precision: 's' },
    });
    expect(classify(early, receipt, EMPTY_REGISTER)).toEqual({ class: DEFAULT_CLASS, quarter: '2026Q4' });
    expect(classifyReceipt(receipt, EMPTY_REGISTER)).toEqual({ class: DEFAULT_CLASS, quarter: '2026Q4' });
  });
});

test('a receipt is named by its canonical form, whatever the order in which it was put together', () => {
  const files = [{ path: '/in/a', sha256: '0'.repeat(64), size: 1 }];
  const one = encodeReceipt({
    files,
    connector: 'file',
    format: 'slack',
    settings: { format: 'auto', zone: '+01:00' },
  });
  const two = encodeReceipt({
    settings: { zone: '+01:00', format: 'auto' },
    format: 'slack',
    connector: 'file',
    files,
  });
  expect(two).toEqual(one);
  expect(one.text).toBe(
    `{"connector":"file","files":[{"path":"/in/a","sha256":"${'0'.repeat(64)}","size":1}],"format":"slack","settings":{"format":"auto","zone":"+01:00"}}`,
  );
});
