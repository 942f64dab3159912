import { LocaleDates } from '../../../src/ingest/reading/locale-date.ts';
import { instantOf } from '../../../src/ingest/reading/time.ts';

const read = (text: string): string | undefined => {
  const found = new LocaleDates().read(text);
  return found === undefined
    ? undefined
    : `${instantOf(found.wall)} ${found.offset ?? 'no zone'}${found.otherDay ? ' other day' : ''}`;
};

describe('a date in words', () => {
  test.each([
    ['Thursday, November 3, 2016 at 11:59:50 AM UTC', '2016-11-03T11:59:50.000Z 0'],
    ['Thursday, November 3, 2016 at 12:00:01\u202fAM UTC', '2016-11-03T00:00:01.000Z 0'],
    ['Thursday, November 3, 2016 at 12:00:01 PM UTC', '2016-11-03T12:00:01.000Z 0'],
    ['Thursday, 3 November 2016 at 17:13:43 UTC', '2016-11-03T17:13:43.000Z 0'],
    ['2015. február 15., vasárnap 21:54:36 UTC', '2015-02-15T21:54:36.000Z 0'],
    ['czwartek, 3 listopada 2016 17:13:43 UTC', '2016-11-03T17:13:43.000Z 0'],
    ['četvrtak, 3. studenoga 2016. u 17:13:43 UTC', '2016-11-03T17:13:43.000Z 0'],
    ['2016年11月3日木曜日 17時13分43秒 UTC', '2016-11-03T17:13:43.000Z 0'],
    ['2016년 11월 3일 목요일 오후 5시 13분 43초 UTC', '2016-11-03T17:13:43.000Z 0'],
    ['الخميس، ٣ نوفمبر ٢٠١٦ في ٥:١٣:٤٣ م UTC', '2016-11-03T17:13:43.000Z 0'],
    ['torstaina 3. marraskuuta 2016 klo 17.13.43 UTC', '2016-11-03T17:13:43.000Z 0'],
    ['Donnerstag, 3. November 2016 um 17:13:43 GMT+1', '2016-11-03T17:13:43.000Z 60'],
    ['Thursday, November 3, 2016 at 17:13', '2016-11-03T17:13:00.000Z no zone'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test('whose day of the week does not fit is taken, and says so', () => {
    expect(read('Friday, November 3, 2016 at 17:13:43 UTC')).toBe('2016-11-03T17:13:43.000Z 0 other day');
  });

  test.each([
    'yesterday',
    'Thursday, November 31, 2016 at 17:13:43 UTC',
    'Thursday 17:13:43',
    `Thursday, November 3, 2016 ${'x'.repeat(500)}`,
  ])('is none in “%s”', (text) => {
    expect(read(text)).toBeUndefined();
  });
});
