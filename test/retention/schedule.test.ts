import { scheduleOf } from '../../src/retention/schedule.ts';

describe('the schedule of a bucket', () => {
  test('counts the period of its class from the end of its quarter', () => {
    expect(scheduleOf({ class: 'sec-17a-4-b-4', quarter: '2026Q4', documents: 7 })).toEqual({
      class: 'sec-17a-4-b-4',
      quarter: '2026Q4',
      documents: 7,
      source: '17 CFR 240.17a-4(b)(4)',
      accessibleUntil: '2029-01-01T00:00:00.000Z',
      retainUntil: '2030-01-01T00:00:00.000Z',
    });
    expect(scheduleOf({ class: 'sec-17a-4-b-4', quarter: '2026Q1', documents: 0 }).retainUntil).toBe(
      '2029-04-01T00:00:00.000Z',
    );
  });

  test('has no end for acts, and none for a class that no preset knows', () => {
    expect(scheduleOf({ class: 'acts', quarter: '2026Q4', documents: 0 }).retainUntil).toBeNull();
    expect(scheduleOf({ class: 'unknown', quarter: '2026Q4', documents: 0 })).toMatchObject({
      source: null,
      retainUntil: null,
    });
  });
});
