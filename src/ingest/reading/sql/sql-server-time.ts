/**
 * Times of SQL Server as its scripts write them: `CAST(0x00009AB8014E0DBC AS DateTime)`. Storage forms: days since 1900
 * and 300ths of a second (datetime), days and minutes (smalldatetime), ticks and days since year 1 (datetime2, date).
 */
import { instantOf } from '../time.ts';

const DAY = 86_400_000;
const FROM_1900 = Date.UTC(1900, 0, 1);
const FROM_YEAR_ONE = -62_135_596_800_000;

/** The time as text; undefined: not a type of time, or not of its length. */
export function sqlServerTime(hex: string, type: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex');
  const ms = millisecondsOf(bytes, type);
  return ms === undefined ? undefined : instantOf(ms)?.slice(0, -1);
}

function millisecondsOf(bytes: Buffer, type: string): number | undefined {
  if (type === 'datetime' && bytes.length === 8)
    return FROM_1900 + bytes.readInt32BE(0) * DAY + Math.round((bytes.readUInt32BE(4) * 10) / 3);
  if (type === 'smalldatetime' && bytes.length === 4)
    return FROM_1900 + bytes.readUInt16BE(0) * DAY + bytes.readUInt16BE(2) * 60_000;
  if (type === 'date' && bytes.length === 3) return FROM_YEAR_ONE + bytes.readUIntLE(0, 3) * DAY;
  if (type === 'datetime2' && bytes.length >= 7 && bytes.length <= 9) {
    const digits = bytes.readUInt8(0);
    const size = bytes.length - 4;
    const ticks = bytes.readUIntLE(1, size);
    return digits > 7
      ? undefined
      : FROM_YEAR_ONE + bytes.readUIntLE(1 + size, 3) * DAY + Math.floor((ticks * 1000) / 10 ** digits);
  }
  return undefined;
}
