import { setImmediate } from 'node:timers/promises';
import { SharedLook } from '../../src/search/shared-look.ts';

/** A thing that changes, and looks at it that end when they are told to. */
function watched() {
  const state = { now: 0, looks: 0 };
  const ends: (() => void)[] = [];
  const shared = new SharedLook(async () => {
    const { now } = state;
    state.looks++;
    await new Promise<void>((resolve) => ends.push(resolve));
    if (now < 0) throw new Error('cannot look');
    return now;
  });
  return { state, shared, end: () => ends.shift()?.() };
}

test('all who ask during a look share the next, which begins after they asked', async () => {
  const { state, shared, end } = watched();
  const first = shared.look();
  state.now = 1;
  const others = [shared.look(), shared.look(), shared.look()];
  end();
  expect(await first).toBe(0);
  await setImmediate();
  state.now = 2;
  const last = shared.look();
  end();
  expect(await Promise.all(others)).toEqual([1, 1, 1]);
  await setImmediate();
  end();
  expect(await last).toBe(2);
  expect(state.looks).toBe(3);
});

test('a look that fails fails for its own askers, and the next is looked anew', async () => {
  const { state, shared, end } = watched();
  state.now = -1;
  const first = shared.look();
  const second = shared.look();
  state.now = 5;
  end();
  await expect(first).rejects.toThrow('cannot look');
  await setImmediate();
  end();
  expect(await second).toBe(5);
});
