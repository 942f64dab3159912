/**
 * Reads an Outlook data file in a thread of its own, which can be ended: pst-extractor reads synchronously, keeps state
 * for all files in one place, prints what it meets, and believes what the file says. Reads are counted; a file that
 * asks for more than an honest one of its size could is given up.
 */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PSTFile, type PSTFolder, PSTMessage } from 'pst-extractor';
import { mailOf } from './pst-mail.ts';

/** Where the file lies: a stretch of an open file of this process. */
export interface PstPlace {
  readonly fd: number;
  readonly start: number;
  readonly size: number;
}

/** One answer to each request for more. */
export interface PstBatch {
  /** Without bytes: an item that is no message, such as an appointment. */
  readonly mails: readonly { readonly name: string; readonly bytes?: Uint8Array }[];
  readonly done: boolean;
  /** Mails and folders that could not be read. */
  readonly lost: number;
  /** Why nothing more is read; without content. */
  readonly problem?: string;
}

/** Bytes of mails in one answer. */
const BATCH = 1024 * 1024;
const MAX_FOLDER_DEPTH = 64;

const place = workerData as PstPlace;
let left = 256 * 1024 * 1024 + place.size * 64;
let calls = 2_000_000 + place.size / 4;

class TooMuch extends Error {}

/** The one way by which it reads, and private there: this thread's own copy of it reads as follows. */
Object.defineProperty(PSTFile.prototype, 'readSync', {
  value: (buffer: Buffer, length: number, position: number): number => {
    left -= length;
    if (left < 0 || --calls < 0) throw new TooMuch();
    const to = Math.min(length, Math.max(0, place.size - position));
    return to === 0 ? 0 : readSync(place.fd, buffer, 0, to, place.start + position);
  },
});

let lost = 0;

function* mailsIn(folder: PSTFolder, path: string, depth: number): Generator<PstBatch['mails'][number]> {
  yield* childrenOf(folder, path);
  if (depth >= MAX_FOLDER_DEPTH) {
    lost++;
    return;
  }
  let folders: PSTFolder[] = [];
  try {
    if (folder.hasSubfolders) folders = folder.getSubFolders();
  } catch (error) {
    pass(error);
  }
  for (const [i, each] of folders.entries())
    yield* mailsIn(each, `${path}${partOf(each.displayName, i)}/`, depth + 1);
}

function* childrenOf(folder: PSTFolder, path: string): Generator<PstBatch['mails'][number]> {
  const count = attempt(() => folder.contentCount) ?? 0;
  for (let n = 0; n < count; n++) {
    try {
      const child: unknown = folder.getNextChild();
      if (child === null || child === undefined) return;
      const name = `${path}${String(n + 1).padStart(6, '0')}`;
      if (child instanceof PSTMessage && /^(?:IPM\.Note|REPORT)\b/iu.test(child.messageClass))
        yield { name: `${name}.eml`, bytes: mailOf(child, path) };
      else yield { name: `${name}.item` };
    } catch (error) {
      pass(error);
      try {
        folder.moveChildCursorTo(n + 1);
      } catch (again) {
        pass(again);
        return;
      }
    }
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    pass(error);
    return undefined;
  }
}

/** Counts what cannot be read; throws what ends all reading. */
function pass(error: unknown): void {
  if (error instanceof TooMuch || error instanceof RangeError) throw error;
  lost++;
}

/** A folder's name as part of a path. */
const partOf = (name: string, index: number): string =>
  name
    .replaceAll(/[\p{Cc}/\\!]/gu, '_')
    .slice(0, 100)
    .replace(/^\.*$/u, `folder-${index + 1}`);

const mails = (function* () {
  const file = new PSTFile(Buffer.alloc(0));
  yield* mailsIn(file.getRootFolder(), '', 0);
})();

parentPort?.on('message', () => {
  const batch: PstBatch['mails'][number][] = [];
  let size = 0;
  let done = false;
  let problem: string | undefined;
  try {
    while (size < BATCH) {
      const next = mails.next();
      if (next.done === true) {
        done = true;
        break;
      }
      batch.push(next.value);
      // An item without bytes costs a little, too.
      size += 64 + (next.value.bytes?.length ?? 0);
    }
  } catch (error) {
    done = true;
    // Names of errors only: a message can quote the file.
    problem = error instanceof TooMuch ? 'it asks for more than it can hold' : 'its structure is damaged';
  }
  const answer: PstBatch = { mails: batch, done, lost, ...(problem !== undefined && { problem }) };
  parentPort?.postMessage(answer);
  if (done) parentPort?.close();
});
