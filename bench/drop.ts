import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { note, type Result } from './output.ts';

/** What a process that read a drop to its end says of it. */
export interface DropRead {
  readonly bytes: number;
  readonly events: number;
  readonly rejects: number;
  /** Processor time, ms: reading, and making the stream that is read. */
  readonly reading: number;
  readonly making: number;
  /** Resident memory, MiB. */
  readonly base: number;
  readonly peak: number;
}

const FORMATS = ['bloomberg', 'slack'];
const PROCESS = join(import.meta.dirname, 'parse/drop-process.ts');
/** As the product starts Node. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=8', '--disable-warning=ExperimentalWarning'];

/** A drop that is never on disk, read to its end in a process of its own: 2 GB by default. */
export async function drop({ messages }: { readonly messages: number }): Promise<Result[]> {
  const results: Result[] = [];
  for (const format of FORMATS) {
    note(`${format}, ${Math.round((messages * 256) / 1e6)} MB`);
    const args = [...FLAGS, PROCESS, format, String(messages * 256)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    results.push(...resultsOf(format, JSON.parse(stdout) as DropRead));
  }
  return results;
}

function resultsOf(format: string, read: DropRead): Result[] {
  const over = read.peak - read.base;
  return [
    { what: `${format}, bytes`, value: read.bytes, unit: '' },
    { what: `${format}, events`, value: read.events, unit: '' },
    { what: `${format}, rejects`, value: read.rejects, unit: '' },
    { what: `${format}, read`, value: read.bytes / 1000 / read.reading, unit: 'MB/s of processor time' },
    { what: `${format}, making the stream beside it`, value: read.making / 1000, unit: 's' },
    {
      what: `${format}, memory over the base`,
      value: over,
      unit: 'MiB',
      asked: '< 256 MiB',
      met: over < 256,
    },
  ];
}
