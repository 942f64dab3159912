/** The file of `ingest --settings`: which path was written in which zone, date order, account, network, encoding, date. */
import { z } from 'zod';
import { HoldfastError } from '../core/errors.ts';
import type { SettingsRule } from '../core/receipt.ts';

/** Rules stand in every receipt that they match. */
const MAX_RULES = 1000;

const text = z.string().min(1).max(1024);
const schema = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        path: text,
        zone: text.optional(),
        dateOrder: z.enum(['dmy', 'mdy', 'ymd']).optional(),
        account: text.optional(),
        network: text.optional(),
        encoding: text.optional(),
        date: text.optional(),
        format: text.optional(),
      }),
    )
    .max(MAX_RULES),
});

/** Reads the rules; throws `bad-settings` with the place of what is wrong. What the values mean is checked later. */
export function readSettingsFile(content: string): readonly SettingsRule[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw wrong('It is not JSON', error);
  }
  const read = schema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw wrong(`${issue?.path.join('.') || 'top'}: ${issue?.message ?? 'not of its form'}`, read.error);
  }
  return read.data.rules.map((rule) => stated(rule));
}

/** Without members that are not there. */
function stated({ path, ...rest }: z.infer<typeof schema>['rules'][number]): SettingsRule {
  return { path, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
}

const wrong = (what: string, cause: unknown): HoldfastError =>
  new HoldfastError('bad-settings', `The file of settings cannot be used. ${what}.`, {
    hint: 'It holds {"rules": [{"path": "logs/nyc/**", "zone": "America/New_York", "dateOrder": "mdy"}]}.',
    cause,
  });
