import { AUDIT, baseLogs, baseOf, CONTROL } from '../../core/logs.ts';
import type { LogName } from '../../core/record.ts';
import { scheduleOf } from '../../retention/schedule.ts';
import type { Archive } from '../archive.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import { count } from '../io.ts';
import { sealedTo } from '../wait.ts';

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
  configure() {},
  run(context) {
    return context.withArchive(async (archive) => {
      const logs = await logStatus(archive);
      const buckets = await archive.index.buckets();
      const stream = await streamStatus(archive, logs);
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
      };
      print(context, answer, () => [
        `Archive ${answer.id} (${answer.mode}), made ${answer.createdAt}`,
        `${count(answer.records)} records sealed, ${count(answer.index.documents)} events searchable, ${count(stream.pending)} entries pending`,
        ...logs.map(
          (log) =>
            `  ${log.log.padEnd(10)} ${count(log.records).padStart(12)} records  ${count(log.commits).padStart(8)} commits  last sealed ${log.sealedAt}`,
        ),
        ...answer.retention.map(
          (bucket) =>
            `  ${bucket.class} ${bucket.quarter}: easily accessible until ${bucket.accessibleUntil ?? 'further notice'}, kept until ${bucket.retainUntil ?? 'further notice'}`,
        ),
        ...answer.incidents.map(({ log, code, message }) => `  INCIDENT ${log}: ${message} [${code}]`),
      ]);
      return 0;
    });
  },
};

async function logStatus(archive: Archive): Promise<LogStatus[]> {
  const positions = await archive.index.positions();
  const all: LogStatus[] = [];
  for (const log of await archive.reader.logs()) {
    const { size, commit } = await archive.reader.head(log);
    let sealedAt = '';
    for await (const last of archive.reader.commits(log, commit)) sealedAt = last.sealedAt;
    all.push({ log, records: size, commits: commit + 1, sealedAt, indexed: positions.get(log)?.size ?? 0 });
  }
  return all;
}

/** Entries in the stream, and how many of them no commit covers. */
async function streamStatus(archive: Archive, sealed: readonly LogStatus[]) {
  const logs: { log: LogName; low: number; high: number; pending: number }[] = [];
  for (const log of baseLogs(archive.identity.partitions)) {
    const { low, high } = await archive.stream.bounds(log);
    const open = sealed.findLast((entry) => baseOf(entry.log) === log);
    const to = open === undefined ? 0 : await sealedTo(archive, open.log);
    logs.push({ log, low, high, pending: Math.max(0, high - to) });
  }
  return { pending: logs.reduce((sum, { pending }) => sum + pending, 0), logs };
}

const isTranscript = (log: LogName): boolean => baseOf(log) !== CONTROL && baseOf(log) !== AUDIT;
