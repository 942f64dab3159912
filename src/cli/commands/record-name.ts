import { InvalidArgumentError } from 'commander';
import { parseLogName } from '../../core/logs.ts';
import type { RecordName } from '../../core/record.ts';

/** Reads the name of a record, `LOG/LEAF`, for `argument()`. */
export function recordName(text: string): RecordName {
  const [log, leaf, ...rest] = text.split('/');
  if (
    rest.length > 0 ||
    log === undefined ||
    parseLogName(log) === undefined ||
    leaf === undefined ||
    !/^(0|[1-9]\d{0,14})$/.test(leaf)
  ) {
    throw new InvalidArgumentError('A record is named LOG/LEAF, for example m0/17.');
  }
  return text;
}
