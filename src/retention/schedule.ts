import type { Bucket, Quarter, RetentionClass } from '../core/record.ts';
import { type AgreedClasses, accessibleUntil, definitionOf, retainUntil } from '../core/retention.ts';

/** How long one bucket is kept, and by which rule. */
export interface BucketSchedule {
  readonly class: RetentionClass;
  readonly quarter: Quarter;
  /** Events in it that are searchable. */
  readonly documents: number;
  /** Where the period comes from; null for a class that no preset knows: kept without end. */
  readonly source: string | null;
  /** First instant (UTC) at which it need no longer be easily accessible; null: without end. */
  readonly accessibleUntil: string | null;
  /** First instant (UTC) at which it may be disposed of, holds aside; null: without end. */
  readonly retainUntil: string | null;
}

/** The schedule of one bucket: what `status` shows. Nothing is disposed of by it. */
export function scheduleOf(
  bucket: Bucket & { readonly documents: number },
  agreed?: AgreedClasses,
): BucketSchedule {
  return {
    class: bucket.class,
    quarter: bucket.quarter,
    documents: bucket.documents,
    source: definitionOf(bucket.class, agreed)?.source ?? null,
    accessibleUntil: accessibleUntil(bucket.class, bucket.quarter, agreed) ?? null,
    retainUntil: retainUntil(bucket.class, bucket.quarter, agreed) ?? null,
  };
}
