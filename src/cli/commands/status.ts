import { count, plural } from '../../core/counted.ts';
import { AUDIT, baseLogs, baseOf, CONTROL } from '../../core/logs.ts';
import type { LogName } from '../../core/record.ts';
import { type Accounts, sumAccounts } from '../../ingest/accounts.ts';
import { scheduleOf } from '../../retention/schedule.ts';
import type { Archive } from '../archive.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import { printable } from '../io.ts';
import { differs } from './ingest-dry-run.ts';

/** Differences that are printed; `--json` has more. */
const SHOWN = 20;

interface LogStatus {
  readonly log: LogName;
  readonly records: number;
  readonly commits: number;
  readonly sealedAt: string;
  /** Tree size that the index has. */
  readonly indexed: number;
}

/** How much is sealed, indexed and pending, and until when it is kept. */
export const status: CommandSpec = {
  name: 'status',
  summary: 'show how much is sealed, indexed and pending, and until when it is kept',
  needs: 'archive',
  configure(command) {
    command.option('--accounts', 'also read the account of every receipt: units, and counts that differ');
  },
  run(context, _args, options) {
    return context.withArchive(async (archive) => {
      const sealed = await sealedLogs(archive);
      const logs = sealed.map(({ status }) => status);
      const buckets = await archive.index.buckets();
      const stream = await streamStatus(archive, sealed);
      const answer = {
        id: archive.identity.id,
        mode: archive.settings.mode,
        createdAt: archive.identity.createdAt,
        records: logs.filter(({ log }) => isTranscript(log)).reduce((sum, { records }) => sum + records, 0),
        logs,
        index: { documents: buckets.reduce((sum, { documents }) => sum + documents, 0), buckets },
        stream,
        retention: buckets.map((bucket) => scheduleOf(bucket)),
        incidents: archive.incidents(),
        ...(options.accounts === true && { accounts: await sumAccounts(archive.vault) }),
      };
      print(context, answer, () => [
        `Archive ${answer.id} (${answer.mode}), made ${answer.createdAt}`,
        `${plural(answer.records, 'record')} sealed, ${plural(answer.index.documents, 'event')} searchable, ${plural(stream.pending, 'entry', 'entries')} pending`,
        ...logs.map(
          (log) =>
            `  ${log.log.padEnd(10)} ${count(log.records).padStart(12)} records  ${count(log.commits).padStart(8)} commits  last sealed ${log.sealedAt}`,
        ),
        ...answer.retention.map(
          (bucket) =>
            `  ${bucket.class} ${bucket.quarter}: easily accessible until ${bucket.accessibleUntil ?? 'further notice'}, kept until ${bucket.retainUntil ?? 'further notice'}`,
        ),
        ...(answer.accounts === undefined ? [] : accountLines(answer.accounts)),
        ...answer.incidents.map(({ log, code, message }) => `  INCIDENT ${log}: ${message} [${code}]`),
      ]);
      return 0;
    });
  },
};

function accountLines(accounts: Accounts): string[] {
  const { receipts, unread, units, events, rejects, excluded, stated, differing, differences } = accounts;
  return [
    `  ${plural(receipts, 'receipt')}: ${plural(units, 'unit')} = ${plural(events, 'event')} + ${plural(rejects, 'reject')} + ${count(excluded)} excluded${unread > 0 ? `; ${count(unread)} not read to their end` : ''}`,
    `  of ${count(stated)} counts that sources state of themselves, ${count(differing)} differ from what was found`,
    ...differences
      .slice(0, SHOWN)
      .map((each) => printable(`    receipt ${each.receipt.slice(0, 12)}: ${differs(each)}`)),
  ];
}

interface SealedLog {
  readonly status: LogStatus;
  /** Stream position up to which the log is sealed. */
  readonly to: number;
}

async function sealedLogs(archive: Archive): Promise<SealedLog[]> {
  const positions = await archive.index.positions();
  const all: SealedLog[] = [];
  for (const log of await archive.reader.logs()) {
    const { size, commit } = await archive.reader.head(log);
    const last = await newestCommit(archive, log, commit);
    const indexed = positions.get(log)?.size ?? 0;
    all.push({
      status: { log, records: size, commits: commit + 1, sealedAt: last?.sealedAt ?? '', indexed },
      to: last?.to ?? 0,
    });
  }
  return all;
}

async function newestCommit(archive: Archive, log: LogName, n: number) {
  let last: { readonly sealedAt: string; readonly to: number } | undefined;
  for await (const commit of archive.reader.commits(log, n)) last = commit;
  return last;
}

/** Entries in the stream, and how many of them no commit covers. */
async function streamStatus(archive: Archive, sealed: readonly SealedLog[]) {
  const logs: { log: LogName; low: number; high: number; pending: number }[] = [];
  for (const log of baseLogs(archive.identity.partitions)) {
    const { low, high } = await archive.stream.bounds(log);
    const open = sealed.findLast(({ status }) => baseOf(status.log) === log);
    logs.push({ log, low, high, pending: Math.max(0, high - (open?.to ?? 0)) });
  }
  return { pending: logs.reduce((sum, { pending }) => sum + pending, 0), logs };
}

const isTranscript = (log: LogName): boolean => baseOf(log) !== CONTROL && baseOf(log) !== AUDIT;
