import type { Io } from './io.ts';

/** Who asks, from where, and where the answer goes. */
export interface Caller {
  readonly io: Io;
  /** Folder against which paths are read. */
  readonly cwd: string;
  /** `os:<user>@<host>`: under this name acts are sealed. */
  readonly actor: string;
  readonly signal: AbortSignal;
}
