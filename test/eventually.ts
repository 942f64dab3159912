import { setTimeout as sleep } from 'node:timers/promises';

/** How often a wait says that it still waits. */
const SAY_AGAIN_MS = 60_000;

/**
 * Waits until `holds` is true. There is no limit but the test's own: a limit would measure the machine. A wait that is
 * long says, for the log of a run that hangs, what it waits for and what `state` shows.
 */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  state?: () => unknown,
): Promise<void> {
  const begun = Date.now();
  for (let said = 0; !(await holds()); await sleep(10)) {
    const minutes = Math.floor((Date.now() - begun) / SAY_AGAIN_MS);
    if (minutes <= said) continue;
    said = minutes;
    const about = state === undefined ? '' : `\n  ${JSON.stringify(state(), shownErrors)}`;
    // Not by `console`: Jest keeps that until the suite ends, and a suite that hangs does not.
    process.stderr.write(`after ${minutes} min still waiting for ${holds.toString()}${about}\n`);
  }
}

const shownErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error ? String(value) : value;
