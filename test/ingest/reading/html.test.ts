import { htmlText } from '../../../src/ingest/reading/html.ts';

test.each([
  ['<p>a</p><p>b</p>', 'a\nb\n'],
  ['two words<ul><li>one</li><li><p>two</p></li></ul>after', 'two words\none\ntwo\nafter'],
  ['<table><tr><td><p>bid</p></td><td></td><td>1</td></tr><tr><th>ask<th>2</table>x', 'bid\t\t1\nask\t2\nx'],
  ['a<blockquote>quoted</blockquote>b<hr>c', 'a\nquoted\nb\nc'],
  ['1 < 2 <3 <b>&amp;</b> &eacute;&Ouml;&szlig;', '1 < 2 <3 & éÖß'],
])('the lines of %s are those that a browser shows', (html, text) => {
  expect(htmlText(html, [])).toBe(text);
});
