/**
 * Whether a scope covers something, where not everything about it can be known: words in a file that nobody read, what
 * a part that could not be read would have said. `maybe` is held.
 */
import type { IndexDocument } from '../search/document.ts';
import type { SearchFields } from '../search/fields.ts';
import { key } from '../search/fields.ts';
import { keyFits } from '../search/fits.ts';
import type { MatchContext, Verdict } from '../search/matches.ts';
import type { Query } from '../search/query.ts';
import { periodOf } from '../search/read-date.ts';
import type { Reading } from './read-scope.ts';

/** A record. Words are looked for in its text; what its files hold is not known, as nothing reads them. */
export function judgeRecord(
  { language, query }: Reading,
  document: IndexDocument,
  fields: SearchFields,
  context: MatchContext,
): Verdict {
  const hasFiles = (document.attachments?.length ?? 0) > 0;
  return judged(query, (part) => {
    // Who was present when depends on what is captured later; that the conversation ever named him does not.
    if (part.type === 'field' && part.field === 'member')
      return context.conversations(part.pattern).has(fields.conversation) ? 'maybe' : 'no';
    const verdict = language.judge(part, document, fields, context);
    const isWords = part.type === 'text' || part.type === 'near';
    return verdict === 'no' && isWords && hasFiles ? 'maybe' : verdict;
  });
}

/** What is known of a part that could not be read. */
export interface Unread {
  /** First instant (ms) at which it was there: it says nothing that happened later. */
  readonly receivedAt: number;
  /** Networks that its connector is known to bring; undefined: none is known. */
  readonly networks: ReadonlySet<string> | undefined;
}

/** A part that could not be read may be anything that its connector brings, of any time before it was received. */
export function judgeUnread({ query }: Reading, { receivedAt, networks }: Unread, zone: string): Verdict {
  return judged(query, (part) => {
    if (part.type === 'everything') return 'yes';
    if (part.type !== 'field') return 'maybe';
    if (part.field === 'network')
      return networks !== undefined && !keyFits([...networks].map(key), part.pattern) ? 'no' : 'maybe';
    if (part.field === 'since' || part.field === 'on')
      return receivedAt < periodOf(part.date, zone).from ? 'no' : 'maybe';
    if (part.field === 'after') return receivedAt < periodOf(part.date, zone).to ? 'no' : 'maybe';
    return 'maybe';
  });
}

function judged(query: Query, leaf: (part: Query) => Verdict): Verdict {
  if (query.type === 'not') {
    const verdict = judged(query.part, leaf);
    return verdict === 'maybe' ? 'maybe' : verdict === 'yes' ? 'no' : 'yes';
  }
  if (query.type !== 'and' && query.type !== 'or') return leaf(query);
  const verdicts = query.parts.map((part) => judged(part, leaf));
  const decisive: Verdict = query.type === 'and' ? 'no' : 'yes';
  if (verdicts.includes(decisive)) return decisive;
  if (verdicts.includes('maybe')) return 'maybe';
  return query.type === 'and' ? 'yes' : 'no';
}
