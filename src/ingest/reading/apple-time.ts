/** Apple's clock begins with 2001. */

const BEGIN_MS = Date.UTC(2001, 0, 1);

/** Milliseconds since 1970 of seconds since 2001, to the nearest millisecond. */
export const appleSecondsMs = (seconds: number): number => BEGIN_MS + Math.round(seconds * 1000);

/**
 * Milliseconds since 1970 of a column of Messages: seconds since 2001 until macOS 10.12, nanoseconds since. 0 stands for
 * no time. A number of seconds as large as nanoseconds would be after year 5000.
 */
export function appleColumnMs(
  value: unknown,
): { readonly ms: number; readonly precision: 'ms' | 's' } | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  if (value <= 0) return undefined;
  if (value < 100_000_000_000) return { ms: BEGIN_MS + Number(value) * 1000, precision: 's' };
  return { ms: BEGIN_MS + Number(BigInt(value) / 1_000_000n), precision: 'ms' };
}
