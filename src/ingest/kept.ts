import { classifyReceipt, type InForce } from '../core/classify.ts';
import { retainUntil } from '../core/retention.ts';

/**
 * Retain-until date of the originals that a connector brings in at an instant: as long as anything that they can hold;
 * undefined for no end.
 */
export function keptUntil(now: number, connector: string, register: InForce): string | undefined {
  const receivedAt = new Date(now).toISOString();
  const bucket = classifyReceipt({ receivedAt, connector }, register);
  return retainUntil(bucket.class, bucket.quarter, register.retention);
}
