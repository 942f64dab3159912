import type { Outcome } from '../../../src/ingest/format.ts';
import { whatsapp } from '../../../src/ingest/formats/whatsapp.ts';
import { fileOf } from '../bytes.ts';

const CHAT =
  '1/14/21, 12:01 PM - Bob: IMG-20210114-WA0003.jpg (file attached)\n1/14/21, 12:02 PM - Bob: PTT-20210114-WA0004.opus (file attached)\n';
const folder = '/share/WhatsApp Chat with Bob/';

test('a message holds the bytes of the file beside the chat that it names, and refers to one that is not there', async () => {
  const files = [
    fileOf(`${folder}WhatsApp Chat with Bob.txt`, Buffer.from(CHAT)),
    fileOf(`${folder}IMG-20210114-WA0003.jpg`, Buffer.from('picture')),
  ];
  const outcomes: Outcome[] = [];
  for await (const frames of whatsapp.frames({ receipt: '0'.repeat(64), files, state: () => {} }))
    for (const frame of frames) outcomes.push(...frame.read());
  const [first, second, third] = outcomes;
  if (first?.type !== 'event' || second?.type !== 'event') throw new Error('two messages were expected');
  expect(first.holdings?.map(({ attachment }) => attachment)).toEqual([0]);
  const pieces: Uint8Array[] = [];
  for await (const piece of first.holdings?.[0]?.open() ?? []) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe('picture');
  expect(second.holdings).toBeUndefined();
  expect(second.event.attachments).toEqual([
    { name: 'PTT-20210114-WA0004.opus', reference: 'PTT-20210114-WA0004.opus', state: 'referenced' },
  ]);
  expect(third).toEqual({ type: 'excluded', reason: 'attachment-file' });
});

test('only the media beside a single chat belong to it', () => {
  const groups = whatsapp.folder?.groups([
    `${folder}WhatsApp Chat with Bob.txt`,
    `${folder}IMG-20210114-WA0003.jpg`,
    `${folder}notes.txt`,
    '/share/two/WhatsApp Chat with A.txt',
    '/share/two/WhatsApp Chat with B.txt',
    '/share/two/IMG-20210114-WA0003.jpg',
  ]);
  expect(groups).toEqual([[`${folder}WhatsApp Chat with Bob.txt`, `${folder}IMG-20210114-WA0003.jpg`]]);
});
