/**
 * The directory as part of the register: control acts whose action begins with `directory.` are folded here. Pure and
 * deterministic: the same acts in the same order give the same directory.
 */
import type { SealedAct, Stamp } from '../control/stamp.ts';
import type { VoidReason } from '../control/void.ts';

/** The directory at a position of control. */
export interface Directory {
  /** Number of acts that changed it; each act names the one it expects. */
  readonly version: number;
  /** The act that made this version; null at version 0. */
  readonly changed: Stamp | null;
}

export const EMPTY_DIRECTORY: Directory = { version: 0, changed: null };

/** What an act comes to. The caller has checked signature, permission and the version that the act expects. */
export type DirectoryFold =
  | { readonly directory: Directory }
  | { readonly reason: VoidReason; readonly why: string };

export function foldDirectory(_directory: Directory, _sealed: SealedAct): DirectoryFold {
  return { reason: 'unreadable', why: 'this version knows no directory' };
}
