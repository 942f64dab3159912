import { dayNear, titleFacts } from '../../../src/ingest/formats/pidgin/heading.ts';

const began = (title: string, order?: 'dmy' | 'mdy'): string | undefined => {
  const found = titleFacts(title, order)?.began;
  return found === undefined ? undefined : new Date(found).toISOString();
};

test('a title whose date can be read in two ways is read in the order that was stated', () => {
  const title = 'Conversation with bob at 03/04/2014 10:00:00 on alice (msn)';
  expect(began(title)).toBeUndefined();
  expect(began(title, 'dmy')).toBe('2014-04-03T10:00:00.000Z');
  expect(began(title, 'mdy')).toBe('2014-03-04T10:00:00.000Z');
});

test('months are understood in the languages of many machines', () => {
  expect(began('Conversation with bob at Mi 15 Dez 2004 19:38:45 CET on alice (aim)')).toBe(
    '2004-12-15T19:38:45.000Z',
  );
  expect(began('Conversation with bob at mer. 15 août 2007 19:38:45 on alice (aim)')).toBe(
    '2007-08-15T19:38:45.000Z',
  );
  expect(began('Conversation with bob at 15 Xyz 2007 19:38:45 on alice (aim)')).toBeUndefined();
});

test('a day of digits without a day before it needs the stated order', () => {
  expect(dayNear([3, 4, 2014], undefined)).toBeUndefined();
  expect(dayNear([3, 4, 2014], undefined, 'dmy')).toBe(Date.UTC(2014, 3, 3));
  expect(dayNear([3, 4, 2014], undefined, 'mdy')).toBe(Date.UTC(2014, 2, 4));
  expect(dayNear([13, 4, 2014], undefined)).toBe(Date.UTC(2014, 3, 13));
});
