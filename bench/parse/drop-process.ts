/**
 * Reads a generated drop to its end and prints what it came to, as JSON: `node drop-process.ts FORMAT BYTES`. The drop
 * is made while it is read, every message another one; nothing of it touches the disk.
 */
import type { SourceFile } from '../../src/ingest/format.ts';
import { parse } from '../../src/ingest/parse.ts';
import { recognise } from '../../src/ingest/recognise.ts';
import type { DropRead } from '../drop.ts';
import { streamOf } from './transcripts/index.ts';

const MIB = 1024 * 1024;
const [format = '', target = ''] = process.argv.slice(2);
const stream = streamOf(format, Number(target));
if (stream === undefined) throw new Error(`no drop of ${format} is made here`);

let bytes = 0;
let making = 0;
let peak = 0;
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const look = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss() / MIB);
};
const file: SourceFile = {
  capture: '0'.repeat(64),
  path: stream.path,
  size: Number(target),
  settings: { format },
  damage: () => undefined,
  async *open() {
    bytes = 0;
    const pieces = stream.pieces();
    for (;;) {
      const from = cpu();
      const next = pieces.next();
      making += cpu() - from;
      if (next.done) return;
      bytes += next.value.length;
      look();
      yield next.value;
    }
  },
};

const read: { events: number; rejects: number } = { events: 0, rejects: 0 };
globalThis.gc?.();
const base = process.memoryUsage.rss() / MIB;
const from = cpu();
const opened = { files: [file], unreadable: [], close: async () => undefined };
for await (const batch of parse('0'.repeat(64), opened, await recognise([file]), () => undefined))
  for (const { outcome } of batch) {
    if (outcome.type === 'event') read.events++;
    else if (outcome.type === 'reject') read.rejects++;
  }
look();
const found: DropRead = { ...read, bytes, reading: cpu() - from - making, making, base, peak };
console.log(JSON.stringify(found));
