import type { EventRecord } from '../../src/core/record.ts';
import { type IndexDocument, indexDocument } from '../../src/core/search/document.ts';

export const id = (n: number): string => n.toString(16).padStart(64, '0');

/** A record of a group chat, at a minute of one day; `more` overrides. Its id is its leaf. */
export function saidAt(leaf: number, text: string, minute: string, more: object = {}): IndexDocument {
  const record = {
    id: id(leaf),
    kind: 'message',
    network: 'slack',
    conversation: { id: 'desk', kind: 'group', name: 'The Desk' },
    sender: { address: 'ann' },
    at: { instant: `2026-03-10T${minute}:00.000Z`, zoneSource: 'stated', precision: 'ms' },
    text,
    provenance: { receipt: '', capture: '', path: '', position: { offset: 0, length: 0 } },
    class: 'basic',
    quarter: '2026Q1',
    sealedAt: '2026-03-11T00:00:00.000Z',
    ...more,
  } as unknown as EventRecord;
  return indexDocument('m0', { leaf, salt: '', type: 'event', record }) as IndexDocument;
}
