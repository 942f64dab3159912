/** The first pages: cover, selection, completeness and exceptions, people, index of conversations. */

import { count } from '../../core/counted.ts';
import type { Sheet } from '../pdf/sheet.ts';
import type { SelectionCounts, SelectionStore } from '../selection/store.ts';
import { part, Table } from './blocks.ts';
import { completeness } from './completeness.ts';
import { cover } from './cover.ts';
import type { CustodyFacts, ReportFacts } from './facts.ts';
import { people } from './people.ts';
import { selection } from './selection.ts';
import { titleOf } from './wording.ts';

export interface FrontInput {
  readonly facts: ReportFacts;
  readonly store: SelectionStore;
  readonly counts: SelectionCounts;
  readonly custody: CustodyFacts;
  /** Number of page on which a conversation begins and ends; undefined while they are not known. */
  readonly pagesOf: (conversation: number) => { first: number; last: number } | undefined;
  /** Characters that no font of the report draws: different ones, and how often in all. */
  readonly substituted: { readonly different: number; readonly times: number };
}

/** Draws the first pages. The number of pages never depends on `pagesOf` or `substituted`, which come last. */
export function drawFront(sheet: Sheet, input: FrontInput, bookmark: (title: string) => void): void {
  const parts: readonly [string, (sheet: Sheet, input: FrontInput) => void][] = [
    ['Selection', selection],
    ['Completeness and exceptions', completeness],
    ['People', people],
    ['Conversations', conversations],
  ];
  sheet.newPage();
  bookmark('Cover');
  cover(sheet, input);
  for (const [title, draw] of parts) {
    part(sheet, title);
    bookmark(title);
    draw(sheet, input);
  }
  sheet.endPage();
}

function conversations(sheet: Sheet, { store, pagesOf }: FrontInput): void {
  const table = new Table(sheet, [
    { title: 'Conversation', width: sheet.width - 70 - 62 - 118 - 58 - 70 },
    { title: 'Network', width: 70 },
    { title: 'Kind', width: 62 },
    { title: 'Period', width: 118 },
    { title: 'Records', width: 58, align: 'right' },
    { title: 'Pages', width: 70, align: 'right' },
  ]);
  let shown = 0;
  for (const conversation of store.conversations()) {
    shown++;
    const from = store.clock.at(conversation.first).day;
    const to = store.clock.at(conversation.last).day;
    const pages = pagesOf(conversation.conversation);
    table.row([
      titleOf(conversation),
      conversation.network,
      conversation.kind,
      from === to ? from : `${from} to ${to}`,
      count(conversation.records),
      pages === undefined
        ? '0'
        : pages.first === pages.last
          ? `${pages.first}`
          : `${pages.first}–${pages.last}`,
    ]);
  }
  if (shown === 0) table.row(['None']);
  table.end();
}
