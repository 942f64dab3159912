import type { Event, Moment } from '../../src/core/event.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import { eventId } from '../../src/core/ids.ts';
import type { SealedEvent } from '../../src/export/selection/sealed-event.ts';

/** What a story's line says beside the defaults. */
type Part = { kind?: Event['kind'] } & Record<string, unknown>;

const NETWORK = 'mattermost';

/** Makes events of one conversation, a minute apart, with ids from their ordinal. */
export class Story {
  readonly events: Event[] = [];
  readonly #conversation: Event['conversation'];
  #at: number;

  constructor(
    conversation: Partial<Event['conversation']> & { id: string },
    from = '2026-03-02T14:00:00.000Z',
  ) {
    this.#conversation = { kind: 'room', ...conversation };
    this.#at = Date.parse(from);
  }

  /** Adds an event; answers its id. */
  add(part: Part, step = 60_000): string {
    const id = eventId(NETWORK, this.#conversation.id, [this.events.length]);
    const at: Moment = {
      instant: new Date(this.#at).toISOString(),
      zoneSource: 'stated',
      precision: 's',
      ...(part.at as Partial<Moment> | undefined),
    };
    this.#at += step;
    const event = {
      kind: 'message',
      id,
      network: NETWORK,
      conversation: this.#conversation,
      provenance: {
        receipt: sha256Hex('receipt'),
        capture: sha256Hex('capture'),
        path: 'export/day.xml',
        position: { offset: this.events.length * 100, length: 100 },
      },
      ...part,
      at,
    };
    this.events.push(event as Event);
    return id;
  }

  say(address: string, text: string, more: Part = {}): string {
    return this.add({ sender: person(address), text, ...more });
  }
}

const NAMES: Record<string, string> = {
  'maria@example.com': 'Maria Keller',
  'jun@example.com': 'Jun Tanaka',
  'omar@example.org': 'Omar Haddad',
};

export const person = (address: string) => ({
  address,
  ...(NAMES[address] === undefined ? {} : { name: NAMES[address] }),
});

/** Gives events the stamps of sealing, as a log would. */
export function sealed(events: readonly Event[], first = 0): SealedEvent[] {
  return events.map((event, index) => ({
    leaf: first + index,
    salt: sha256Hex(`salt ${first + index}`).slice(0, 32),
    type: 'event',
    record: {
      ...event,
      class: 'default',
      quarter: '2026Q4',
      sealedAt: '2026-11-21T07:00:00.000Z',
    },
  }));
}

/** A room with everything that the report shows. */
export function busyRoom(): Event[] {
  const story = new Story({ id: 'rates-desk', name: 'rates-desk' });
  story.add({
    kind: 'roster',
    payload: { members: ['maria@example.com', 'jun@example.com'].map(person), basis: 'stated' },
  });
  const first = story.say(
    'maria@example.com',
    'Morning. The ten-year is at 4.21, who is axed? I would show 50 at mid, no more than that, and only until the number comes out at half past.',
  );
  const reply = story.say('jun@example.com', 'Client wants 25 on the offer, I can do 4.205', {
    payload: { replyTo: first },
  });
  story.add({
    kind: 'edit',
    target: reply,
    sender: person('jun@example.com'),
    text: 'Client wants 35 on the offer, I can do 4.205',
    payload: { earlier: 'captured' },
  });
  story.add({
    kind: 'reaction',
    target: reply,
    sender: person('maria@example.com'),
    payload: { emoji: '👍🏽', change: 'added' },
  });
  story.add({ kind: 'join', sender: person('omar@example.org'), payload: { basis: 'stated' } });
  const gone = story.say('omar@example.org', 'Call me on my mobile, not here.');
  story.add({
    kind: 'deletion',
    target: gone,
    sender: person('omar@example.org'),
    payload: { earlier: 'captured' },
  });
  story.say('maria@example.com', 'Here is the sheet', {
    attachments: [
      {
        name: 'axes 2 March.xlsx',
        size: 48213,
        mediaType: 'application/vnd.ms-excel',
        state: 'held',
        sha256: sha256Hex('x'),
      },
      { name: 'notes.pdf', state: 'referenced', reference: 'https://files.example.com/F123' },
      { name: 'screen.png', state: 'missing' },
    ],
  });
  story.add({
    kind: 'topic',
    sender: person('maria@example.com'),
    text: 'Rates: axes until 14:30',
    payload: { what: 'topic' },
  });
  story.say('jun@example.com', 'coarse and assumed', { at: { precision: 'min', zoneSource: 'assumed' } });
  story.add({
    kind: 'leave',
    sender: person('omar@example.org'),
    actor: person('maria@example.com'),
    payload: { basis: 'stated' },
  });
  return story.events;
}

/** Many scripts, mixed directions, emoji, unseen characters. */
export function manyScripts(): Event[] {
  const story = new Story(
    { id: 'jun@example.com omar@example.org', kind: 'direct' },
    '2026-03-03T08:00:00.000Z',
  );
  for (const text of [
    'English, français, Ελληνικά, русский, Tiếng Việt – “quotes” … €20.50',
    '日本語のメッセージです。価格は１２３円、数量は５０００株。これは長い行なので、折り返しが必要になります。「引用」もあります。',
    '中文消息：请确认价格，我们今天下午两点之前需要答复。谢谢！',
    '한국어 메시지입니다. 가격을 확인해 주세요.',
    'مرحبا، السعر هو 4.21 والكمية 50 مليون. هل توافق على هذا العرض قبل الساعة الثانية والنصف بعد الظهر؟ (نعم أو لا)',
    'שלום, המחיר הוא 4.21 ל-AAPL עד 14:30 (אולי).',
    'The client wrote שלום עולם and then left; مرحبا in the middle.',
    'नमस्ते, क्या आप कीमत की पुष्टि कर सकते हैं? धन्यवाद।',
    'สวัสดีครับ กรุณายืนยันราคาก่อนบ่ายสองโมงวันนี้ด้วยครับ ขอบคุณมาก',
    'Emoji: 👍 👍🏽 ❤️ 👨‍👩‍👧‍👦 🇩🇪 1️⃣ 😀 ✅ ☎ ™ and :-) C++ $TSLA',
    'Unseen: \u202Eevil\u202C bell\u0007 nul\u0000 private\uE000 Ethiopic ሰላም Georgian გამარჯობა zero\u200Bwidth',
    `A long link https://example.com/${'path/'.repeat(30)}?query=${'x'.repeat(120)}&end`,
    'x'.repeat(400),
    'First line\nsecond line\r\n\tindented third\n\nafter an empty one',
    '',
  ]) {
    story.say(story.events.length % 2 === 0 ? 'jun@example.com' : 'omar@example.org', text);
  }
  return story.events;
}

const WORDS =
  'price size bond offer bid client swap ten year level please confirm done thanks call later market number desk risk trade settle tomorrow today mid spread curve five two thirty axe cover'.split(
    ' ',
  );

/** `count` messages over `rooms` conversations, the same for the same arguments. */
export function* chatter(count: number, rooms = 5): Generator<Event> {
  let seed = 12345;
  const next = (bound: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % bound;
  };
  const from = Date.parse('2026-01-05T08:00:00.000Z');
  for (let index = 0; index < count; index++) {
    const id = `room-${index % rooms}`;
    const words = Array.from({ length: 6 + next(25) }, () => WORDS[next(WORDS.length)]);
    yield {
      kind: 'message',
      id: sha256Hex(`${index}`),
      network: NETWORK,
      conversation: { id, name: id, kind: 'room' },
      sender: person(['maria@example.com', 'jun@example.com', 'omar@example.org'][next(3)] ?? ''),
      at: { instant: new Date(from + index * 7000).toISOString(), zoneSource: 'stated', precision: 's' },
      text: `${words.join(' ')} ${index}`,
      provenance: {
        receipt: sha256Hex(`receipt ${index % 50}`),
        capture: sha256Hex(`capture ${index % 50}`),
        path: `desk/${index % 50}.xml`,
        position: { offset: index, length: 1 },
      },
    };
  }
}
