/** Pieces of a page of an HTML export: a page is what one program wrote, so that its blocks are found by their classes. */
import type { Repair } from '../../../core/event.ts';
import { htmlText } from '../../reading/html.ts';

/** The inside of the first `<div class="…">` of a fragment, where it holds no other block. */
export function inside(fragment: string, name: string): string | undefined {
  const mark = `<div class="${name}">`;
  const at = fragment.indexOf(mark);
  if (at === -1) return undefined;
  const end = fragment.indexOf('</div>', at);
  return fragment.slice(at + mark.length, end === -1 ? undefined : end).trim();
}

/** What a reader of a fragment sees; undefined where that is nothing. */
export const shown = (fragment: string | undefined, repairs: Repair[] = []): string | undefined =>
  fragment === undefined ? undefined : htmlText(fragment, repairs).trim() || undefined;
