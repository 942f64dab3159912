import { COLLOCATIONS, rankOf, word } from './words.ts';

/** A message of the corpus; the same number of messages is always the same messages. */
export interface Message {
  readonly id: string;
  readonly room: number;
  readonly sender: number;
  /** UTC ms. */
  readonly at: number;
  readonly text: string;
}

export const ROOMS = 1_000;
export const SENDERS = 400;
const START = Date.UTC(2012, 0, 2);
/** Five years, whatever the number of messages: periods then cut out the same share of any corpus. */
const SPAN = 5 * 365 * 86_400_000;
const SCRIPTS = [
  '会社の合併について話しましょう',
  '전화로 확인해 주세요',
  'подтвердите сделку',
  'επιβεβαιώστε την εντολή',
  'أكد الصفقة من فضلك',
];
const SYMBOLS = ['$QVIO', '@desk', 'C++', ':-)', '👍', '🙏'];

/** `count` messages in order of time; 4 to 24 words each, one in fifty in another script, one in ten with a symbol. */
export function* messages(count: number): Generator<Message> {
  const next = random(20160411);
  for (let index = 0; index < count; index += 1) {
    yield {
      id: `b${index}`,
      room: Math.floor(next() ** 2 * ROOMS),
      sender: Math.floor(next() ** 1.5 * SENDERS),
      at: START + Math.floor((SPAN / count) * (index + next())),
      text: text(next),
    };
  }
}

function text(next: () => number): string {
  const parts: string[] = [];
  const words = 4 + Math.floor(next() * 21);
  for (let place = 0; place < words; place += 1) parts.push(word(rankOf(next())));
  if (next() < 0.05) parts.splice(2, 0, COLLOCATIONS[Math.floor(next() * COLLOCATIONS.length)] ?? '');
  if (next() < 0.02) parts.push(SCRIPTS[Math.floor(next() * SCRIPTS.length)] ?? '');
  if (next() < 0.1) parts.push(SYMBOLS[Math.floor(next() * SYMBOLS.length)] ?? '');
  return parts.join(' ');
}

/** Mulberry32: fast, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const senderAddress = (sender: number): string => `p${sender}@firm.example`;
export const roomName = (room: number): string => `room-${room}`;

/** One line of Holdfast NDJSON (`docs/formats.md`). */
export function ndjsonLine({ id, room, sender, at, text: said }: Message): string {
  return JSON.stringify({
    id,
    network: 'slack',
    conversation: { id: roomName(room), kind: 'room', name: roomName(room) },
    from: { address: senderAddress(sender), name: `Person ${sender}` },
    at: new Date(at).toISOString(),
    text: said,
  });
}
