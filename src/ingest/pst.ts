/** Outlook data files (PST, OST): every message a mail. Read in another thread, which is ended when it takes too long. */
import { Worker } from 'node:worker_threads';
import { type Container, type Member, slice } from './container.ts';
import type { PstBatch, PstPlace } from './pst-worker.ts';
import type { RandomBytes } from './random-bytes.ts';
import type { Spool } from './spool.ts';

/** A thread that says nothing for so long is ended; what it read until then is kept. */
const PATIENCE = 120_000;
const MEMORY_MIB = 128;

export interface PstMail extends Member {
  readonly bytes: RandomBytes;
}

/** The first bytes of a PST or OST. */
export const startsAsPst = (head: Buffer): boolean =>
  head.toString('latin1', 0, 4) === '!BDN' && /^S[MO]$/u.test(head.toString('latin1', 8, 10));

/** Reads all messages into the spool, at most `limit` of them and `room` bytes. */
export async function openPst(
  bytes: RandomBytes,
  spool: Spool,
  limit: number,
  room: number,
): Promise<Container<PstMail>> {
  const members: PstMail[] = [];
  let problem: Container<PstMail>['problem'];
  const damaged = (detail: string): void => {
    problem ??= { code: 'file-damaged', detail };
  };
  const place: PstPlace = await spool.place(bytes);
  const worker = new Worker(new URL('./pst-worker.ts', import.meta.url), {
    workerData: place,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB, maxYoungGenerationSizeMb: 16 },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // What it prints quotes the file.
    stdout: true,
    stderr: true,
  });
  try {
    let size = 0;
    for (;;) {
      const batch = await answerOf(worker);
      if (typeof batch === 'string') {
        damaged(batch);
        break;
      }
      for (const mail of batch.mails) {
        size += mail.bytes?.length ?? 0;
        if (members.length >= limit || size > room) break;
        const { name, bytes } = mail;
        if (bytes === undefined) members.push({ name, size: 0, problem: 'not-a-transcript', bytes: EMPTY });
        else members.push({ name, size: bytes.length, bytes: await spool.store(one(bytes)) });
      }
      if (members.length >= limit) problem = { code: 'too-many-files', detail: `more than ${limit} members` };
      else if (size > room) problem = { code: 'zip-bomb', detail: `more than ${room} bytes` };
      else if (batch.problem !== undefined) damaged(batch.problem);
      if (batch.done || problem !== undefined) {
        if (batch.lost > 0) damaged(`${batch.lost} messages or folders cannot be read`);
        break;
      }
    }
  } finally {
    await worker.terminate();
  }
  return {
    members,
    ...(problem !== undefined && { problem }),
    read: (mail) => mail.bytes.read(0, mail.size),
    random: (mail) => slice(mail.bytes, 0, mail.size),
  };
}

const EMPTY: RandomBytes = { size: 0, async *read() {} };

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** The next batch, or in words why there is none. */
function answerOf(worker: Worker): Promise<PstBatch | string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish('reading it took too long'), PATIENCE);
    const broken = (): void => finish('its structure is damaged');
    const finish = (answer: PstBatch | string): void => {
      clearTimeout(timer);
      worker.off('message', finish).off('error', broken).off('exit', broken);
      resolve(answer);
    };
    worker.on('message', finish).on('error', broken).on('exit', broken);
    worker.postMessage('more');
  });
}
