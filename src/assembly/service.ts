import { readFile, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OpenId } from '../access/openid.ts';
import { writeControl } from '../archive/control.ts';
import type { Archive } from '../cli/archive.ts';
import { actTools } from '../cli/audit.ts';
import type { Caller } from '../cli/caller.ts';
import type { Settings } from '../config/settings.ts';
import { application } from '../http/application.ts';
import { type Listening, listen } from '../http/listen.ts';
import type { Control, ServiceParts } from '../http/served.ts';
import { Service } from '../http/service.ts';
import { embeddedFolders } from './embedded.ts';
import { firstAccounts } from './first-accounts.ts';
import { forgetSessions } from './forget-sessions.ts';
import { searchingOf } from './searching.ts';
import { systemClock, systemRandom } from './system.ts';

/** Runs a command line on the archive that this process has open. */
export type RunHeld = (argv: readonly string[], caller: Caller, archive: Archive) => Promise<number>;

/** How often control is read while nobody asks; ms. */
const FOLLOW_EVERY = 500;
/** How often sessions that are over are looked for; ms. */
const FORGET_EVERY = 60 * 60_000;

/** Writes and reads of control, as the service asks for them. */
export function controlOf(archive: Archive): Control {
  const tools = { stream: archive.stream, follower: archive.control, acts: actTools(archive) };
  return {
    register: async (position) => {
      if (position !== undefined) return await archive.control.reach(position);
      try {
        return archive.control.current();
      } catch {
        return await archive.control.refresh();
      }
    },
    write: (actor, act) => writeControl(tools, actor, act),
  };
}

/** What the service works with. */
export async function serviceParts(
  archive: Archive,
  runHeld: RunHeld,
  log: (line: string) => void,
): Promise<ServiceParts> {
  const { vault, jobs } = foldersOf(archive.settings);
  const { openId } = archive.settings;
  return {
    archive,
    access: await archive.access(),
    ...(openId === undefined ? {} : { openId: new OpenId(openId, systemClock) }),
    control: controlOf(archive),
    run: (argv, { actor, signal, out, progress }) => {
      const io = { out, err: progress, transient: progress, drained: async () => {} };
      return runHeld(argv, { io, cwd: jobs, actor, signal }, archive);
    },
    jobs,
    node: Buffer.from(systemRandom.bytes(8)).toString('hex'),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(vault);
      return bavail * bsize;
    },
    log,
  };
}

/** Serves HTTP until `close`: the accounts are there, control is followed, jobs go on. */
export async function serveHttp(archive: Archive, runHeld: RunHeld, caller: Caller): Promise<Listening> {
  const { service: settings } = archive.settings;
  const { keys } = foldersOf(archive.settings);
  const searching = searchingOf(archive);
  const real = await serviceParts(archive, runHeld, (line) => caller.io.err(line));
  const parts = { ...real, archive: { ...real.archive, index: searching.index } };
  const stopped = new AbortController();
  const forget = (): void => void forgetSessions(keys, systemClock.now()).catch(() => undefined);
  forget();
  const forgetting = setInterval(forget, FORGET_EVERY);
  const following = archive.control.follow(FOLLOW_EVERY, stopped.signal, () => undefined);
  const service = new Service(parts);
  const end = async (): Promise<void> => {
    clearInterval(forgetting);
    await service.stop();
    stopped.abort();
    await following;
    await searching.close();
  };
  try {
    await firstAccounts(parts, caller);
    await service.start();
    const listening = await listen(application(service, { rate: settings.rate }), {
      host: settings.host,
      port: settings.port,
      ...(settings.tls === undefined
        ? {}
        : {
            tls: {
              certificate: await readFile(settings.tls.certificate),
              key: await readFile(settings.tls.key),
            },
          }),
    });
    return {
      url: listening.url,
      async close() {
        await listening.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function foldersOf(settings: Settings): { vault: string; keys: string; jobs: string } {
  if (settings.mode === 'embedded') return embeddedFolders(settings.data);
  const { vault, keys, jobs = join(dirname(vault), 'jobs') } = settings;
  return { vault, keys, jobs };
}
