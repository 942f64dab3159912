/** One case of fuzzing: a fixture of a format, damaged as a number says, read and judged. The same on every machine. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Format } from '../../src/ingest/format.ts';
import { decodeHead } from '../../src/ingest/reading/text.ts';
import { detect } from '../../src/ingest/recognise.ts';
import { fileOf, readFiles } from './bytes.ts';
import type { Fixture } from './fixtures.ts';
import { judge } from './judge.ts';
import { mutated, numbersFrom } from './mutations.ts';

const contents = new Map<string, readonly (readonly [string, Buffer])[]>();

/** Files of a fixture with their bytes. */
function filesOf(input: string): readonly (readonly [string, Buffer])[] {
  const known = contents.get(input);
  if (known !== undefined) return known;
  const paths = statSync(input).isFile()
    ? [input]
    : readdirSync(input, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
  const files = paths.map((path) => [path, readFileSync(path)] as const);
  contents.set(input, files);
  return files;
}

/** What is wrong with the outcomes of case `seed`, in words; nothing where all is well. Throws what reading throws. */
export async function judgeCase(
  format: Format,
  fixtures: readonly Fixture[],
  seed: number,
): Promise<string[]> {
  const next = numbersFrom(seed);
  const fixture = fixtures[next() % fixtures.length];
  if (fixture === undefined) return ['there is no fixture'];
  const files = [...filesOf(fixture.input)];
  const victim = next() % files.length;
  const other = files[next() % files.length]?.[1] ?? Buffer.alloc(0);
  const [path, bytes] = files[victim] ?? ['', Buffer.alloc(0)];
  const hurt = mutated(bytes, other, next);
  files[victim] = [path, hurt];
  const head = hurt.subarray(0, 65_536);
  detect({ name: path, head, text: decodeHead(head) });
  const chunk = [1 + (next() % 70_000)];
  const outcomes = await readFiles(
    format.name,
    files.map(([name, content]) => fileOf(name, content, chunk)),
  );
  const sizes = new Map(files.map(([name, content]) => [name, content.length]));
  return outcomes.flatMap((placed) => judge(placed, sizes));
}
