import { periodOf, readDate } from '../../../src/core/search/read-date.ts';
import { timeRange } from '../../../src/core/search/time-range.ts';

const period = (text: string, zone = 'UTC'): string[] => {
  const { from, to } = periodOf(readDate(text, { start: 0, end: text.length }), zone);
  return [new Date(from).toISOString(), new Date(to).toISOString()];
};

test.each([
  ['2026', 'UTC', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['2024-02', 'UTC', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
  ['2026-12-31', 'UTC', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['2026-01-05T10:30', 'UTC', '2026-01-05T10:30:00.000Z', '2026-01-05T10:31:00.000Z'],
  ['2026-01-05T10:30:15', 'UTC', '2026-01-05T10:30:15.000Z', '2026-01-05T10:30:16.000Z'],
  ['2026-01-05', 'America/New_York', '2026-01-05T05:00:00.000Z', '2026-01-06T05:00:00.000Z'],
  ['2026-01-05@Asia/Tokyo', 'America/New_York', '2026-01-04T15:00:00.000Z', '2026-01-05T15:00:00.000Z'],
  ['2026-01-05T10:00Z', 'Asia/Tokyo', '2026-01-05T10:00:00.000Z', '2026-01-05T10:01:00.000Z'],
  ['2026-01-05-05:00', 'UTC', '2026-01-05T05:00:00.000Z', '2026-01-06T05:00:00.000Z'],
  // Days on which clocks are set: 23 and 25 hours.
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ['0001-01-01', 'UTC', '0001-01-01T00:00:00.000Z', '0001-01-02T00:00:00.000Z'],
])('%s in %s is from %s to before %s', (text, zone, from, to) => {
  expect(period(text, zone)).toEqual([from, to]);
});

const at = Date.parse('2026-01-05T10:30:00.000Z');
const range = (precision: 'ms' | 's' | 'min' | 'day', zoneSource: 'stated' | 'assumed', zone?: string) => {
  const { earliest, latest } = timeRange({
    instant: new Date(at).toISOString(),
    precision,
    zoneSource,
    ...(zone && { zone }),
  });
  return [earliest - at, latest - at];
};
const HOUR = 3_600_000;

test('a coarse time may be anywhere in its minute, second or day', () => {
  expect(range('ms', 'stated')).toEqual([0, 0]);
  expect(range('s', 'stated')).toEqual([0, 999]);
  expect(range('min', 'stated')).toEqual([0, 59_999]);
  expect(range('day', 'stated')).toEqual([0, 24 * HOUR - 1]);
});

test('a time whose zone was assumed may be in any zone on earth', () => {
  expect(range('ms', 'assumed', 'UTC')).toEqual([-14 * HOUR, 12 * HOUR]);
  expect(range('ms', 'assumed', '+02:00')).toEqual([-12 * HOUR, 14 * HOUR]);
  expect(range('ms', 'assumed')).toEqual([-26 * HOUR, 26 * HOUR]);
});
