import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A public parser of PyPI: it runs in a Python of its own and is timed there, from the file to its messages. */
export interface PythonParser {
  readonly format: string;
  readonly name: string;
  /** What pip installs. */
  readonly packages: readonly string[];
  /** Python that defines `parse(path)`. */
  readonly code: string;
}

const miner = (format: string, reader: string): PythonParser => ({
  format,
  name: 'chat-miner (PyPI)',
  // It imports pandas without asking for it.
  packages: ['chat-miner==0.6.0', 'pandas'],
  code: `
import logging
from chatminer.chatparsers import ${reader}
logging.disable(logging.CRITICAL)
def parse(path):
    found = ${reader}(path)
    found.parse_file()
    return len(found.parsed_messages._parsed_messages)
`,
});

export const PYTHON_PARSERS: readonly PythonParser[] = [
  miner('whatsapp', 'WhatsAppParser'),
  miner('telegram', 'TelegramJsonParser'),
  {
    format: 'irc',
    name: 'irclog2html (PyPI)',
    packages: ['irclog2html==4.1.0'],
    code: `
from irclog2html.irclog2html import LogParser
def parse(path):
    with open(path, 'rb') as log:
        return sum(1 for _, kind, _ in LogParser(log) if kind == LogParser.COMMENT)
`,
  },
];

/** Times a parser by the processor, as `parse` is timed: the best of three. */
const TIMED = `
import sys, time
best = None
for _ in range(3):
    start = time.process_time()
    count = parse(sys.argv[1])
    took = time.process_time() - start
    best = took if best is None else min(best, took)
print(best * 1000, count)
`;

/**
 * Milliseconds of processor time in which a parser reads a file, and how many messages it found. Installs it into a
 * virtual environment below `folder`. Throws where there is no Python, no registry, or it does not read the file.
 */
export async function pythonTime(
  { packages, code }: PythonParser,
  folder: string,
  file: string,
): Promise<{ readonly ms: number; readonly found: number }> {
  const python = join(folder, 'venv', 'bin', 'python');
  await run('python3', ['-m', 'venv', join(folder, 'venv')]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  // No progress bars: they would be timed too.
  const env = { ...process.env, TQDM_DISABLE: '1' };
  const { stdout } = await run(python, ['-c', `${code}${TIMED}`, file], { env });
  const [ms = Number.NaN, found = 0] = (stdout.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { ms, found };
}
