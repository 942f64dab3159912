/** Random conversations in ten scripts with symbols and emoji, and random queries over the same small vocabulary. */

import type { Event, EventKind, Moment, Party } from '../../../src/core/event.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import type { EventRecord, SealedRecord } from '../../../src/core/record.ts';
import { type IndexDocument, indexDocument } from '../../../src/core/search/document.ts';
import fc from '../../property.ts';

/** Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, Han, kana, Hangul; then symbols and emoji. */
export const WORDS = [
  'trade',
  'Trade',
  'traders',
  'trad',
  'naïve',
  'Straße',
  'price',
  'prices',
  'a',
  'b',
  'c3',
  '3.14',
  "don't",
  'λόγος',
  'ΛΟΓΟΣ',
  'цена',
  'Цены',
  'ёлка',
  'שָׁלוֹם',
  'שלום',
  'عَقْد',
  'عقد',
  'कीमत',
  'की',
  'ราคา',
  'ราค',
  '价格',
  '价',
  'カタカナ',
  'がか',
  '주식을',
  '주식',
  '$TSLA',
  '$tsl',
  'C++',
  '@bob',
  '#deal',
  ':-)',
  '<3',
  '👍',
  '👍🏽',
  '🇩🇪',
  '👩‍💻',
  'foo-bar',
  'x@example.com',
  'https://example.com/a?b=c',
  '%',
  '100%',
  'ﬁnance',
  'ＡＢＣ',
  'a\u0301',
  '…',
  '—',
] as const;

const PEOPLE: readonly Party[] = [
  { address: 'ann' },
  { address: 'bob@example.com', name: 'Bob Ödegård' },
  { address: 'carl smith', name: 'Carl' },
  { address: 'dora/desk', written: 'Dora/Desk' },
  { address: '周', name: '周 女士' },
];
const KINDS: readonly EventKind[] = [
  'message',
  'message',
  'message',
  'message',
  'edit',
  'deletion',
  'reaction',
  'join',
  'leave',
  'roster',
  'presence',
  'file',
  'topic',
];
const CONVERSATIONS = [
  { id: 'room one', kind: 'room', name: 'Désk One' },
  { id: 'room-2', kind: 'room' },
  { id: 'ann bob@example.com', kind: 'direct' },
  { id: 'g3', kind: 'group', name: 'g three', thread: 'f'.repeat(64) },
] as const;
const FILES = ['Budget 2026.xlsx', 'budget.xlsx', '写真.png'];
const START = Date.parse('2026-03-28T20:00:00.000Z');

const text = fc
  .array(
    fc.tuple(
      fc.constantFrom(...WORDS),
      fc.constantFrom(' ', ' ', ' ', ', ', '. ', '\n', '\u3000', '', ' (', '/'),
    ),
    { maxLength: 9 },
  )
  .map((parts) => parts.flat().join(''));

const moment: fc.Arbitrary<Moment> = fc
  .record({
    minutes: fc.integer({ min: 0, max: 60 * 60 }),
    ms: fc.constantFrom(0, 0, 30_000, 59_999),
    precision: fc.constantFrom('ms', 'ms', 's', 'min', 'day'),
    zone: fc.constantFrom('Europe/Berlin', '+09:00', 'Z'),
    zoneSource: fc.constantFrom('stated', 'stated', 'stated', 'assumed'),
  })
  .map(
    ({ minutes, ms, ...rest }) =>
      ({ instant: new Date(START + minutes * 60_000 + ms).toISOString(), ...rest }) as Moment,
  );

interface Drawn {
  kind: EventKind;
  conversation: number;
  sender: number | undefined;
  to: number[];
  actor: number | undefined;
  listed: number[];
  text: string;
  at: Moment;
  file: number | undefined;
  target: number;
  bucket: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom(...KINDS),
  conversation: fc.nat({ max: CONVERSATIONS.length - 1 }),
  sender: fc.option(fc.nat({ max: PEOPLE.length - 1 }), { nil: undefined, freq: 9 }),
  to: fc.uniqueArray(fc.nat({ max: PEOPLE.length - 1 }), { maxLength: 2 }),
  actor: fc.option(fc.nat({ max: PEOPLE.length - 1 }), { nil: undefined, freq: 1 }),
  listed: fc.uniqueArray(fc.nat({ max: PEOPLE.length - 1 }), { maxLength: 4 }),
  text,
  at: moment,
  file: fc.option(fc.nat({ max: FILES.length - 1 }), { nil: undefined, freq: 1 }),
  target: fc.nat({ max: 30 }),
  bucket: fc.nat({ max: 3 }),
});

const party = (i: number): Party => PEOPLE[i] ?? { address: 'nobody' };
const idOf = (n: number): string => sha256Hex(`event ${n}`);

/** The sealed record that a draw stands for. */
export function sealed(draw: Drawn, leaf: number): SealedRecord {
  const at = draw.at;
  const base = {
    id: idOf(leaf),
    kind: draw.kind,
    network: draw.conversation === 2 ? 'xmpp' : 'slack',
    conversation: CONVERSATIONS[draw.conversation] ?? CONVERSATIONS[0],
    ...(draw.sender !== undefined && { sender: party(draw.sender) }),
    ...(draw.to.length > 0 && { recipients: draw.to.map((i) => ({ ...party(i), role: 'to' })) }),
    ...(draw.actor !== undefined && { actor: party(draw.actor) }),
    at,
    ...(['message', 'edit', 'deletion', 'topic'].includes(draw.kind) && { text: draw.text }),
    ...(draw.file !== undefined && { attachments: [{ name: FILES[draw.file] ?? '', state: 'missing' }] }),
    ...(['edit', 'deletion', 'reaction'].includes(draw.kind) && { target: idOf(draw.target) }),
    provenance: {
      receipt: '0'.repeat(64),
      capture: '1'.repeat(64),
      path: 'a',
      position: { offset: 0, length: 1 },
      ...(draw.bucket === 3 && { repairs: [{ code: 'x' }] }),
    },
    payload: payloadOf(draw),
  } as unknown as Event;
  const record: EventRecord = {
    ...base,
    class: draw.bucket === 2 ? 'long-term' : 'basic',
    quarter: draw.bucket === 1 ? '2026Q2' : '2026Q1',
    sealedAt: '2026-05-01T00:00:00.000Z',
  };
  return { leaf, salt: '0'.repeat(32), type: 'event', record };
}

function payloadOf(draw: Drawn): object {
  switch (draw.kind) {
    case 'reaction':
      return { emoji: '👍', change: 'added' };
    case 'roster':
      return { members: draw.listed.map(party), basis: 'stated' };
    case 'presence':
      return { status: draw.text };
    case 'file':
      return { phase: 'offered' };
    case 'topic':
      return { what: 'topic' };
    default:
      return { earlier: 'captured', basis: 'stated' };
  }
}

/** Documents of two logs, each with ascending leaves. */
export const corpus: fc.Arbitrary<IndexDocument[]> = fc
  .array(drawn, { minLength: 120, maxLength: 200 })
  .map((draws) =>
    draws.flatMap((draw, i) => {
      const document = indexDocument(i % 5 === 4 ? 'm1' : 'm0', sealed(draw, i));
      return document === undefined ? [] : [document];
    }),
  );

const spell = (value: string): string => (/[\s()"]/u.test(value) ? `"${value}"` : value);
const plainWord = fc.constantFrom(...WORDS.filter((word) => !/["()]/u.test(word) && !/^\w+:/u.test(word)));
const pattern = fc.constantFrom(
  'tra*',
  'pri?e*',
  't*e',
  '*ce',
  'pr?ce',
  'trade~',
  'prise~1',
  'pirces~2',
  'цен*',
  'λόγ*',
  '价*',
  '$ts*',
  '@b*',
  'c?',
  'dont~2',
  'foo-b*',
  'AB*',
);
const phrase = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 })
  .map((words) => `"${words.join(' ').replaceAll('"', '')}"`);
const near = fc
  .tuple(
    fc.constantFrom('trade', 'a', 'price', 'цена', '"a b"', '价', 'tra*', 'c3', '"c3 a"'),
    fc.nat({ max: 6 }),
    fc.constantFrom('trade', 'b', 'prices', 'a', '"b a"', '格', 'pri*', 'trade~'),
  )
  .map(([left, n, right]) => `${left} NEAR/${n} ${right}`);
const person = fc.constantFrom(
  'ann',
  'ANN',
  'bob@example.com',
  '"Bob Ödegård"',
  '"carl smith"',
  'carlsmith',
  '*@example.com',
  'dora*',
  '周',
  'nobody',
  '*',
);
const date = fc.constantFrom(
  '2026',
  '2026-03',
  '2026-03-29',
  '2026-03-29T03:30',
  '2026-03-30@Asia/Tokyo',
  '2026-03-29T10:00:30Z',
  '2026-03-29+09:00',
  '2026-03-31',
);
const field = fc
  .oneof(
    fc.tuple(fc.constantFrom('from', 'to', 'participant', 'member'), person),
    fc.tuple(
      fc.constant('custodian'),
      fc.constantFrom('e0', 'e1', 'e2', 'E3', '"Ann Example"', '"bob ödegård"', 'nobody'),
    ),
    fc.tuple(fc.constant('hold'), fc.constantFrom('h1', 'H2', 'gone', '*')),
    fc.tuple(fc.constant('matter'), fc.constantFrom('one', 'two', 'everything')),
    fc.tuple(
      fc.constant('direction'),
      fc.constantFrom('inbound', 'outbound', 'internal', 'external', 'unknown'),
    ),
    fc.tuple(fc.constantFrom('since', 'until', 'after', 'before', 'on'), date),
    fc.tuple(fc.constant('kind'), fc.constantFrom('message', 'edit', 'presence', 'join,leave', 'reaction')),
    fc.tuple(
      fc.constant('has'),
      fc.constantFrom('attachment', 'link', 'thread', 'text', 'repair', 'recipient', 'direct'),
    ),
    fc.tuple(fc.constant('network'), fc.constantFrom('slack', 'XMPP', 'sl*')),
    fc.tuple(fc.constant('conversation'), fc.constantFrom('"desk one"', 'room*', 'g3', '"room one"')),
    fc.tuple(fc.constant('class'), fc.constantFrom('basic', 'long-term', 'none')),
    fc.tuple(fc.constant('file'), fc.constantFrom('budget*', '"Budget 2026.xlsx"', '*.png')),
  )
  .map(([name, value]) => `${name}:${value}`);

/** Query texts of every form of the grammar; `text` parts are weighted to find something. */
export const query: fc.Arbitrary<string> = fc.letrec<{ query: string; one: string }>((tie) => ({
  one: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: plainWord.map(spell) },
    { weight: 3, arbitrary: pattern },
    { weight: 3, arbitrary: phrase },
    { weight: 2, arbitrary: near },
    { weight: 5, arbitrary: field },
    { weight: 1, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: tie('query').map((inner) => `(${inner})`) },
  ),
  query: fc
    .array(
      fc.tuple(
        fc.constantFrom('', '', '', 'OR ', 'OR ', 'AND '),
        fc.constantFrom('', '', '', 'NOT '),
        tie('one'),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.map(([by, not, one], i) => (i === 0 ? '' : by) + not + one).join(' ')),
})).query;
