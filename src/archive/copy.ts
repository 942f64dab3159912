import { HoldfastError } from '../core/errors.ts';
import { commitName, leafValues, parseCommit } from '../core/ledger/commit.ts';
import { sameBytes } from '../core/ledger/read.ts';
import { EMPTY_EDGE, edgeTiles, growTree, type TreeEdge } from '../core/ledger/tiles.ts';
import { baseOf, CONTROL, checkpointName, segmentName } from '../core/logs.ts';
import type { Vault, VaultObject } from '../core/ports/vault.ts';
import type { Commit, LogName } from '../core/record.ts';
import { damaged } from './read/commits.ts';
import { IDENTITY_NAME } from './read/identity.ts';
import { openReader } from './read/open-reader.ts';
import type { ArchiveIdentity, Head } from './reader.ts';

/** What copying says while it works: objects and bytes that were stored, not those that were there. */
export interface CopyProgress {
  readonly objects: number;
  readonly bytes: number;
}

export interface CopyOptions {
  readonly from: Vault;
  readonly to: Vault;
  readonly progress?: (progress: CopyProgress) => void;
}

/** What a copy came to. */
export interface Copied extends CopyProgress {
  readonly identity: ArchiveIdentity;
  /** Where each log of the copy ends. */
  readonly heads: readonly Head[];
}

/** Objects put in one group: one round of fsyncs for all of them. */
const GROUP_OBJECTS = 64;
const GROUP_BYTES = 8 * 1024 * 1024;

/**
 * Copies an archive as it is at this moment, while it may be at work. The copy ends at commits that are fixed first,
 * control's before the others', because control says how long the others are. What commits name is copied before them,
 * and the identity last: a copy that was broken off is no archive, and copying again goes on with it. A copy of the same
 * archive that is there already is extended; throws `archive-exists` for another one.
 */
export async function copyArchive(options: CopyOptions): Promise<Copied> {
  const copy = new Copy(options);
  return copy.run();
}

class Copy {
  readonly #from: Vault;
  readonly #to: Vault;
  readonly #progress: ((progress: CopyProgress) => void) | undefined;
  #group: VaultObject[] = [];
  #groupBytes = 0;
  #objects = 0;
  #bytes = 0;

  constructor({ from, to, progress }: CopyOptions) {
    this.#from = from;
    this.#to = to;
    this.#progress = progress;
  }

  async run(): Promise<Copied> {
    const reader = await openReader(this.#from);
    const { identity } = reader;
    const identityBytes = await this.#read(IDENTITY_NAME);
    await this.#refuseOther(identityBytes);
    const heads: Head[] = [];
    for (const log of controlFirst(await reader.logs())) heads.push(await reader.head(log));
    // Receipts before what they name: one that comes in meanwhile is left out whole.
    for (const prefix of ['receipts/', 'captures/', 'attachments/']) await this.#all(prefix);
    for (const head of heads) await this.#log(head);
    await this.#add(IDENTITY_NAME, identityBytes);
    await this.#flush();
    return { identity, heads, objects: this.#objects, bytes: this.#bytes };
  }

  async #refuseOther(identity: Uint8Array): Promise<void> {
    const there = await this.#to.get(IDENTITY_NAME);
    if (there !== undefined && !sameBytes(there, identity))
      throw new HoldfastError('archive-exists', 'The target holds another archive; nothing was copied.', {
        hint: 'Name another folder.',
      });
  }

  /** Everything below a prefix. What is named by its digest gets the name of the bytes that were read. */
  async #all(prefix: string): Promise<void> {
    for await (const name of this.#from.list(prefix.slice(0, -1))) {
      if ((await this.#to.size(name)) !== undefined) continue;
      const slash = name.lastIndexOf('/') + 1;
      if (prefix === 'receipts/') {
        await this.#add(name, await this.#read(name));
        continue;
      }
      const { size } = await this.#to.putStream(name.slice(0, slash), this.#from.read(name));
      this.#stored(1, size);
    }
    await this.#flush();
  }

  /** Commits first to last, each after its segments; then what derives from them, as sealing would write it. */
  async #log(head: Head): Promise<void> {
    const { log } = head;
    let edge: TreeEdge = EMPTY_EDGE;
    for (let n = 0; n <= head.commit; n++) {
      const name = commitName(log, n);
      const bytes = await this.#read(name);
      const read = parseCommit(bytes, log, n);
      if (!read.ok) throw damaged(name, read.why);
      await this.#segments(read.value);
      await this.#flush();
      await this.#commit(name, bytes);
      edge = await this.#derive(read.value, edge);
    }
    for (const { name, bytes } of edgeTiles(edge)) await this.#add(`ledger/${log}/${name}`, bytes);
    await this.#flush();
    await this.#to.publish(checkpointName(log), Buffer.from(head.note));
  }

  async #segments({ segments }: Commit): Promise<void> {
    for (const segment of segments) {
      const name = segmentName(segment);
      if ((await this.#to.size(name)) === undefined) await this.#add(name, await this.#read(name));
    }
  }

  async #commit(name: string, bytes: Uint8Array): Promise<void> {
    const [outcome] = await this.#to.put([{ name, bytes }]);
    if (outcome === 'stored') this.#stored(1, bytes.length);
    else if (!sameBytes(bytes, (await this.#to.get(name)) ?? new Uint8Array(0)))
      throw new HoldfastError('incident-fork', `The target holds another ${name}; copying stopped there.`, {
        hint: 'One of the two was changed: run "holdfast verify" on both, with --against an exported bundle.',
      });
  }

  async #derive(commit: Commit, edge: TreeEdge): Promise<TreeEdge> {
    const grown = growTree(edge, leafValues(commit));
    for (const { name, bytes } of grown.completed) await this.#add(`ledger/${commit.log}/${name}`, bytes);
    return grown.edge;
  }

  async #read(name: string): Promise<Uint8Array> {
    const bytes = await this.#from.get(name);
    if (bytes === undefined) throw damaged(name, 'it is missing');
    return bytes;
  }

  async #add(name: string, bytes: Uint8Array): Promise<void> {
    this.#group.push({ name, bytes });
    this.#groupBytes += bytes.length;
    if (this.#group.length >= GROUP_OBJECTS || this.#groupBytes >= GROUP_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    const group = this.#group;
    this.#group = [];
    this.#groupBytes = 0;
    if (group.length === 0) return;
    const outcomes = await this.#to.put(group);
    outcomes.forEach((outcome, i) => {
      if (outcome === 'stored') this.#stored(1, group[i]?.bytes.length ?? 0);
    });
  }

  #stored(objects: number, bytes: number): void {
    this.#objects += objects;
    this.#bytes += bytes;
    this.#progress?.({ objects: this.#objects, bytes: this.#bytes });
  }
}

function controlFirst(logs: readonly LogName[]): LogName[] {
  const isControl = (log: LogName): boolean => baseOf(log) === CONTROL;
  return [...logs.filter(isControl), ...logs.filter((log) => !isControl(log))];
}
