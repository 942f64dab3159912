/**
 * Which retention class an entry is of, and which quarter: computed once, when it is carried. Pure, so that carrying the
 * same receipt again under the same register gives the same bucket.
 */
import type { Register, RetentionRuleChange } from './control/register.ts';
import { groupsOf } from './directory/groups.ts';
import type { Event } from './event.ts';
import type { Bucket, RetentionClass } from './record.ts';
import { DEFAULT_CLASS, definitionOf, quarterOf, retainUntil } from './retention.ts';

/** What of the register is in force when something is carried. */
export type InForce = Pick<Register, 'retention' | 'directory'>;

/** What classification may know of a receipt. `receivedAt` is the first one, UTC: the clock that nobody can forge. */
export interface ReceivedReceipt {
  readonly receivedAt: string;
  readonly connector: string;
}

/** First quarter that a bucket may have. */
const EARLIEST = '1970Q1';

/** The bucket of an event: of all rules that fit it the one that keeps it longest; of none, the default class. */
export function classify(event: Event, receipt: ReceivedReceipt, register: InForce): Bucket {
  const { rules } = register.retention;
  if (rules.size === 0) return bucketOf(DEFAULT_CLASS, event, receipt, register);
  const sure: RetentionClass[] = [];
  const unsure: RetentionClass[] = [];
  for (const rule of rules.values()) {
    const fit = fits(rule, event, receipt, register);
    if (fit !== 'no') (fit === 'yes' ? sure : unsure).push(rule.class);
  }
  // A rule that may fit does not stand alone: with it comes what holds where it does not.
  const classes = [...(sure.length === 0 ? [DEFAULT_CLASS] : sure), ...unsure];
  return longest(
    classes.map((name) => bucketOf(name, event, receipt, register)),
    register,
  );
}

/** The bucket of a receipt entry and of rejects: the longest class that the connector's events can get. */
export function classifyReceipt(receipt: ReceivedReceipt, register: InForce): Bucket {
  const quarter = quarterOf(receipt.receivedAt);
  const classes = [...register.retention.rules.values()]
    .filter(({ connector }) => connector === null || connector === receipt.connector)
    .map((rule) => rule.class);
  return longest(
    [DEFAULT_CLASS, ...classes].map((name) => ({ class: name, quarter })),
    register,
  );
}

/** Whether the bucket's period is over at an instant (UTC): what would arrive expired. */
export function isExpired(bucket: Bucket, instant: string, { retention }: InForce): boolean {
  const until = retainUntil(bucket.class, bucket.quarter, retention);
  return until !== undefined && until <= instant;
}

function fits(
  rule: RetentionRuleChange,
  event: Event,
  receipt: ReceivedReceipt,
  { directory }: InForce,
): 'yes' | 'maybe' | 'no' {
  const { conversation, network } = event;
  if (rule.network !== null && rule.network !== network) return 'no';
  if (rule.connector !== null && rule.connector !== receipt.connector) return 'no';
  if (
    rule.conversation !== null &&
    rule.conversation !== conversation.id &&
    rule.conversation !== conversation.name
  )
    return 'no';
  if (rule.group === null) return 'yes';
  const groups = groupsOf(directory, event);
  if (groups === undefined) return 'maybe';
  return groups.has(rule.group) ? 'yes' : 'no';
}

function bucketOf(
  name: RetentionClass,
  event: Event,
  { receivedAt }: ReceivedReceipt,
  { retention }: InForce,
): Bucket {
  const received = quarterOf(receivedAt);
  if (definitionOf(name, retention)?.clock !== 'sent') return { class: name, quarter: received };
  // What says that it was sent after it was received counts as sent then.
  const sent = quarterOf(event.at.instant);
  const quarter = sent > received ? received : sent < EARLIEST ? EARLIEST : sent;
  return { class: name, quarter };
}

function longest(buckets: readonly Bucket[], { retention }: InForce): Bucket {
  let best: { readonly bucket: Bucket; readonly until: string } | undefined;
  for (const bucket of buckets) {
    const until = retainUntil(bucket.class, bucket.quarter, retention) ?? WITHOUT_END;
    if (
      best === undefined ||
      until > best.until ||
      (until === best.until && bucket.class < best.bucket.class)
    )
      best = { bucket, until };
  }
  return best?.bucket ?? { class: DEFAULT_CLASS, quarter: EARLIEST };
}

/** After every instant, as texts compare. */
const WITHOUT_END = '~';
