import { isatty } from 'node:tty';
import type { Io } from '../cli/io.ts';

/** The process's own stdout and stderr. A reader that goes away (`| head`) ends the process quietly. */
export function processIo(): Io {
  const { stdout, stderr } = process;
  const shows = isatty(2);
  let transient = false;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
  const clear = (): void => {
    if (transient) stderr.write('\r\u001b[2K');
    transient = false;
  };
  return {
    out(line) {
      clear();
      stdout.write(`${line}\n`);
    },
    err(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    transient(line) {
      if (!shows) return;
      clear();
      stderr.write(line.slice(0, Math.max(20, (stderr.columns ?? 80) - 1)));
      transient = true;
    },
    async drained() {
      clear();
      for (const stream of [stdout, stderr]) {
        if (stream.writableNeedDrain)
          await new Promise<void>((resolve) => stream.once('drain', () => resolve()));
      }
    },
  };
}
