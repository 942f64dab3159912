import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from '../property.ts';
import { readPath, temporaryVault } from './fixtures.ts';
import { rawEntry, type TarEntry, tarOf } from './tar-writer.ts';
import { zipOf } from './zip-writer.ts';

const line = (text: string | number): Buffer =>
  Buffer.from(
    `${JSON.stringify({ network: 'irc', conversation: '#desk', from: 'bob', at: '2026-01-05T09:46:00Z', text: `message ${text}` })}\n`,
  );
const good = (name: string, n: string | number = 1): TarEntry => ({ name, bytes: line(n) });

let workshop: Awaited<ReturnType<typeof temporaryVault>>;
let count = 0;
beforeAll(async () => {
  workshop = await temporaryVault();
});
afterAll(() => workshop.dispose());

interface Found {
  readonly texts: string[];
  readonly rejects: [string | undefined, string][];
  readonly members: (string | undefined)[];
  readonly names: string[];
}

/** What reading a capture comes to. */
async function read(bytes: Uint8Array, name = 'capture'): Promise<Found> {
  const folder = join(workshop.folder, String(count++));
  mkdirSync(folder);
  writeFileSync(join(folder, name), bytes);
  const reads = await readPath(workshop.vault, folder);
  rmSync(folder, { recursive: true });
  const outcomes = reads.flatMap((each) => each.outcomes);
  return {
    texts: outcomes.flatMap(({ outcome }) => (outcome.type === 'event' ? [outcome.event.text ?? ''] : [])),
    rejects: outcomes.flatMap(({ outcome, position }) =>
      outcome.type === 'reject' ? [[position.member, outcome.code]] : [],
    ),
    members: outcomes.flatMap(({ outcome, position }) => (outcome.type === 'event' ? [position.member] : [])),
    names: reads.map(({ recognised }) => recognised.name),
  };
}

describe('tar', () => {
  const long = `${'folder-with-a-name/'.repeat(12)}chat.ndjson`;

  test('is read as what it holds, in the order of names, long names included', async () => {
    const bytes = await tarOf([
      good('b/2.ndjson', 2),
      { name: 'a', type: 'directory' },
      good('./a/1.ndjson', 1),
      good(long, 3),
    ]);
    const { texts, members, rejects } = await read(bytes, 'logs.tar');
    expect(texts).toEqual(['message 1', 'message 2', 'message 3']);
    expect(members).toEqual(['a/1.ndjson', 'b/2.ndjson', long]);
    expect(rejects).toEqual([]);
  });

  test.each(['gnu', 'pax', 'ustar', 'v7', 'oldgnu'])('of the system’s own tar, as %s', async (format) => {
    const folder = join(workshop.folder, 'in', format);
    mkdirSync(join(folder, 'logs'), { recursive: true });
    const name =
      format === 'gnu' || format === 'pax' || format === 'oldgnu' ? `${'x'.repeat(120)}.ndjson` : 'x.ndjson';
    writeFileSync(join(folder, 'logs', name), line('long'));
    writeFileSync(join(folder, 'logs', 'ünï.ndjson'), line('umlaut'));
    const bytes = execFileSync('tar', ['-C', folder, `--format=${format}`, '-cf', '-', 'logs']);
    const { texts, members, rejects } = await read(bytes);
    expect(texts.sort()).toEqual(['message long', 'message umlaut']);
    expect(members.sort()).toEqual([`logs/${name}`, 'logs/ünï.ndjson'].sort());
    expect(rejects).toEqual([]);
  });

  test('rejects links, devices and names that lead out, and reads the rest', async () => {
    const bytes = await tarOf([
      { name: 'a-link', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'b-hard', type: 'link', linkname: '../b' },
      { name: 'c-device', type: 'block-device', devmajor: 8, devminor: 0 },
      { name: 'd-fifo', type: 'fifo' },
      good('../../out.ndjson'),
      good('good.ndjson', 7),
    ]);
    const absolute = rawEntry({ name: '/etc/x.ndjson', bytes: line(1) });
    const { texts, rejects } = await read(Buffer.concat([absolute, bytes]));
    expect(texts).toEqual(['message 7']);
    expect(rejects.sort()).toEqual([
      ['../../out.ndjson', 'unsafe-path'],
      ['/etc/x.ndjson', 'unsafe-path'],
      ['a-link', 'no-plain-file'],
      ['b-hard', 'no-plain-file'],
      ['c-device', 'no-plain-file'],
      ['d-fifo', 'no-plain-file'],
    ]);
  });

  test('whose header is damaged is read from the next one on', async () => {
    const bytes = await tarOf([good('a.ndjson', 1), good('b.ndjson', 2), good('c.ndjson', 3)]);
    bytes.fill(0xff, 1024, 1100);
    const { texts, rejects } = await read(bytes);
    expect(texts).toEqual(['message 1', 'message 3']);
    expect(rejects).toEqual([[undefined, 'zip-damaged']]);
  });

  test('that ends early says so of the member that is cut', async () => {
    const bytes = await tarOf([
      good('a.ndjson', 1),
      { name: 'b.ndjson', bytes: Buffer.concat([line(2), line(3)]) },
    ]);
    const { texts, rejects } = await read(bytes.subarray(0, 512 * 3 + line(2).length + 5));
    expect(texts).toEqual(['message 1', 'message 2']);
    expect(rejects).toEqual([
      ['b.ndjson', 'json-malformed'],
      ['b.ndjson', 'zip-damaged'],
    ]);
  });

  test.each([
    ['larger than any file', Buffer.from([0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ['beyond all numbers', Buffer.alloc(12, 0xff)],
    ['no number', 'zzzzzzzzzzz\0'],
  ])('with a size that is %s costs that member', async (_, size) => {
    const bytes = Buffer.concat([
      rawEntry({ name: 'a.ndjson', bytes: line(1) }),
      rawEntry({ name: 'b.ndjson', size }),
      rawEntry({ name: 'c.ndjson', bytes: line(3) }),
    ]);
    const { texts, rejects } = await read(bytes);
    expect(texts).toContain('message 1');
    expect(rejects.map(([, code]) => code)).toContain('zip-damaged');
  });

  test('with a long name that claims gigabytes is not believed', async () => {
    const bytes = Buffer.concat([
      rawEntry({ name: 'a.ndjson', bytes: line(1) }),
      rawEntry({ name: '././@LongLink', type: 'L', size: '17777777777\0' }),
    ]);
    const { texts, rejects } = await read(bytes);
    expect(texts).toEqual(['message 1']);
    expect(rejects).toEqual([[undefined, 'zip-damaged']]);
  });

  test('of any bytes is accounted for', async () => {
    const whole = await tarOf([good('a.ndjson', 1), good(long, 2), good('c/d.ndjson', 3)]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 6 }),
        async (hurt) => {
          const bytes = Buffer.from(whole);
          for (const [at, byte] of hurt) bytes[at] = byte;
          const { texts, rejects } = await read(bytes);
          expect(texts.length + rejects.length).toBeGreaterThan(0);
          expect(texts.every((text) => /^message/u.test(text) || rejects.length >= 0)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('gzip', () => {
  test('is read as the file in it, under its name', async () => {
    const { texts, members } = await read(gzipSync(line(1)), 'chat.ndjson.gz');
    expect(texts).toEqual(['message 1']);
    expect(members).toEqual(['chat.ndjson']);
  });

  test('of several parts in a row is read whole', async () => {
    const { texts } = await read(Buffer.concat([gzipSync(line(1)), gzipSync(line(2))]), 'chat.gz');
    expect(texts).toEqual(['message 1', 'message 2']);
  });

  test('with a tar in it is one container', async () => {
    for (const name of ['logs.tar.gz', 'logs.tgz', 'logs']) {
      const { members } = await read(gzipSync(await tarOf([good('a/b.ndjson')])), name);
      expect(members).toEqual(['a/b.ndjson']);
    }
  });

  test('that ends early keeps what could be unpacked, and says so', async () => {
    const lines = Buffer.concat(Array.from({ length: 2000 }, (_, i) => line(`${i} ${Math.sin(i)}`)));
    const packed = gzipSync(lines);
    const { texts, rejects } = await read(packed.subarray(0, packed.length / 2), 'chat.ndjson.gz');
    expect(texts.length).toBeGreaterThan(500);
    expect(rejects.at(-1)).toEqual(['chat.ndjson', 'zip-damaged']);
    const cut = gzipSync(await tarOf([good('a.ndjson', 1), { name: 'b.ndjson', bytes: lines }]));
    const tar = await read(cut.subarray(0, cut.length / 2), 'logs.tar.gz');
    expect(tar.texts[0]).toBe('message 1');
    expect(tar.rejects).toContainEqual([undefined, 'zip-damaged']);
  });

  test('that would unpack to far more than it may is not read', async () => {
    const { rejects } = await read(gzipSync(Buffer.alloc(64 * 1024 * 1024)), 'bomb.gz');
    expect(rejects).toEqual([[undefined, 'zip-bomb']]);
  });

  test('inside zip inside tar, and the other way round', async () => {
    const gz = gzipSync(line(1));
    const zip = zipOf([{ name: 'x/chat.ndjson.gz', bytes: gz }]);
    const found = await read(await tarOf([{ name: 'in.zip', bytes: zip }]));
    expect(found.members).toEqual(['in.zip!/x/chat.ndjson.gz!/chat.ndjson']);
    const tar = gzipSync(
      await tarOf([{ name: 'a.zip', bytes: zipOf([{ name: 'b.ndjson', bytes: line(2) }]) }]),
    );
    expect((await read(tar, 'x.tgz')).members).toEqual(['a.zip!/b.ndjson']);
  });

  test('too deep in itself is a reject', async () => {
    let bytes = line(1);
    for (let depth = 0; depth < 8; depth++) bytes = gzipSync(bytes);
    const { texts, rejects } = await read(bytes, 'x.gz');
    expect(texts).toEqual([]);
    expect(rejects.map(([, code]) => code)).toEqual(['zip-too-deep']);
  });
});

test.each([
  ['bzip2', Buffer.from('BZh91AY&SY........')],
  ['xz', Buffer.from('fd377a585a000004', 'hex')],
  ['7z', Buffer.from('377abcaf271c0004', 'hex')],
  ['rar', Buffer.from('526172211a070100', 'hex')],
  ['zstd', Buffer.from('28b52ffd0458', 'hex')],
])('%s is told by name and not read, alone and inside', async (kind, bytes) => {
  const alone = await read(bytes, `logs.${kind}`);
  expect(alone.rejects).toEqual([[undefined, 'archive-unread']]);
  const inner = await read(
    zipOf([
      { name: 'logs.rar', bytes },
      { name: 'a.ndjson', bytes: line(1) },
    ]),
  );
  expect(inner.rejects).toEqual([['logs.rar', 'archive-unread']]);
  expect(inner.texts).toEqual(['message 1']);
});

test('what merely starts like an archive is not one', async () => {
  const { rejects } = await read(
    Buffer.concat([Buffer.from('BZh no archive at all\n'), brotliCompressSync(line(1))]),
  );
  expect(rejects).toEqual([[undefined, 'format-unknown']]);
});

describe('mbox', () => {
  const mail = (n: number, body = `Body ${n}`): string =>
    `From alice@desk.example Mon Jan  5 09:4${n}:00 2026\nFrom: alice@desk.example\nTo: bob@desk.example\nSubject: ${n}\n\n${body}\n`;
  const members = async (text: string): Promise<[string | undefined, string][]> => {
    const { openMbox } = await import('../../src/ingest/mbox.ts');
    const bytes = Buffer.from(text);
    const box = await openMbox(
      {
        size: bytes.length,
        read: async function* (a, b) {
          for (let i = a; i < b; i += 7) yield bytes.subarray(i, Math.min(b, i + 7));
        },
      },
      1000,
    );
    return Promise.all(
      box.members.map(async (member): Promise<[string, string]> => {
        const found = Buffer.concat(await Array.fromAsync(box.read(member, () => {})));
        expect(found.length).toBe(member.size);
        return [member.name, found.toString()];
      }),
    );
  };

  test('is read mail by mail, without the line between them', async () => {
    expect(await members(`${mail(1)}\n${mail(2)}\n${mail(3)}`)).toEqual(
      [1, 2, 3].map((n) => [
        `00000${n}.eml`,
        `From: alice@desk.example\nTo: bob@desk.example\nSubject: ${n}\n\nBody ${n}\n`,
      ]),
    );
  });

  test('a text that begins a line with “From ” starts no mail', async () => {
    const body =
      'Hello\n\nFrom Monday on, 2026 is over\n\nFrom alice@x Mon Jan 5 2026 I heard\nthat\nFrom alice@desk.example Mon Jan  5 09:41:00 2026\nA: b';
    expect(await members(`${mail(1, body)}\n${mail(2)}`)).toHaveLength(2);
  });

  test('quoting is taken off, one mark a line', async () => {
    const found = await members(mail(1, '>From here\n>>From there\n> From no quote\nx >From no start'));
    expect(found[0]?.[1]).toContain('\nFrom here\n>From there\n> From no quote\nx >From no start\n');
  });

  test('of Eudora needs no empty line, of Windows has longer line ends', async () => {
    const eudora = `From ???@??? Thu Sep 25 10:00:00 2003\nSubject: 1\n\na\nFrom ???@??? Thu Sep 25 10:01:00 2003\nSubject: 2\n\nb\n`;
    expect(await members(eudora)).toHaveLength(2);
    expect(await members(`${mail(1)}\n${mail(2)}`.replaceAll('\n', '\r\n'))).toEqual([
      ['000001.eml', 'From: alice@desk.example\r\nTo: bob@desk.example\r\nSubject: 1\r\n\r\nBody 1\r\n'],
      ['000002.eml', 'From: alice@desk.example\r\nTo: bob@desk.example\r\nSubject: 2\r\n\r\nBody 2\r\n'],
    ]);
  });

  test('is found by content, packed or not, and every mail is a member', async () => {
    const box = Buffer.from(`${mail(1)}\n${mail(2)}`);
    for (const [bytes, name] of [
      [box, 'Inbox'],
      [gzipSync(box), 'mail.mbox.gz'],
      [zipOf([{ name: 'Takeout/Mail/All.mbox', bytes: box, deflate: true }]), 'takeout.zip'],
    ] as const) {
      const folder = join(workshop.folder, String(count++));
      mkdirSync(folder);
      writeFileSync(join(folder, name), bytes);
      const outcomes = (await readPath(workshop.vault, folder)).flatMap((each) => each.outcomes);
      expect(outcomes.map(({ position }) => position.member?.replace(/^.*\//u, ''))).toEqual([
        '000001.eml',
        '000002.eml',
      ]);
    }
  });

  test('of many megabytes is found whole', async () => {
    const { openMbox } = await import('../../src/ingest/mbox.ts');
    const one = Buffer.from(`${mail(1, 'From x\n>From y\n'.repeat(1000))}\n`);
    const bytes = Buffer.concat(Array.from({ length: 500 }, () => one));
    const box = await openMbox(
      {
        size: bytes.length,
        read: async function* (a, b) {
          for (let i = a; i < b; i += 65_536) yield bytes.subarray(i, Math.min(b, i + 65_536));
        },
      },
      1000,
    );
    expect(box.members).toHaveLength(500);
    const last = box.members.at(-1);
    if (last === undefined) throw new Error('no mail');
    const text = Buffer.concat(await Array.fromAsync(box.read(last, () => {}))).toString();
    expect(text.match(/^From y$/gmu)).toHaveLength(1000);
    expect(text.length).toBe(last.size);
  });
});
