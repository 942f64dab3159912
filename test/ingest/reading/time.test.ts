import type { Repair } from '../../../src/core/event.ts';
import {
  instantOf,
  isZone,
  offsetMinutes,
  offsetText,
  parseTimestamp,
  wallMs,
  ZoneClock,
} from '../../../src/ingest/reading/time.ts';
import fc from '../../property.ts';

const at = (zone: string, text: string): [string | undefined, string[]] => {
  const parsed = parseTimestamp(text);
  if (parsed === undefined) throw new Error(`${text} is no time`);
  const repairs: Repair[] = [];
  return [instantOf(new ZoneClock(zone).instant(parsed.wall, repairs)), repairs.map(({ code }) => code)];
};

test.each([
  ['+05:30', '2026-01-05T09:30:00', '2026-01-05T04:00:00.000Z', []],
  ['America/New_York', '2026-01-05T09:30:00', '2026-01-05T14:30:00.000Z', []],
  ['America/New_York', '2026-07-05T09:30:00', '2026-07-05T13:30:00.000Z', []],
  ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00.000Z', ['time-ambiguous']],
  ['America/New_York', '2026-03-08T02:30:00', '2026-03-08T07:30:00.000Z', ['time-skipped']],
  ['Asia/Kathmandu', '2026-01-05T09:30:00', '2026-01-05T03:45:00.000Z', []],
  ['Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-04T14:45:00.000Z', ['time-ambiguous']],
] as const)('a clock in %s that shows %s is at %s', (zone, wall, instant, repairs) => {
  expect(at(zone, wall)).toEqual([instant, [...repairs]]);
});

test('what a zone’s clocks show for an instant reads back as that instant, but where they show it twice', () => {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/London',
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const clock = new ZoneClock('Europe/London');
  fc.assert(
    fc.property(fc.integer({ min: 1_000_000_000, max: 2_000_000_000 }), (seconds) => {
      const repairs: Repair[] = [];
      const parsed = parseTimestamp(format.format(seconds * 1000));
      const instant = clock.instant(parsed?.wall ?? Number.NaN, repairs);
      expect(repairs.length > 0 || instant === seconds * 1000).toBe(true);
      expect(repairs.map(({ code }) => code)).not.toContain('time-skipped');
    }),
  );
});

test('the common form of a time is read as the other ones are', () => {
  const piece = fc.constantFrom('0', '1', '2', '5', '9', '-', ':', '.', 'T', ' ', 'Z', 'x');
  const broken = fc.tuple(fc.integer({ min: 0, max: 23 }), piece);
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), fc.array(broken, { maxLength: 2 }), (date, changes) => {
      const chars = [...date.toISOString()];
      for (const [at, char] of changes) chars[at] = char;
      for (const length of [19, 20, 21, 22, 23, 24]) {
        const text = chars.slice(0, length).join('');
        // A comma before the fraction, and a zone of digits, are never of the common form.
        const other = parseTimestamp(
          text.replace(/\.(?=\d+Z?$)/u, ',').replace(/(?<=^.{11}\d{2}:\d{2}:\d{2}(?:,\d+)?)Z$/u, '+00:00'),
        );
        const zone = text.endsWith('Z') ? { offset: 'Z' } : {};
        expect(parseTimestamp(text)).toEqual(other && { ...other, ...zone });
      }
    }),
  );
});

test.each([
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01',
  '',
  'x',
  '2026-01-01T00:00:00+1',
])('%j is no time', (text) => {
  expect(parseTimestamp(text)).toBeUndefined();
});

test('instants stop at the years 0001 and 9999', () => {
  expect(instantOf(-62_135_596_800_000)).toBe('0001-01-01T00:00:00.000Z');
  expect(instantOf(-62_135_596_800_001)).toBeUndefined();
  expect(instantOf(253_402_300_799_999)).toBe('9999-12-31T23:59:59.999Z');
  expect(instantOf(253_402_300_800_000)).toBeUndefined();
  expect(instantOf(Number.NaN)).toBeUndefined();
});

test('the calendar is the calendar', () => {
  expect(wallMs({ year: 2024, month: 2, day: 29, hour: 0, minute: 0, second: 0 })).toBe(
    Date.UTC(2024, 1, 29),
  );
  expect(wallMs({ year: 2026, month: 2, day: 29, hour: 0, minute: 0, second: 0 })).toBeUndefined();
  expect(wallMs({ year: 50, month: 1, day: 1, hour: 0, minute: 0, second: 0 })).toBeLessThan(
    Date.UTC(1900, 0, 1),
  );
});

test('offsets and names of zones are told from anything else', () => {
  expect(['Z', 'utc', '+00:00', '-0530', '+14:00'].map(offsetMinutes)).toEqual([0, 0, 0, -330, 840]);
  expect(offsetText(-330)).toBe('-05:30');
  expect(['Europe/London', 'UTC', '+01:00'].every(isZone)).toBe(true);
  expect(['Mars/Olympus', '+99:00', '+01:75', ''].some(isZone)).toBe(false);
});
