import { News } from '../../src/assembly/news.ts';

describe('What a thread has to tell', () => {
  test('is kept until it is asked for, and told once', async () => {
    const news = new News();
    news.tell('a');
    news.tell('b', { log: 'm0', code: 'incident-gap', message: 'gone' });
    expect(await news.next()).toEqual([
      { line: 'a' },
      { line: 'b', incident: { log: 'm0', code: 'incident-gap', message: 'gone' } },
    ]);
    const waiting = news.next();
    news.tell('c');
    expect(await waiting).toEqual([{ line: 'c' }]);
  });

  test('ends with nothing, after what was told before', async () => {
    const news = new News();
    news.tell('last');
    news.end();
    expect(await news.next()).toEqual([{ line: 'last' }]);
    expect(await news.next()).toEqual([]);
    expect(await news.next()).toEqual([]);
  });
});
