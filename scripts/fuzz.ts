/**
 * Reads damaged fixtures of every format and judges what comes out: `npm run fuzz -- [--cases N] [--seed N] [FORMAT…]`.
 * Case n of a format is drawn from seed + n alone: a failure names the one number that repeats it, with `--cases 1`.
 */
import { parseArgs } from 'node:util';
import { FORMATS } from '../src/ingest/formats/index.ts';
import { fixturesOf } from '../test/ingest/fixtures.ts';
import { judgeCase } from '../test/ingest/fuzzing.ts';

const { values, positionals } = parseArgs({
  options: { cases: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const cases = Number(values.cases);
const first = Number(values.seed);
/** A case that takes longer than this of the processor is a failure: some thousand times the usual. */
const SLOW = 20_000;
/** Milliseconds of the processor so far: a busy machine makes no case slow. */
const spent = (): number => {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1000);
};

let failures = 0;
for (const format of FORMATS) {
  if (positionals.length > 0 && !positionals.includes(format.name)) continue;
  const fixtures = fixturesOf(format.name);
  if (fixtures.length === 0) continue;
  const started = Date.now();
  let failed = 0;
  let shown = Date.now();
  let slowest = 0;
  for (let n = 0; n < cases && failed < 10; n++) {
    const began = spent();
    let wrong: string[];
    try {
      wrong = await judgeCase(format, fixtures, first + n);
    } catch (error) {
      wrong = [
        error instanceof Error ? (error.stack ?? error.message) : 'something that is no error was thrown',
      ];
    }
    const took = spent() - began;
    slowest = Math.max(slowest, took);
    if (took > SLOW) wrong.push(`it took ${took} ms of the processor`);
    if (wrong.length > 0) {
      failed++;
      console.log(`${format.name}: --seed ${first + n}: ${wrong.slice(0, 3).join('; ')}`);
    }
    if (Date.now() - shown > 5000) {
      shown = Date.now();
      console.error(`${format.name}: ${n + 1} of ${cases}`);
    }
  }
  failures += failed;
  console.log(
    `${format.name}: ${cases} cases, ${failed} failed, ${Math.round((Date.now() - started) / 1000)} s, slowest ${slowest} ms`,
  );
}
if (failures > 0) process.exitCode = 1;
