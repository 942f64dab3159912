import { readIdentity } from '../archive/read/identity.ts';
import { Archiver } from '../archive/seal/archiver.ts';
import { HoldfastError } from '../core/errors.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { keysOf } from '../engines/embedded/key-file.ts';
import { openStream } from './distributed-engines.ts';
import { serveRole } from './role-worker.ts';
import { systemClock, systemRandom } from './system.ts';

/** The role `archiver`: seals what Kafka's group gives this node, in a thread of its own because sealing is computing. */
serveRole(async ({ settings, keys: stored }, news) => {
  const keys = keysOf(stored);
  const vault = new FolderVault(settings.vault);
  const identity = await readIdentity(vault);
  const stream = await openStream(settings, identity.partitions, (line) => news.tell(line));
  const archiver = new Archiver({
    vault,
    identity,
    ledger: keys.ledger,
    dedup: keys.dedup,
    clock: systemClock,
    random: systemRandom,
    cache: settings.cache,
    trim: (log, below) => stream.trim(log, below),
    report(event) {
      if (event.kind === 'fenced')
        news.tell(`fenced: another archiver committed first in ${event.sealedIn}; going on at ${event.next}`);
      if (event.kind === 'assigned') news.tell(`archiving ${event.sealedIn} from offset ${event.next}`);
      if (event.kind !== 'incident') return;
      const { log, error } = event;
      const code = error instanceof HoldfastError ? error.code : 'internal';
      news.tell(`incident: log ${log} has stopped: ${error.message} [${code}]`, {
        log,
        code,
        message: error.message,
      });
    },
  });
  const consumption = await stream.consume(archiver);
  return async () => {
    await consumption.stop();
    await stream.close();
  };
});
