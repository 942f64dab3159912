import { LocalClock, longDay } from '../../../src/export/selection/local-time.ts';
import fc from '../../property.ts';

test('the wall clock follows the zone through a change of offset', () => {
  const clock = new LocalClock('America/New_York');
  expect(clock.at('2026-03-08T06:59:59.999Z')).toEqual({
    day: '2026-03-08',
    time: '01:59:59',
    offset: '\u221205:00',
  });
  expect(clock.at('2026-03-08T07:00:00.000Z')).toEqual({
    day: '2026-03-08',
    time: '03:00:00',
    offset: '\u221204:00',
  });
  expect(new LocalClock('Asia/Kathmandu').at('2026-01-01T00:00:00.000Z')).toEqual({
    day: '2026-01-01',
    time: '05:45:00',
    offset: '+05:45',
  });
  expect(new LocalClock('+02:00').at('2026-01-01T00:00:00.000Z').time).toBe('02:00:00');
});

test('days of the first and the last year are written with four digits and the right weekday', () => {
  expect(new LocalClock('UTC').at('0001-01-01T00:00:00.000Z').day).toBe('0001-01-01');
  expect(new LocalClock('UTC').at('9999-12-31T23:59:59.000Z').day).toBe('9999-12-31');
  expect(longDay('2026-11-21')).toBe('Saturday, 21 November 2026');
  expect(longDay('0800-12-25')).toBe('Monday, 25 December 800');
});

test('every instant of a century gives what Intl gives', () => {
  const zones = [
    'America/New_York',
    'Europe/London',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/St_Johns',
  ];
  const clocks = zones.map((zone) => new LocalClock(zone));
  const formats = zones.map(
    (timeZone) => new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
  );
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2070, 0) }), (ms) => {
      for (const [index, clock] of clocks.entries()) {
        const { day, time } = clock.at(ms);
        expect(`${day} ${time}`).toBe(formats[index]?.format(ms));
      }
    }),
    { numRuns: 500 },
  );
});
