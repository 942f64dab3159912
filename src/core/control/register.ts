/**
 * The register: what all control acts up to a position come to. A value; `fold` makes the next one. Plain objects and
 * maps throughout, so that a snapshot of it is JSON (`snapshot.ts`).
 */
import { type Directory, EMPTY_DIRECTORY } from '../directory/fold.ts';
import type { RecordName } from '../record.ts';
import type { ControlDetails } from './acts.ts';
import type { Role } from './roles.ts';
import type { Stamp, Versioned } from './stamp.ts';

export interface Account extends Versioned {
  readonly account: string;
  readonly displayName: string;
  readonly kind: 'person' | 'service';
  /** HR id of the custodian who has the account. */
  readonly person: string | null;
  readonly state: 'active' | 'disabled';
  readonly roles: readonly Role[];
  /** Asked for, and waiting for another person. */
  readonly requests: readonly AccountRequest[];
  /** The version of the directory of which a second person approved whom the account supervises; null: of none. */
  readonly people: { readonly directory: number; readonly by: Stamp } | null;
  /** Sign-ins before this act count no more; null: all count. */
  readonly sessionsRevoked: Stamp | null;
  /** The last reset that two persons agreed on, until a password is set again. */
  readonly resetApproved: Stamp | null;
  /** The last act that set one of its secrets; null: it never had one. */
  readonly credentialSet: Stamp | null;
}

/**
 * `role`: a role to be given, as the directory was then: what changes in it afterwards is not approved with the role.
 * `reset`: the account's secrets to be made anew.
 */
export type AccountRequest = { readonly by: Stamp; readonly reason: string } & (
  | { readonly what: 'role'; readonly role: Role; readonly directory: number }
  | { readonly what: 'reset' }
);

export interface Grant extends Versioned {
  readonly grant: string;
  readonly account: string;
  readonly scope: Scope;
  readonly from: string | null;
  readonly to: string | null;
  readonly mayDownload: boolean;
  readonly productions: readonly string[];
  readonly reason: string;
  readonly added: Stamp;
  readonly revoked: Stamp | null;
}

/** A query that was written at a moment, and what is needed to read it as it was read then. */
export interface Scope {
  readonly text: string;
  /** Version of the query language and tokenizer by which its writer read it. */
  readonly language: number;
  /** Version of the directory then. */
  readonly directory: number;
  readonly written: Stamp;
}

export interface Matter extends Versioned {
  /** Internal name; never printed. */
  readonly matter: string;
  /** The only name that leaves the archive. */
  readonly reference: string;
  readonly zone: string;
  readonly members: readonly string[];
  readonly opened: Stamp;
}

export interface Hold extends Versioned {
  readonly hold: string;
  readonly matter: string;
  /** Held is what any of them covers. */
  readonly scopes: readonly Scope[];
  readonly authority: string;
  readonly reason: string;
  readonly trigger: string | null;
  readonly placed: Stamp;
  readonly pending: HoldRequest | null;
  readonly released: Stamp | null;
  /** Every act that changed it, in order. */
  readonly history: readonly HoldChange[];
}

export type HoldRequest = { readonly by: Stamp; readonly reason: string } & (
  | { readonly what: 'release' }
  | { readonly what: 'narrowing'; readonly scope: Scope }
);

export interface HoldChange {
  readonly by: Stamp;
  readonly reason: string | null;
  /** The scope that came with it. */
  readonly scope: string | null;
}

export type RetentionChange = ControlDetails<'retention.propose'>['change'];

export interface RetentionProposal extends Versioned {
  readonly proposal: string;
  readonly change: RetentionChange;
  readonly reason: string;
  readonly proposed: Stamp;
  readonly state: 'open' | 'approved' | 'rejected';
}

export type RetentionClassChange = Extract<RetentionChange, { what: 'class' }>;
export type RetentionRuleChange = Extract<RetentionChange, { what: 'rule' }>;

/** What two persons agreed on beside the presets. Classes lengthen and rules are added; nothing is taken back. */
export interface Retention {
  readonly classes: ReadonlyMap<string, RetentionClassChange & { readonly approved: Stamp }>;
  readonly rules: ReadonlyMap<string, RetentionRuleChange & { readonly approved: Stamp }>;
  readonly proposals: ReadonlyMap<string, RetentionProposal>;
}

export interface Production extends Versioned {
  readonly production: string;
  readonly matter: string;
  readonly prefix: string;
  readonly width: number;
  readonly first: number;
  readonly last: number;
  readonly spec: ControlDetails<'production.create'>['spec'];
  readonly created: Stamp;
}

export interface Register {
  /** The last entry that was folded; null: none. */
  readonly position: RecordName | null;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly grants: ReadonlyMap<string, Grant>;
  readonly matters: ReadonlyMap<string, Matter>;
  readonly holds: ReadonlyMap<string, Hold>;
  readonly retention: Retention;
  readonly productions: ReadonlyMap<string, Production>;
  readonly directory: Directory;
}

export const EMPTY_REGISTER: Register = {
  position: null,
  accounts: new Map(),
  grants: new Map(),
  matters: new Map(),
  holds: new Map(),
  retention: { classes: new Map(), rules: new Map(), proposals: new Map() },
  productions: new Map(),
  directory: EMPTY_DIRECTORY,
};

/** A copy of a map with one member set. */
export function having<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}
