import type { Damage } from '../../src/ingest/format.ts';
import type { RandomBytes } from '../../src/ingest/random-bytes.ts';
import { openZip, readMember } from '../../src/ingest/zip.ts';
import fc from '../property.ts';
import { type Member, zipOf } from './zip-writer.ts';

const inMemory = (bytes: Uint8Array): RandomBytes => ({
  size: bytes.length,
  async *read(start, end) {
    yield bytes.subarray(start, end);
  },
});

interface Read {
  readonly name: string;
  readonly text: string;
  readonly damage?: string;
  readonly problem?: string;
}

async function read(bytes: Uint8Array): Promise<{ members: Read[]; problem: string | undefined }> {
  const { members, problem } = await openZip(inMemory(bytes), 1000);
  const all: Read[] = [];
  for (const member of members) {
    if (member.problem !== undefined) {
      all.push({ name: member.name, text: '', problem: member.problem });
      continue;
    }
    let damage: Damage | undefined;
    const chunks = await Array.fromAsync(readMember(member, (found) => (damage = found)));
    all.push({
      name: member.name,
      text: Buffer.concat(chunks).toString(),
      ...(damage?.detail !== undefined && { damage: damage.detail }),
    });
  }
  return { members: all, problem: problem?.code };
}

/** Text that deflate cannot make much shorter. */
const noise = (seed: number, length: number): string => {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(97 + ((state >>> 16) % 26));
  }).join('');
};
const TEXTS = [noise(1, 3000), noise(2, 70_000), noise(3, 500)];

const archive = (how: Partial<Member>): Buffer =>
  zipOf(TEXTS.map((text, i) => ({ name: `log-${i}.txt`, bytes: Buffer.from(text), ...how })));
/** Where the member's local header starts. */
const startOf = (zip: Buffer, i: number): number => zip.indexOf(`log-${i}.txt`) - 30;

describe.each<[string, Partial<Member>]>([
  ['stored', {}],
  ['deflated', { deflate: true }],
  ['deflated, with the sizes after them', { deflate: true, streamed: true }],
])('members that are %s', (_, how) => {
  const zip = archive(how);
  const whole = TEXTS.map((text, i) => ({ name: `log-${i}.txt`, text }));

  test('are read whole where only the directory is cut off', async () => {
    const directory = zip.indexOf('PK\x01\x02');
    for (const end of [directory, directory + 10, zip.length - 30, zip.length - 1])
      expect(await read(zip.subarray(0, end))).toEqual({ members: whole, problem: 'zip-damaged' });
  });

  test('are read as far as they go where the archive is cut off in one', async () => {
    const cut = startOf(zip, 1) + 40_000;
    const { members, problem } = await read(zip.subarray(0, cut));
    expect(problem).toBe('zip-damaged');
    expect(members).toHaveLength(2);
    expect(members[0]).toEqual(whole[0]);
    expect(members[1]).toMatchObject({ name: 'log-1.txt', damage: 'the archive is cut off in it' });
    expect(members[1]?.text.length).toBeGreaterThan(30_000);
    expect(TEXTS[1]?.startsWith(members[1]?.text ?? '-')).toBe(true);
  });

  test('are rejects where nothing is left of them', async () => {
    const { members } = await read(zip.subarray(0, startOf(zip, 1) + 39));
    expect(members).toEqual([whole[0], { name: 'log-1.txt', text: '', problem: 'zip-damaged' }]);
  });

  test('are found behind a stretch that is not readable, which is named', async () => {
    const broken = Buffer.from(zip.subarray(0, zip.indexOf('PK\x01\x02')));
    const [from, to] = [startOf(zip, 1), startOf(zip, 2)];
    broken.fill(0xee, from, from + 30_000);
    const { members } = await read(broken);
    expect(members).toEqual([
      whole[0],
      { name: `bytes ${from - (how.streamed === true ? 16 : 0)} to ${to}`, text: '', problem: 'zip-damaged' },
      whole[2],
    ]);
  });
});

test('members that the directory still names are read once, with those that it does not', async () => {
  const zip = archive({ deflate: true });
  zip.write('XX', zip.lastIndexOf('PK\x01\x02'));
  const { members, problem } = await read(zip);
  expect(problem).toBe('zip-damaged');
  expect(members.map(({ name }) => name).sort()).toEqual(['log-0.txt', 'log-1.txt', 'log-2.txt']);
});

test('names are judged, and what is encrypted is refused, without a directory too', async () => {
  const zip = zipOf([
    { name: '../up.txt', bytes: Buffer.from('a') },
    { name: 'folder/', bytes: Buffer.alloc(0) },
    { name: 'locked.txt', bytes: Buffer.from('b'), encrypted: true },
    { name: 'good.txt', bytes: Buffer.from('c') },
  ]);
  const { members } = await read(zip.subarray(0, zip.indexOf('PK\x01\x02')));
  expect(members).toEqual([
    { name: '../up.txt', text: '', problem: 'unsafe-path' },
    { name: 'locked.txt', text: '', problem: 'zip-encrypted' },
    { name: 'good.txt', text: 'c' },
  ]);
});

test('a member of unknown size that unpacks to far more than the archive may hold is refused', async () => {
  const zip = zipOf([
    { name: 'bomb.txt', bytes: Buffer.alloc(64 * 1024 * 1024), deflate: true, streamed: true },
    { name: 'good.txt', bytes: Buffer.from('c') },
  ]);
  const { members } = await read(zip.subarray(0, zip.indexOf('PK\x01\x02')));
  expect(members[0]).toMatchObject({ name: 'bomb.txt', problem: 'zip-bomb' });
});

test('wherever an archive is cut and whatever bytes are changed, reading it ends, and gives no byte that was not there', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      async (streamed, end, changes) => {
        const zip = archive({ deflate: true, streamed });
        const cut = Buffer.from(zip.subarray(0, end % zip.length));
        if (cut.length === 0) return;
        for (const [at, byte] of changes) cut[at % cut.length] = byte;
        const { members, problem } = await read(cut);
        expect(problem).toBe('zip-damaged');
        if (changes.length > 0) return;
        for (const { name, text } of members) {
          const original = TEXTS[Number(name.slice(4, 5))];
          if (text !== '') expect(original?.startsWith(text)).toBe(true);
        }
      },
    ),
    { numRuns: 150 },
  );
});
