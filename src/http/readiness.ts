import { baseLogs, baseOf } from '../core/logs.ts';
import type { ServiceParts } from './served.ts';

/** Why a service should get no requests now. */
export type Reason =
  | 'starting'
  | 'register-stale'
  | 'index-lag'
  | 'index-away'
  | 'stream-away'
  | 'sealing-lag'
  | 'incident'
  | 'disk-reserve';

type ByLog = { readonly [log: string]: number };

export interface State {
  readonly reasons: readonly Reason[];
  readonly numbers: {
    readonly sealed: ByLog;
    readonly indexed: ByLog;
    readonly pending: ByLog;
    readonly incidents: number;
    readonly freeBytes: number;
    readonly ready: number;
  };
}

/** Looked at so often; ms. */
const EVERY = 2_000;
/** A look that takes longer is given up. */
const PATIENCE = 5_000;
/** Standing still for so long while there is something to do; ms. */
const LAG = 60_000;
/** Below this, writes are about to fail. */
const RESERVE = 256 * 1024 * 1024;

const NOTHING: State['numbers'] = {
  sealed: {},
  indexed: {},
  pending: {},
  incidents: 0,
  freeBytes: 0,
  ready: 0,
};

/** Looks at what the service needs, at intervals, so that asking whether it is ready costs and waits for nothing. */
export class Readiness {
  readonly #parts: Pick<ServiceParts, 'archive' | 'control' | 'freeBytes'>;
  #state: State = { reasons: ['starting'], numbers: NOTHING };
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** When each lag was seen first, and at which place. */
  readonly #behind = new Map<string, { since: number; at: string }>();

  constructor(parts: Pick<ServiceParts, 'archive' | 'control' | 'freeBytes'>) {
    this.#parts = parts;
  }

  get state(): State {
    return this.#state;
  }

  async start(): Promise<void> {
    await this.look();
    const again = (): void => {
      if (this.#stopped) return;
      this.#timer = setTimeout(() => void this.look().then(again), EVERY);
      this.#timer.unref();
    };
    again();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks now. */
  async look(): Promise<State> {
    const { archive, control, freeBytes } = this.#parts;
    const reasons: Reason[] = [];
    const ask = async <T>(reason: Reason, question: () => Promise<T>, otherwise: T): Promise<T> => {
      try {
        return await within(question());
      } catch {
        reasons.push(reason);
        return otherwise;
      }
    };
    await ask('register-stale', () => control.register(), undefined);
    const heads = await ask('starting', () => this.#heads(), { sealed: {}, to: {} });
    const positions = await ask('index-away', () => archive.index.positions(), new Map());
    const indexed = Object.fromEntries([...positions].map(([log, { size }]) => [log, size]));
    const pending = await ask('stream-away', () => this.#pending(heads.to), {});
    const free = await ask('disk-reserve', freeBytes, 0);
    const incidents = archive.incidents().length;
    if (free < RESERVE && !reasons.includes('disk-reserve')) reasons.push('disk-reserve');
    if (incidents > 0) reasons.push('incident');
    if (!reasons.includes('index-away') && this.#lags('index', indexed, behindOf(heads.sealed, indexed)))
      reasons.push('index-lag');
    if (
      this.#lags(
        'sealing',
        heads.to,
        Object.values(pending).some((n) => n > 0),
      )
    )
      reasons.push('sealing-lag');
    const ready = reasons.length === 0 ? 1 : 0;
    const numbers = { sealed: heads.sealed, indexed, pending, incidents, freeBytes: free, ready };
    this.#state = { reasons, numbers };
    return this.#state;
  }

  async #heads(): Promise<{ sealed: ByLog; to: ByLog }> {
    const { reader } = this.#parts.archive;
    const sealed: Record<string, number> = {};
    const to: Record<string, number> = {};
    for (const log of await reader.openLogs()) {
      const head = await reader.head(log);
      sealed[log] = head.size;
      for await (const commit of reader.commits(log, head.commit)) to[baseOf(log)] = commit.to;
    }
    return { sealed, to };
  }

  async #pending(to: ByLog): Promise<ByLog> {
    const { stream, identity } = this.#parts.archive;
    const pending: Record<string, number> = {};
    for (const log of baseLogs(identity.partitions)) {
      const { high } = await stream.bounds(log);
      pending[log] = Math.max(0, high - (to[log] ?? 0));
    }
    return pending;
  }

  /** Behind, and not moving. */
  #lags(what: string, place: ByLog, behind: boolean): boolean {
    const now = this.#parts.archive.clock.now();
    const at = JSON.stringify(place);
    const before = this.#behind.get(what);
    if (!behind || before === undefined || before.at !== at) {
      if (behind) this.#behind.set(what, { since: now, at });
      else this.#behind.delete(what);
      return false;
    }
    return now - before.since >= LAG;
  }
}

const behindOf = (sealed: ByLog, indexed: ByLog): boolean =>
  Object.entries(sealed).some(([log, size]) => (indexed[log] ?? 0) < size);

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
