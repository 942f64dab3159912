/**
 * The archive's own acts: what people and jobs did, carried to `control` (acts that change what the archive does) or
 * `audit` (acts that change nothing) like everything else.
 */
import { actEntry, actMessage, nodeKeyName } from '../core/act.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Json } from '../core/event.ts';
import { sha256Hex } from '../core/hash.ts';
import { canonical, wellFormed } from '../core/json.ts';
import { CONTROL } from '../core/logs.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Signer } from '../core/ports/signer.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { Vault } from '../core/ports/vault.ts';
import type { Act } from '../core/record.ts';
import { newestCommit } from './read/commits.ts';
import { IDENTITY_NAME } from './read/identity.ts';
import type { ArchiveIdentity, ArchiveReader } from './reader.ts';

/** Actions that the archive itself records in control. */
export const ACTIONS = {
  created: 'archive-created',
  heads: 'heads',
  generation: 'generation-opened',
} as const;

export interface ActTools {
  readonly clock: Clock;
  readonly random: Random;
  /** Name (`nodeKeyName`) and key of this node. */
  readonly node: { readonly name: string; readonly signer: Signer };
}

export interface NewAct {
  readonly log: 'control' | 'audit';
  /** What was done: `search`, `heads`, … */
  readonly action: string;
  /** `os:<user>@<host>` for local acts. */
  readonly actor: string;
  readonly details: { readonly [key: string]: Json };
  /** 32 hex digits, for an act that may be recorded again after a crash and must be sealed once; default: random. */
  readonly id?: string;
}

/**
 * Records an act: durable in the stream when it resolves, sealed soon after. An act that must not happen without its
 * record happens after this. Control acts carry the node's signature.
 */
export async function recordAct(stream: Pick<Stream, 'append'>, act: NewAct, tools: ActTools): Promise<Act> {
  const base: Act = {
    id: act.id ?? Buffer.from(tools.random.bytes(16)).toString('hex'),
    action: act.action,
    actor: act.actor.toWellFormed(),
    at: new Date(tools.clock.now()).toISOString(),
    // Half a surrogate pair has no canonical form: the act would be sealed as a reject, which no list of acts shows.
    details: wellFormed(act.details) as Act['details'],
  };
  const recorded = act.log === CONTROL ? await signed(base, tools) : base;
  await stream.append(act.log, [JSON.stringify(actEntry(recorded))]);
  return recorded;
}

/** An id that comes out the same for the same facts: for acts that may be recorded twice and count once. */
export function actIdOf(facts: Json): string {
  return sha256Hex(canonical(facts)).slice(0, 32);
}

/**
 * Makes an archive: `ledger/archive.json`, then control's first act, which repeats it. Throws `archive-exists`. A crash
 * between the two is mended by {@link ensureFirstAct}.
 */
export async function createArchive(
  storage: { readonly vault: Vault; readonly stream: Stream },
  identity: ArchiveIdentity,
  actor: string,
  tools: ActTools,
): Promise<void> {
  const [outcome] = await storage.vault.put([
    { name: IDENTITY_NAME, bytes: Buffer.from(canonical(identity)) },
  ]);
  if (outcome === 'exists') {
    throw new HoldfastError('archive-exists', 'The vault already holds an archive; nothing was changed.', {
      hint: 'Use it, or choose another folder.',
    });
  }
  await recordCreation(storage.stream, identity, actor, tools);
}

/** Records control's first act where a crash kept it from being recorded; else does nothing. */
export async function ensureFirstAct(
  storage: { readonly vault: Vault; readonly stream: Stream },
  identity: ArchiveIdentity,
  actor: string,
  tools: ActTools,
): Promise<void> {
  const sealed = await newestCommit(storage.vault, CONTROL);
  const { high } = await storage.stream.bounds(CONTROL);
  if ((sealed === undefined || sealed === 0) && high === 0) {
    await recordCreation(storage.stream, identity, actor, tools);
  }
}

/** What signs a node's acts in this archive. */
export function nodeOf(identity: ArchiveIdentity, signer: Signer): ActTools['node'] {
  return { name: nodeKeyName(identity.id), signer };
}

/**
 * Seals the heads of all logs but control's own into control: the act whose proof, under control's head, fixes
 * everything. Resolves when the act is durable; wait for its seal with `awaitAct`.
 */
export async function recordHeads(
  reader: ArchiveReader,
  stream: Stream,
  actor: string,
  tools: ActTools,
): Promise<Act> {
  const open = new Set(await reader.openLogs());
  const heads: Json[] = [];
  for (const log of await reader.logs()) {
    if (open.has(log) && (log === CONTROL || log.startsWith(`${CONTROL}.`))) continue;
    const { size, root } = await reader.head(log);
    heads.push({ log, size, root: Buffer.from(root).toString('base64') });
  }
  return await recordAct(stream, { log: CONTROL, action: ACTIONS.heads, actor, details: { heads } }, tools);
}

function recordCreation(
  stream: Stream,
  identity: ArchiveIdentity,
  actor: string,
  tools: ActTools,
): Promise<Act> {
  const facts = { archive: { ...identity, keys: { ...identity.keys } } };
  const id = actIdOf([ACTIONS.created, facts]);
  return recordAct(stream, { log: CONTROL, action: ACTIONS.created, actor, details: facts, id }, tools);
}

async function signed(act: Act, { node }: ActTools): Promise<Act> {
  const named: Act = { ...act, node: node.name };
  const signature = Buffer.from(await node.signer.sign(actMessage(named))).toString('base64');
  return { ...named, signature };
}
