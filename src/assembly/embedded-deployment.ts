import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY_NAME, readIdentity } from '../archive/read/identity.ts';
import type { GenerationTools } from '../archive/seal/generation.ts';
import type { Archive, Initialised, Inspection, Role } from '../cli/archive.ts';
import type { Caller } from '../cli/caller.ts';
import type { Io } from '../cli/io.ts';
import type { EmbeddedSettings } from '../config/settings.ts';
import { HoldfastError } from '../core/errors.ts';
import { baseLogs } from '../core/logs.ts';
import type { LogName } from '../core/record.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { openKeys } from '../engines/embedded/key-file.ts';
import { SqliteStream } from '../engines/embedded/sqlite-stream.ts';
import { auditingOf } from './auditing.ts';
import { type Claim, claim, ownerOf } from './claim.ts';
import { sealHeadsWhenOld, serve } from './duties.ts';
import { embeddedFolders, openEmbedded } from './embedded.ts';
import { generationTools } from './generations.ts';
import { hold, runThroughHolder } from './holder.ts';
import { holdsArchive, initialise } from './init.ts';
import { findPassphrase } from './keys.ts';
import type { RunHeld } from './service.ts';
import { keepVerified } from './verification.ts';

const TRY_EVERY = 50;
const TRIES = 600;
/** A service that finds another one does not wait for it to end. */
const SERVICE_TRIES = 40;

/**
 * Embedded archives: one process owns the folder, and the commands of the others run through it. The claim that
 * `elsewhere` won is used by `withArchive`.
 */
export class EmbeddedDeployment {
  readonly #runHeld: RunHeld;
  #claimed: { readonly data: string; readonly claim: Claim } | undefined;

  constructor(runHeld: RunHeld) {
    this.#runHeld = runHeld;
  }

  /**
   * Owns the folder from here on, or has its owner run the command and gives the exit code. An owner that is about to
   * start or to end is waited for.
   */
  async elsewhere(
    settings: EmbeddedSettings,
    argv: readonly string[],
    caller: Caller,
  ): Promise<number | undefined> {
    requireArchive(settings);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const mine = claim(settings.data);
      if (mine !== undefined) {
        this.#claimed = { data: settings.data, claim: mine };
        return undefined;
      }
      const owner = ownerOf(settings.data);
      if (owner !== undefined) {
        const command = { argv: [...argv], cwd: caller.cwd, actor: caller.actor };
        const code = await runThroughHolder(owner, command, caller.io, caller.signal);
        if (code !== undefined) return code;
      }
      if (caller.signal.aborted) return 1;
      await sleep(TRY_EVERY);
    }
    throw held(settings);
  }

  async init(
    settings: EmbeddedSettings,
    passphrase: string | undefined,
    caller: Caller,
  ): Promise<Initialised> {
    await mkdir(settings.data, { recursive: true, mode: 0o700 });
    const mine = claim(settings.data);
    if (mine === undefined) throw held(settings);
    try {
      const folders = embeddedFolders(settings.data);
      const stream = new SqliteStream({ path: folders.stream, logs: baseLogs(1) });
      const made = await initialise({
        vault: new FolderVault(folders.vault),
        stream,
        keys: folders.keys,
        partitions: 1,
        passphrase,
        firm: settings.firm.name,
        actor: caller.actor,
      }).finally(() => stream.close());
      // Opened once, so that control's first act is sealed before anyone relies on the archive.
      const open = await openEmbedded(settings, passphrase, caller);
      await open.close();
      return { ...made, folders: { vault: folders.vault, keys: folders.keys } };
    } finally {
      mine.release();
    }
  }

  /** Opens the archive for `use`; other commands run through this process meanwhile. Closes it whatever happens. */
  async withArchive<T>(
    settings: EmbeddedSettings,
    passphrase: string | undefined,
    caller: Caller,
    use: (archive: Archive) => Promise<T>,
    tries = TRIES,
  ): Promise<T> {
    const mine = await this.#own(settings, tries);
    try {
      const open = await openEmbedded(settings, passphrase, caller);
      try {
        const holder = await hold(mine.token, (command, io, signal) =>
          this.#runHeld(command.argv, { io, cwd: command.cwd, actor: command.actor, signal }, open.archive),
        );
        mine.announce(holder.port);
        try {
          return await use(open.archive);
        } finally {
          await holder.close();
        }
      } finally {
        await sealHeadsWhenOld(open.archive, caller.actor).catch((error: unknown) =>
          complain(caller.io, error),
        );
        await open.close();
      }
    } finally {
      mine.release();
    }
  }

  /** Holds the archive until the caller's signal. */
  start(
    settings: EmbeddedSettings,
    passphrase: string | undefined,
    roles: readonly Role[],
    caller: Caller,
  ): Promise<void> {
    return this.withArchive(
      settings,
      passphrase,
      caller,
      async (archive) => {
        const api = roles.includes('api')
          ? await (await import('./service.ts')).serveHttp(archive, this.#runHeld, caller)
          : undefined;
        const where = api === undefined ? '' : `, serving ${api.url}`;
        caller.io.err(`ready: archive ${archive.identity.id} in ${settings.data}${where}; stop with Ctrl-C`);
        try {
          await Promise.all([serve(archive, caller), keepVerified(archive, caller)]);
        } finally {
          await api?.close();
        }
      },
      SERVICE_TRIES,
    );
  }

  /** Vault and index for reading, beside whoever holds the archive; the index in a thread of its own. */
  async inspect(settings: EmbeddedSettings): Promise<Inspection> {
    requireArchive(settings);
    const folders = embeddedFolders(settings.data);
    const vault = new FolderVault(folders.vault);
    if (!existsSync(folders.index)) return { vault, close: async () => {} };
    return { vault, ...auditingOf(folders.index) };
  }

  /** Opens generations on the stream that is there, then the archive once, so that they and their acts are sealed. */
  async openGenerations(
    settings: EmbeddedSettings,
    given: string | undefined,
    caller: Caller,
    open: (tools: GenerationTools) => Promise<LogName[]>,
  ): Promise<LogName[]> {
    const mine = await this.#own(settings);
    try {
      const folders = embeddedFolders(settings.data);
      const vault = new FolderVault(folders.vault);
      const identity = await readIdentity(vault);
      const keys = await openKeys(folders.keys, findPassphrase(folders.keys, given));
      const stream = new SqliteStream({ path: folders.stream, logs: baseLogs(identity.partitions) });
      const tools = generationTools(vault, stream, identity, keys, caller.actor);
      const opened = await open(tools).finally(() => stream.close());
      const archive = await openEmbedded(settings, given, caller);
      await archive.close();
      return opened;
    } finally {
      mine.release();
    }
  }

  async #own(settings: EmbeddedSettings, tries = TRIES): Promise<Claim> {
    const claimed = this.#claimed;
    this.#claimed = undefined;
    if (claimed?.data === settings.data) return claimed.claim;
    claimed?.claim.release();
    requireArchive(settings);
    for (let attempt = 0; attempt < tries; attempt++) {
      const mine = claim(settings.data);
      if (mine !== undefined) return mine;
      await sleep(TRY_EVERY);
    }
    throw held(settings);
  }
}

function complain(io: Io, error: unknown): void {
  io.err(
    `the heads of the logs could not be sealed: ${error instanceof Error ? error.message : String(error)}`,
  );
}

function requireArchive(settings: EmbeddedSettings): void {
  const { vault } = embeddedFolders(settings.data);
  if (holdsArchive(vault)) return;
  if (existsSync(join(vault, 'ledger')))
    throw new HoldfastError('damaged-archive', `The archive in ${settings.data} has lost ${IDENTITY_NAME}.`, {
      hint: 'Copy this file back into its vault from a backup of the archive; it says which archive it is.',
    });
  throw new HoldfastError('no-archive', `There is no archive in ${settings.data}.`, {
    hint: "Make one with 'holdfast init', or name the right folder with --data.",
  });
}

const held = (settings: EmbeddedSettings): HoldfastError =>
  new HoldfastError('archive-held', `Another process holds the archive in ${settings.data}.`, {
    hint: `Process ${ownerOf(settings.data)?.pid ?? 'unknown'} has it: wait for it to end, or stop it.`,
  });
