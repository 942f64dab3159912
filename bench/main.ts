/**
 * `npm run bench -- WHAT [--messages N] [--json FILE] [--profile DIR] [--mode embedded] [--format NAME,…]`: measures the product against the bare engines, both
 * sides in one run. `docs/benchmarks.md` says how and why, and keeps the figures.
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { distributed } from './distributed.ts';
import { drop } from './drop.ts';
import { embedded } from './embedded.ts';
import { publish, type Result } from './output.ts';
import { parse } from './parse.ts';
import { report } from './report.ts';
import { search } from './search.ts';
import { serve } from './serve.ts';
import { sizes } from './sizes.ts';

interface Options {
  readonly messages: number;
  readonly profile?: string | undefined;
  readonly mode?: string | undefined;
  /** Names of formats, where not all are to be read. */
  readonly formats?: readonly string[] | undefined;
}

interface Bench {
  readonly messages: number;
  run(options: Options): Promise<Result[]>;
}

const BENCHES: { readonly [name: string]: Bench } = {
  embedded: { messages: 200_000, run: embedded },
  distributed: { messages: 200_000, run: distributed },
  search: { messages: 1_000_000, run: search },
  parse: { messages: 64_000, run: parse },
  drop: { messages: 8_000_000, run: drop },
  report: { messages: 10_000, run: report },
  serve: { messages: 100_000, run: serve },
  sizes: { messages: 1_000_000, run: sizes },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    messages: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    mode: { type: 'string' },
    format: { type: 'string' },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
for (const name of names) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    console.error(
      `There is no benchmark '${name}': name ${Object.keys(BENCHES).join(', ')}, or none for all.`,
    );
    process.exit(2);
  }
  const messages = values.messages === undefined ? bench.messages : Number(values.messages);
  if (!Number.isSafeInteger(messages) || messages < 1_000) {
    console.error('--messages takes a whole number from 1000.');
    process.exit(2);
  }
  if (values.profile !== undefined) await mkdir(values.profile, { recursive: true });
  await publish(
    name,
    await bench.run({
      messages,
      profile: values.profile,
      mode: values.mode,
      formats: values.format?.split(','),
    }),
    values.json,
  );
}
