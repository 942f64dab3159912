import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from '../architecture/sources.ts';

test('the demo goes through every step, says what it did, names the changed byte and ends 0', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/demo.ts', '--clean'], {
    cwd: ROOT,
    maxBuffer: 2 ** 26,
  });
  const steps = [...stdout.matchAll(/^(\d+)\. /gmu)].map(([, number]) => Number(number));
  expect(steps).toEqual(Array.from({ length: steps.length }, (_, index) => index + 1));
  expect(steps.length).toBeGreaterThanOrEqual(10);
  expect(stdout).toMatch(/^\d+\. Done$/mu);
  expect(stdout.match(/\(exit code 3\)/gu)).toHaveLength(2);
  expect(stdout).toContain('records.ndjson');
  expect(stdout).toMatch(/CBL-0000001 to CBL-\d{7}/u);
  expect(stdout.match(/\(exit code 1\)/gu)).toHaveLength(1);
});
