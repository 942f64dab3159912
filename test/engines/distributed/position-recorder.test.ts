import type { IndexPosition } from '../../../src/core/ports/index.ts';
import { PositionRecorder } from '../../../src/engines/distributed/position-recorder.ts';

const at = (size: number): IndexPosition => ({ size, rejects: 0 });

describe('Recording how far an index is', () => {
  test('takes together all that come while it is at work, the furthest of each log', async () => {
    const recorded: [string, number][][] = [];
    const first = Promise.withResolvers<void>();
    const recorder = new PositionRecorder(async (positions) => {
      recorded.push([...positions].map(([log, { size }]) => [log, size]));
      if (recorded.length === 1) await first.promise;
      return new Set();
    });
    const early = recorder.record('m0', at(1));
    await Promise.resolve();
    const late = [
      recorder.record('m1', at(5)),
      recorder.record('m0', at(3)),
      recorder.record('m0', at(2)),
      recorder.record('m2', at(7)),
    ];
    expect(recorded).toEqual([[['m0', 1]]]);
    first.resolve();
    await Promise.all([early, ...late]);
    expect(recorded).toEqual([
      [['m0', 1]],
      [
        ['m1', 5],
        ['m0', 3],
        ['m2', 7],
      ],
    ]);
  });

  test('a failure is told to those that it was for, the next are recorded, and whose position does not count is told so', async () => {
    let isAway = true;
    const recorder = new PositionRecorder(async () => {
      if (isAway) throw new Error('away');
      return new Set(['m1']);
    });
    const told = await Promise.allSettled([recorder.record('m0', at(1)), recorder.record('m1', at(1))]);
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    expect(await Promise.all([recorder.record('m0', at(1)), recorder.record('m1', at(1))])).toEqual([
      true,
      false,
    ]);
  });
});
