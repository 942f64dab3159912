import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Sessions end after twelve hours at the latest, and failed sign-ins count for an hour; a day's folder is kept until none
 * of it can count anywhere. ms
 */
const DAYS_KEPT = 2 * 24 * 60 * 60_000;
/** Codes of second factors are good for a minute and a half; that one was used matters no longer than that. ms */
const CODES_KEPT = 10 * 60_000;
const STEP = 30_000;

/**
 * Removes what no longer lets anybody in nor keeps anybody out: days of sessions and of failed sign-ins, used codes.
 * The access store itself only adds. `now`: ms since 1970.
 */
export async function forgetSessions(keys: string, now: number): Promise<void> {
  const oldest = new Date(now - DAYS_KEPT).toISOString().slice(0, 10).replaceAll('-', '');
  for (const days of [join(keys, 'access', 'sessions'), join(keys, 'access', 'tries')])
    for (const day of await namesIn(days))
      if (/^\d{8}$/.test(day) && day < oldest) await rm(join(days, day), { recursive: true, force: true });
  const codes = join(keys, 'access', 'codes');
  for (const account of await namesIn(codes))
    for (const step of await namesIn(join(codes, account)))
      if (/^\d+$/.test(step) && Number(step) * STEP < now - CODES_KEPT)
        await rm(join(codes, account, step), { force: true });
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
