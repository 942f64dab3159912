/**
 * Which captures may leave whole: those of which every record is shown in this export. A capture tells what it holds only
 * through its records, so one leaves only where a receipt accounts for all of it: nothing rejected, and no event dropped
 * as a duplicate of what another capture holds.
 */
import type { Provenance, Sha256 } from '../../core/event.ts';
import type { Content } from '../selection/closed.ts';

interface Capture {
  /** Records of it that are shown whole here. */
  shown: number;
  /** Records of it in the archive. */
  records: number;
  /** It holds what is not shown here, or could not be read. */
  more: boolean;
  readonly receipts: Set<Sha256>;
}

interface Receipt {
  /** Events that it handed in, once its entry is seen. */
  events?: number;
  /** Of these, in the archive as records or observations. */
  found: number;
}

/** Memory grows with the captures of an export and their receipts, by some 300 bytes each. */
export class Originals {
  readonly #captures = new Map<Sha256, Capture>();
  readonly #receipts = new Map<Sha256, Receipt>();

  /** A record of the export. All of them come before the archive is read. */
  select({ capture: name, receipt }: Provenance, is: Content['is']): void {
    const capture = this.#captures.get(name) ?? { shown: 0, records: 0, more: false, receipts: new Set() };
    this.#captures.set(name, capture);
    if (is === 'whole') capture.shown++;
    capture.receipts.add(receipt);
    if (!this.#receipts.has(receipt)) this.#receipts.set(receipt, { found: 0 });
  }

  /** A record of the archive. */
  event({ capture: name, receipt }: Provenance): void {
    const capture = this.#captures.get(name);
    if (capture !== undefined) capture.records++;
    this.#found(receipt);
  }

  /** A copy of a record; `is`: how that one stands in the export. */
  observation({ capture: name, receipt }: Provenance, is: Content['is'] | undefined): void {
    const capture = this.#captures.get(name);
    if (capture !== undefined && is !== 'whole') capture.more = true;
    this.#found(receipt);
  }

  reject(name: Sha256): void {
    const capture = this.#captures.get(name);
    if (capture !== undefined) capture.more = true;
  }

  account(receipt: Sha256, events: number): void {
    const known = this.#receipts.get(receipt);
    if (known !== undefined) known.events = events;
  }

  #found(receipt: Sha256): void {
    const known = this.#receipts.get(receipt);
    if (known !== undefined) known.found++;
  }

  /** Once the archive was read: the captures that may leave, in the order of their first record. */
  *leaving(): Generator<Sha256> {
    for (const [name, { shown, records, more, receipts }] of this.#captures) {
      const isRead = [...receipts].some((receipt) => {
        const known = this.#receipts.get(receipt);
        return known !== undefined && known.events === known.found;
      });
      if (!more && isRead && shown === records) yield name;
    }
  }
}
