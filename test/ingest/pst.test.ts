import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPst } from '../../src/ingest/pst.ts';
import { Spool } from '../../src/ingest/spool.ts';
import { ROOT } from '../architecture/sources.ts';
import { readPath, temporaryVault } from './fixtures.ts';
import { numbersFrom } from './mutations.ts';

/** Outlook data files that the library brings along for its own examples. */
const DATA = join(ROOT, 'node_modules/pst-extractor/example/testdata');
const enron = readFileSync(join(DATA, 'enron.pst'));
const outlook = readFileSync(join(DATA, 'pstextractortest@outlook.com.ost'));

async function read(bytes: Buffer, limit = 100_000, room = 1e9) {
  const spool = new Spool();
  try {
    const place = {
      size: bytes.length,
      async *read(from: number, to: number) {
        for (let at = from; at < to; at += 65_536) yield bytes.subarray(at, Math.min(to, at + 65_536));
      },
    };
    const box = await openPst(place, spool, limit, room);
    const mails = new Map<string, string>();
    for (const member of box.members) {
      if (member.problem !== undefined) continue;
      const mail = Buffer.concat(await Array.fromAsync(box.read(member, () => {})));
      expect(mail.length).toBe(member.size);
      mails.set(member.name, mail.toString());
    }
    return { members: box.members, problem: box.problem, mails };
  } finally {
    await spool.close();
  }
}

test('a PST is read mail by mail, in the folders that it has', async () => {
  const { members, problem, mails } = await read(enron);
  expect(problem).toBeUndefined();
  expect(members).toHaveLength(71);
  const [name, mail = ''] = [...mails][0] ?? [];
  expect(name).toBe('Top of Personal Folders/lokay-m/MLOKAY (Non-Privileged)/000001.eml');
  expect(mail).toMatch(/^From: /mu);
  expect([...mails.values()].every((each) => /^Date: \w{3}, \d{1,2} \w{3} \d{4} /mu.test(each))).toBe(true);
  expect([...mails.values()].every((each) => /^X-MS-Message-Class: IPM\.Note/mu.test(each))).toBe(true);
});

test('an OST is read, and what is no message in it is named', async () => {
  const { members, problem, mails } = await read(outlook);
  expect(problem).toBeUndefined();
  expect(mails.size).toBeGreaterThan(5);
  const others = members.filter(({ problem: why }) => why === 'not-a-transcript');
  expect(others.some(({ name }) => /Calendar\/\d{6}\.item$/u.test(name))).toBe(true);
});

test('its mails are read as mails, alone and packed', async () => {
  const { vault, folder, dispose } = await temporaryVault();
  try {
    const path = join(folder, 'archive.pst');
    writeFileSync(path, enron);
    const outcomes = (await readPath(vault, path)).flatMap((each) => each.outcomes);
    expect(outcomes).toHaveLength(71);
    expect(outcomes.filter(({ outcome }) => outcome.type === 'event').length).toBeGreaterThan(60);
  } finally {
    await dispose();
  }
});

test('limits of number and bytes hold', async () => {
  expect(await read(enron, 10)).toMatchObject({ problem: { code: 'too-many-files' } });
  expect(await read(enron, 1000, 100_000)).toMatchObject({ problem: { code: 'zip-bomb' } });
});

test('a file that is cut off, or damaged anywhere, ends: what could be read is kept, and it is said', async () => {
  const small = outlook;
  for (const cut of [10, 514, 600, 4096, 100_000, small.length / 2]) {
    const { members, problem } = await read(small.subarray(0, cut));
    expect(members.length === 0 || members.length > 0).toBe(true);
    if (members.length === 0) expect(problem?.code).toBe('file-damaged');
  }
  const next = numbersFrom(7);
  for (let n = 0; n < 25; n++) {
    const bytes = Buffer.from(small);
    // The roots of its trees stand in the header; pages of nodes all over.
    for (let k = 0; k < 200; k++) bytes[k < 3 ? 180 + (next() % 80) : next() % bytes.length] = next() & 255;
    const { members, problem } = await read(bytes);
    expect(members.length > 0 || problem !== undefined).toBe(true);
  }
});

test('what only starts like a PST is damaged, and nothing of it is printed', async () => {
  const written: string[] = [];
  const original = process.stderr.write.bind(process.stderr);
  process.stderr.write = ((chunk: string | Uint8Array) => {
    written.push(String(chunk));
    return true;
  }) as typeof process.stderr.write;
  try {
    const bytes = Buffer.concat([Buffer.from('!BDN....SM'), Buffer.alloc(1_000_000, 'secret ')]);
    bytes[10] = 23;
    expect(await read(bytes)).toMatchObject({ members: [], problem: { code: 'file-damaged' } });
    expect(written.join('')).not.toContain('secret');
  } finally {
    process.stderr.write = original;
  }
});
