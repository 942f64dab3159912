import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `holds` is true. There is no limit but the test's own: a limit would measure the machine. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}
