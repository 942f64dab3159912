/** `node archiver-child.ts FOLDER`: archiver and indexer of the site in FOLDER, until it is killed or its stdin ends. */
import { openSite, startArchiver, startIndexer } from './site.ts';

const site = await openSite(process.argv[2] ?? '');
await startArchiver(site, {
  archiver: {
    report: (event) =>
      process.stdout.write(
        `${JSON.stringify({ kind: event.kind, log: event.log, error: String('error' in event ? event.error : '') })}\n`,
      ),
  },
});
if (site.elasticsearch !== undefined) await startIndexer(site);
process.stdin.on('end', () => process.exit(0)).resume();
