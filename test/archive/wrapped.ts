import type { Stream } from '../../src/core/ports/stream.ts';
import type { Vault } from '../../src/core/ports/vault.ts';

/** A vault with some calls replaced, where a test wants a fault. */
export function wrapVault(vault: Vault, replaced: Partial<Vault>): Vault {
  return {
    put: (objects) => vault.put(objects),
    putStream: (prefix, chunks) => vault.putStream(prefix, chunks),
    get: (name) => vault.get(name),
    read: (name, range) => vault.read(name, range),
    size: (name) => vault.size(name),
    list: (prefix, after) => vault.list(prefix, after),
    lock: (name, until) => vault.lock(name, until),
    remove: (name) => vault.remove(name),
    publish: (name, bytes) => vault.publish(name, bytes),
    ...replaced,
  };
}

/** A stream with some calls replaced. */
export function wrapStream(stream: Stream, replaced: Partial<Stream>): Stream {
  return {
    append: (log, messages) => stream.append(log, messages),
    bounds: (log) => stream.bounds(log),
    consume: (consumer) => stream.consume(consumer),
    trim: (log, below) => stream.trim(log, below),
    close: () => stream.close(),
    ...replaced,
  };
}
