import { createHmac } from 'node:crypto';
import { contentDigest, DedupKeyer, NO_DEDUP_KEY } from '../../src/core/dedup.ts';
import type { Event } from '../../src/core/event.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import type { Entry } from '../../src/core/record.ts';

const SECRET = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const BUCKET = { class: 'sec-17a-4-b-4', quarter: '2026Q1' };
const keyer = new DedupKeyer(SECRET);
const hmac = (text: string): string =>
  createHmac('sha256', SECRET.toString('hex')).update(text).digest().toString('latin1', 0, 16);

const event: Event = {
  id: 'a'.repeat(64),
  kind: 'message',
  network: 'xmpp',
  conversation: { id: 'desk', kind: 'room', name: 'Desk' },
  sender: { address: 'ada@example.com', name: 'Ada' },
  recipients: [
    { address: 'eve@example.com', role: 'cc' },
    { address: 'bob@example.com', role: 'to', name: 'Bob' },
  ],
  at: { instant: '2026-01-05T09:00:00.000Z', zoneSource: 'stated', precision: 's' },
  text: 'é 😀 "quoted"\n',
  attachments: [
    { state: 'held', sha256: 'f'.repeat(64), name: 'f.pdf' },
    { state: 'referenced', reference: 'https://example.com/x' },
    { state: 'held', sha256: '1'.repeat(64) },
  ],
  provenance: {
    receipt: 'b'.repeat(64),
    capture: 'c'.repeat(64),
    path: 'x',
    position: { offset: 0, length: 1 },
  },
};

test('the content digest is over addresses, instant, text, target, payload and held files, and is fixed for ever', () => {
  const text = `[1,"message","ada@example.com",["bob@example.com","eve@example.com"],"2026-01-05T09:00:00.000Z","é 😀 \\"quoted\\"\\n",null,null,["${'1'.repeat(64)}","${'f'.repeat(64)}"]]`;
  expect(contentDigest(event)).toBe(sha256Hex(text));
  expect(contentDigest(event)).toBe('4790e8effdd3b6fb7574119de0f23514a4aa335ebad524281f6b512b80c2bd5e');
});

test('parties in a payload count by their addresses, in any order', () => {
  const roster = (names: string[]): Event => ({
    ...event,
    kind: 'roster',
    payload: { basis: 'stated', members: names.map((name) => ({ address: `${name}@example.com`, name })) },
  });
  expect(contentDigest(roster(['ada', 'bob']))).toBe(contentDigest(roster(['bob', 'ada'])));
  expect(contentDigest(roster(['ada', 'bob']))).not.toBe(contentDigest(roster(['ada', 'eve'])));
});

test('keys are HMACs cut to 16 bytes', () => {
  const content = `event\n${event.id}\n${contentDigest(event)}`;
  expect(keyer.of({ type: 'event', event, ...BUCKET })).toEqual({
    content: hmac(content),
    perspective: hmac(`${content}\n""`),
  });
  const seen = { ...event, provenance: { ...event.provenance, perspective: 'é@example.com' } };
  expect(keyer.of({ type: 'event', event: seen, ...BUCKET })).toEqual({
    content: hmac(content),
    perspective: hmac(`${content}\n"é@example.com"`),
  });
  const others: [Entry, string][] = [
    [
      { type: 'act', act: { id: '0'.repeat(32), action: 'x', actor: 'y', at: 'z', details: {} }, ...BUCKET },
      `act\n${'0'.repeat(32)}`,
    ],
    [
      {
        type: 'reject',
        reject: {
          receipt: 'b',
          capture: 'c',
          path: 'd',
          position: { offset: 1, length: 2, member: 'm' },
          code: 'truncated',
        },
        ...BUCKET,
      },
      'reject\nb\n["d",{"length":2,"member":"m","offset":1}]',
    ],
  ];
  for (const [entry, text] of others)
    expect(keyer.of(entry)).toEqual({ content: hmac(text), perspective: NO_DEDUP_KEY });
});
