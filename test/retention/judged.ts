/** Holds judged on a real vault: what they cover, by the texts of the records. */
import { openReader } from '../../src/archive/read/open-reader.ts';
import { type Directory, EMPTY_DIRECTORY } from '../../src/core/directory/fold.ts';
import type { Event } from '../../src/core/event.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import type { JudgedHold } from '../../src/core/holds/judge.ts';
import { readScope } from '../../src/core/holds/read-scope.ts';
import type { VaultObject } from '../../src/core/ports/vault.ts';
import { receiptNames } from '../../src/core/receipt.ts';
import { LANGUAGES, type Languages } from '../../src/core/search/language.ts';
import { judgeHolds } from '../../src/retention/judgement.ts';
import { carried, messageEvent, type Workshop } from '../archive/workshop.ts';

export interface Holding {
  readonly zone?: string;
  readonly languages?: Languages;
  readonly directory?: Directory;
  /** Version of the directory when the scopes were written. */
  readonly since?: number;
}

export function holdOn(texts: readonly string[], holding: Holding = {}): JudgedHold {
  const { zone = 'UTC', languages = LANGUAGES, directory = EMPTY_DIRECTORY, since = 0 } = holding;
  const scopes = texts.map((text) => readScope({ text, language: 1, directory: since }, languages));
  return { hold: 'h', zone, scopes, directory };
}

/** Texts (or ids, codes) of everything that the hold covers, in the order of the logs. */
export async function heldBy(workshop: Workshop, hold: JudgedHold): Promise<string[]> {
  const reader = await openReader(workshop.vault);
  const judgement = await judgeHolds(reader, [hold]);
  const held: string[] = [];
  for await (const { sealed, holds } of judgement.records()) {
    if (holds.length === 0) continue;
    if (sealed.type === 'event') held.push(sealed.record.text ?? sealed.record.id);
    else if (sealed.type === 'reject') held.push(`reject ${sealed.record.code}`);
    else held.push(sealed.type);
  }
  return held;
}

export async function seal(
  workshop: Workshop,
  events: readonly Event[],
  bucket?: { class: string; quarter: string },
): Promise<void> {
  const receipt = sha256Hex(`received in ${bucket?.quarter}`);
  if (bucket !== undefined) await workshop.vault.put([received(receipt, bucket.quarter)]);
  await workshop.stream.append(
    'm0',
    events.map((event) =>
      bucket === undefined
        ? carried(event)
        : carried({ ...event, provenance: { ...event.provenance, receipt } }, bucket),
    ),
  );
  await workshop.sealAll();
}

/** That a receipt was received on the first day of a quarter. */
function received(receipt: string, quarter: string): VaultObject {
  const month = String(Number(quarter.slice(5)) * 3 - 2).padStart(2, '0');
  const receivedAt = `${quarter.slice(0, 4)}-${month}-01T00:00:00.000Z`;
  return { name: receiptNames.received(receipt), bytes: Buffer.from(JSON.stringify({ receivedAt })) };
}

/** A message by its text, from whom, when, and where. */
export function said(
  text: string,
  { from = 'bob', at = '2025-11-03T14:05:06.789Z', room = 'C1', ...change }: SaidChange = {},
): Event {
  return messageEvent(text, {
    text,
    sender: { address: from },
    at: { instant: at, zone: 'UTC', zoneSource: 'stated', precision: 'ms' },
    conversation: { id: room, kind: 'room' },
    ...change,
  });
}

export type SaidChange = { from?: string; at?: string; room?: string } & Partial<
  Omit<Event, 'at' | 'sender' | 'conversation' | 'text'>
>;
