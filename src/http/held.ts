/** What holds cover, kept between requests: judging reads the whole vault. */
import { openReader } from '../archive/read/open-reader.ts';
import type { Register } from '../core/control/register.ts';
import { HoldfastError } from '../core/errors.ts';
import type { HeldRecords } from '../core/holds/held.ts';
import { ACT_LOGS, baseOf } from '../core/logs.ts';
import { heldRecords, holdsKey } from '../retention/held.ts';
import type { ServiceParts } from './served.ts';

/** Judgements that pages of answers may still go on with. */
const KEPT = 3;
/** Of this process's time, judging anew for records that came since takes at most one part in so many. */
const SHARE = 10;

interface Made {
  readonly holds: string;
  readonly held: HeldRecords;
  /** When it may be made anew only because records came since; ms. */
  readonly restsUntil: number;
}

/**
 * The newest judgement. Where holds or the directory have changed since, it is made anew before anybody is answered; where
 * only records came since, it is answered as it is (it says up to where it goes) and made anew beside.
 */
export class Held {
  readonly #parts: Pick<ServiceParts, 'archive' | 'control'>;
  /** Newest first. */
  #made: readonly Made[] = [];
  #underWay: { readonly holds: string; readonly done: Promise<HeldRecords> } | undefined;
  #stopped = false;

  constructor(parts: Pick<ServiceParts, 'archive' | 'control'>) {
    this.#parts = parts;
  }

  /** The one of this key where it is still kept, else the newest. */
  async records(key?: string): Promise<HeldRecords> {
    const register = await this.#parts.control.register();
    const holds = holdsKey(register);
    const same = this.#made.filter((one) => one.holds === holds);
    const asked = same.find(({ held }) => held.key === key);
    if (asked !== undefined) return asked.held;
    const [newest] = same;
    if (newest === undefined) return await this.#judge(register, holds);
    const { now } = this.#parts.archive.clock;
    if (this.#underWay === undefined && now() >= newest.restsUntil && (await this.#isBehind(newest.held)))
      // Whoever waits for it is told when it fails; nobody waits here.
      this.#judge(register, holds).catch(() => undefined);
    return newest.held;
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stopped = true;
  }

  #judge(register: Register, holds: string): Promise<HeldRecords> {
    if (this.#underWay?.holds === holds) return this.#underWay.done;
    const done = this.#make(register, holds).finally(() => {
      if (this.#underWay?.done === done) this.#underWay = undefined;
    });
    this.#underWay = { holds, done };
    return done;
  }

  async #make(register: Register, holds: string): Promise<HeldRecords> {
    const { vault, identity, clock } = this.#parts.archive;
    const began = clock.now();
    // Every record is read several times, so segments are checked by the digests in their commits and not leaf by leaf.
    const reader = await openReader(vault, identity, { scanChecks: 'segments' });
    const held = await heldRecords(reader, register, {
      progress: () => {
        if (this.#stopped) throw new HoldfastError('interrupted', 'The service stops.');
      },
    });
    const ended = clock.now();
    const made = { holds, held, restsUntil: ended + (ended - began) * SHARE };
    this.#made = [made, ...this.#made].slice(0, KEPT);
    return held;
  }

  async #isBehind({ heads }: HeldRecords): Promise<boolean> {
    const { reader } = this.#parts.archive;
    for (const log of await reader.logs())
      if (!ACT_LOGS.includes(baseOf(log)) && (await reader.head(log)).size > (heads[log] ?? 0)) return true;
    return false;
  }
}
