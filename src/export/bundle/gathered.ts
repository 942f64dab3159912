/** The first half of an export: its records, in the order of the report, and where they come from. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseRecordName } from '../../archive/read/record-name.ts';
import type { ArchiveReader, Head } from '../../archive/reader.ts';
import { CUSTODY, RECORDS } from '../../core/bundle/layout.ts';
import { HoldfastError } from '../../core/errors.ts';
import type { EventId } from '../../core/event.ts';
import { canonical } from '../../core/json.ts';
import { AUDIT, baseOf, CONTROL } from '../../core/logs.ts';
import type { ClosedFamily } from '../selection/closed.ts';
import { familyName } from '../selection/sealed-event.ts';
import type { Placed, SelectionCounts, SelectionStore } from '../selection/store.ts';
import { Custody } from './custody.ts';
import type { BundleWriter } from './folder.ts';
import type { ExportRequest, ExportStep } from './request.ts';

/** Lines written before other work gets its turn. */
const BATCH = 500;

export interface Gathered {
  readonly counts: SelectionCounts;
  readonly heads: readonly Head[];
  readonly custody: Custody;
  /** SHA-256 of records.ndjson, which is written. */
  readonly recordsDigest: string;
}

type Step = (step: ExportStep, done: number, total?: number) => void;

/** Reads the records and their custody, and writes records.ndjson and custody.ndjson. */
export async function gather(
  request: ExportRequest,
  store: SelectionStore,
  writer: BundleWriter,
  progress: Step,
): Promise<Gathered> {
  await collect(request, store, progress);
  store.arrange();
  const counts = store.counts();
  // Where they are not given: taken after the records were read, so that every one of them lies below.
  const heads = request.heads ?? (await newestOf(request.reader));
  const custody = new Custody(store.database, store.placed(), counts.records);
  await custody.gather(
    request.reader,
    heads.filter(({ log }) => ![CONTROL, AUDIT].includes(baseOf(log))),
    (log, leaf) => store.how(log, leaf),
    (done, total) => progress('reading custody', done, total),
  );
  const records = await writer.stream(RECORDS);
  const trail = await writer.stream(CUSTODY);
  for (const placed of store.placed()) {
    await records.add(`${canonical(lineOf(placed))}\n`);
    await trail.add(`${canonical(custody.line(placed))}\n`);
    if (placed.number % BATCH === 0) progress('writing records', placed.number, counts.records);
  }
  await trail.close();
  return { counts, heads, custody, recordsDigest: (await records.close()).sha256 };
}

/** Notes the names first, so that the records are read in the order of the vault: each segment once. */
async function collect(request: ExportRequest, store: SelectionStore, progress: Step): Promise<void> {
  const { reader, hits } = request;
  const closings = await closedFamilies(reader, request.closings ?? []);
  let done = 0;
  for await (const { name, context } of hits) {
    const { log, leaf } = parseRecordName(name);
    store.want(log, leaf, !context);
    if (++done % BATCH === 0) {
      progress('selecting records', done);
      await nextTurn();
    }
  }
  const total = done;
  done = 0;
  const met = new Set<EventId>();
  for await (const { name, sealed } of reader.records(store.wanted())) {
    if (sealed.type === 'event') {
      const family = familyName(sealed.record);
      const closing = closings.get(family);
      if (closing !== undefined) met.add(family);
      store.add(name.slice(0, name.lastIndexOf('/')), sealed, closing);
    }
    if (++done % BATCH === 0) {
      progress('reading records', done, total);
      await nextTurn();
    }
  }
  progress('reading records', done, done);
  for (const [family, { record }] of closings)
    if (!met.has(family))
      throw new HoldfastError('bad-usage', `The record ${record} is to be closed, and is not selected.`, {
        hint: 'Leave it out, or widen the query.',
      });
}

/** The families of the records that are named. Throws `bad-usage` where one is to be closed in two ways. */
async function closedFamilies(
  reader: ArchiveReader,
  closings: readonly ClosedFamily[],
): Promise<ReadonlyMap<EventId, ClosedFamily>> {
  const families = new Map<EventId, ClosedFamily>();
  for (const closing of closings) {
    const { record } = closing;
    const sealed = await reader.record(record);
    if (sealed.type !== 'event')
      throw new HoldfastError('bad-usage', `The record ${record} is no message, and cannot be closed.`, {
        hint: 'Name records as a search prints them.',
      });
    const family = familyName(sealed.record);
    const known = families.get(family);
    if (known !== undefined && (known.is !== closing.is || known.reason !== closing.reason))
      throw new HoldfastError(
        'bad-usage',
        `The records ${known.record} and ${record} are of one family, and are to be closed in two ways.`,
        { hint: 'A family is withheld or redacted whole, for one reason.' },
      );
    families.set(family, closing);
  }
  return families;
}

async function newestOf(reader: ArchiveReader): Promise<Head[]> {
  const heads: Head[] = [];
  for (const log of await reader.logs()) heads.push(await reader.head(log));
  return heads;
}

/** The line of records.ndjson. */
function lineOf(placed: Placed): object {
  const { log, leaf, hit } = placed;
  const context = hit ? {} : { context: true };
  if (placed.is === 'whole') return { ...placed.sealed, log, ...context };
  return { ...placed.closed, log, leaf, ...context, [placed.is]: placed.reason };
}
