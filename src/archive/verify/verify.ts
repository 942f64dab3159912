import type { Verification } from '../../core/faults.ts';
import { Findings } from '../../core/findings.ts';
import { baseLogs, CONTROL, generationName, parseLogName } from '../../core/logs.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { LogName } from '../../core/record.ts';
import { IDENTITY_NAME, parseIdentity } from '../read/identity.ts';
import { openReader } from '../read/open-reader.ts';
import { expectOutside, type OutsideCheckpoint } from './against.ts';
import type { VerifyContext, VerifyProgress } from './context.ts';
import { verifyFiles } from './files.ts';
import { KnownHeads } from './heads.ts';
import { type AuditedIndex, IndexChecks } from './index-checks.ts';
import { type LogEnd, verifyLog } from './log.ts';
import { RecordChecks } from './records.ts';
import { Storage } from './storage.ts';

export interface VerifyOptions {
  readonly vault: Vault;
  /** Compared with the records, document by document; absent: not looked at. */
  readonly index?: AuditedIndex;
  /** Checkpoints that an outsider holds (`readOutsideCheckpoints`). */
  readonly against?: readonly OutsideCheckpoint[];
  readonly progress?: (progress: VerifyProgress) => void;
}

/**
 * Recomputes an archive from its files alone and names everything that does not fit. Takes no lock and may run beside an
 * archiver; goes on after a fault to find the others; throws for nothing that stands in the archive. Memory is bounded
 * by the largest segment and by the number of segments and receipts (some 100 bytes each).
 *
 * Without `against` it shows accidents and partial tampering; an owner with all keys can write everything anew, which
 * only a head held outside shows.
 */
export async function verifyArchive(options: VerifyOptions): Promise<Verification> {
  const findings = new Findings();
  const storage = new Storage(options.vault, findings);
  const bytes = await storage.get(IDENTITY_NAME);
  const read = bytes === undefined ? undefined : parseIdentity(bytes);
  if (read?.ok !== true) {
    findings.fault(
      'identity-missing',
      IDENTITY_NAME,
      read === undefined
        ? 'It is missing: nothing can be verified without it.'
        : `Nothing can be verified without it: ${read.why}.`,
    );
    return findings.result();
  }
  const identity = read.value;
  const heads = new KnownHeads(findings);
  const reader = await openReader(options.vault, identity);
  const index =
    options.index &&
    new IndexChecks(
      options.index,
      findings,
      async (log) => (await reader.head(log).catch(() => undefined))?.size ?? 0,
    );
  const context: VerifyContext = {
    identity,
    findings,
    storage,
    heads,
    records: new RecordChecks(identity, findings, storage, heads),
    segments: new Set(),
    ...(index && { index }),
    ...(options.progress && { progress: options.progress }),
  };
  expectOutside(options.against ?? [], identity, findings, heads);
  await verifyLogs(context);
  await verifyFiles(context);
  return findings.result();
}

async function verifyLogs(context: VerifyContext): Promise<void> {
  const { findings, heads, records, index } = context;
  const logs = await existingLogs(context);
  const ends = new Map<LogName, LogEnd>();
  // Control first: its heads say how long the others must be.
  for (const log of logs) ends.set(log, await verifyLog(context, log));
  checkGenerations(context, ends);
  checkPresence(context, ends);
  // What is still expected is of logs that are not there.
  heads.finishOthers();
  records.finish((log) => ends.get(log)?.size ?? 0);
  for (const log of (await index?.logs()) ?? [])
    if (!ends.has(log)) findings.fault('index-strange', `index/${log}`, 'The archive has no such log.');
  await index?.finish();
}

/** Logs found in the vault, control's generations first, then by base and generation. */
async function existingLogs({ identity, storage, findings }: VerifyContext): Promise<LogName[]> {
  const bases = baseLogs(identity.partitions);
  const logs: LogName[] = [];
  let after: string | undefined;
  for (;;) {
    const name = await firstName(storage, after);
    if (name === undefined) break;
    const [, log = '', ...rest] = name.split('/');
    // Past everything in this folder: '0' follows '/' and nothing else lies between.
    after = rest.length === 0 ? name : `ledger/${log}/\u{10ffff}`;
    if (rest.length === 0) continue;
    const parsed = parseLogName(log);
    if (parsed === undefined || !bases.includes(parsed.base))
      findings.fault('log-strange', `ledger/${log}`, 'The archive’s identity names no such log.');
    else logs.push(log);
  }
  const order = (log: LogName): [number, number, number] => {
    const parsed = parseLogName(log);
    const base = parsed?.base ?? '';
    return [base === CONTROL ? 0 : 1, bases.indexOf(base), parsed?.generation ?? 0];
  };
  return logs.sort((a, b) => compare(order(a), order(b)));
}

async function firstName(storage: Storage, after: string | undefined): Promise<string | undefined> {
  for await (const name of storage.list('ledger', after)) return name;
  return undefined;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}

/** Every further generation was opened by an act in control, at the very end of the one before. */
function checkGenerations({ findings, records }: VerifyContext, ends: ReadonlyMap<LogName, LogEnd>): void {
  for (const [log, { size }] of ends) {
    const parsed = parseLogName(log);
    if (parsed === undefined || parsed.generation === 1) continue;
    const closing = records.closings.get(log);
    const before = generationName(parsed.base, parsed.generation - 1);
    const end = ends.get(before);
    if (closing === undefined) {
      // The act is in the stream before the generation begins, and may be sealed a moment after.
      if (size === 0) findings.count('pendingGenerations');
      else findings.fault('generation-unnamed', `ledger/${log}`, 'No act in control opened it.');
    } else if (closing.closes !== before || end === undefined)
      findings.fault(
        'generation-differs',
        `ledger/${log}`,
        `${closing.by} closed another log than ${before}.`,
      );
    else if (end.n !== closing.commit || end.digest !== closing.digest || end.size !== closing.size)
      findings.fault(
        'generation-differs',
        `ledger/${before}`,
        `${closing.by} closed it at commit ${closing.commit} with ${closing.size} leaves; it ends at commit ${end.n} with ${end.size}.`,
      );
  }
}

/** Once anything is sealed, every log has been begun, and control has said who the archive is. */
function checkPresence({ findings, identity }: VerifyContext, ends: ReadonlyMap<LogName, LogEnd>): void {
  if (![...ends.values()].some(({ size }) => size > 0)) return;
  for (const base of baseLogs(identity.partitions)) {
    const end = ends.get(base);
    if (end === undefined || end.n < 0)
      findings.fault(
        'log-missing',
        `ledger/${base}`,
        'The other logs hold records, and this one has no commits.',
      );
    else if (base === CONTROL && end.size === 0)
      findings.fault(
        'identity-differs',
        `ledger/${base}`,
        'Records are sealed, and control holds no first act.',
      );
  }
}
