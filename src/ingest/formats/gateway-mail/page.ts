/** The text of an HTML mail as it is shown: blanks as a browser folds them, a line a row, a tab between cells. */
import type { Repair } from '../../../core/event.ts';
import { htmlText } from '../../reading/html.ts';

/** What a page holds that is not shown. */
const HIDDEN = ['head', 'style', 'script', 'title'];

export function pageText(html: string, repairs: Repair[]): string {
  let shown = html;
  for (const name of HIDDEN) shown = without(shown, name);
  const folded = shown
    .split(/(<pre\b[^<>]{0,1000}>[\s\S]*?<\/pre>)/iu)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/[ \t\r\n]+/gu, ' ')))
    .join('');
  return htmlText(folded, repairs)
    .split('\n')
    .map((line) => line.replaceAll(/^ +| +$/gu, '').replaceAll(/ *\t */gu, '\t'))
    .join('\n')
    .trim();
}

/** A page without the elements of this name; one that is never closed stays. */
function without(html: string, name: string): string {
  const start = new RegExp(`<${name}(?=[\\s>])`, 'giu');
  const close = `</${name}`;
  const lower = html.toLowerCase();
  let result = '';
  let from = 0;
  for (const { index } of html.matchAll(start)) {
    if (index < from) continue;
    const end = lower.indexOf(close, index);
    const after = end === -1 ? -1 : html.indexOf('>', end);
    if (after === -1) break;
    result += html.slice(from, index);
    from = after + 1;
  }
  return result + html.slice(from);
}
