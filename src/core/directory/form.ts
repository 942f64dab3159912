/**
 * The form of acts on the directory, as sealed. A change states a custodian whole: names, place in the firm, addresses.
 * What is too long for one act comes in parts, and counts when the last of them is sealed: an import is never half done.
 */
import { z } from 'zod';

const text = z
  .string()
  .min(1)
  .max(400)
  .refine((written) => written.trim() === written && written.isWellFormed());
const day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .refine((written) => new Date(`${written}T00:00:00Z`).toJSON()?.startsWith(written) === true);
const id = text.max(100);
const network = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);

const address = z
  .strictObject({
    /** Null: on every network. */
    network: network.nullable(),
    address: text,
    /** First and last day (UTC) on which it is his, both included; null: open. */
    from: day.nullable(),
    to: day.nullable(),
    /** Several people use it at the same time. */
    shared: z.boolean(),
  })
  .refine(({ from, to }) => from === null || to === null || from <= to);

const custodian = z
  .strictObject({
    /** The HR id: the one name of a person that never changes hands. */
    id,
    names: z.array(text).min(1).max(50),
    entity: text.nullable(),
    desk: text.nullable(),
    /** HR id of his supervisor, who need not be in the directory. */
    supervisor: id.nullable(),
    /** He is a lawyer of the firm, or works for one: what he says may be privileged. */
    counsel: z.boolean(),
    /** First and last day of employment (UTC), both included; null: open. */
    employedFrom: day.nullable(),
    employedTo: day.nullable(),
    /** Groups beside entity and desk, as retention rules name them. */
    groups: z.array(text).max(100),
    addresses: z.array(address).max(1_000),
  })
  .refine(({ employedFrom: from, employedTo: to }) => from === null || to === null || from <= to);

const change = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('set'), custodian }),
  /** Taken off: he was entered by mistake. Holds that were placed before still know his addresses. */
  z.strictObject({ what: z.literal('remove'), id }),
  /** Domains of the firm: an address below one that belongs to nobody is an unknown person of the firm. */
  z.strictObject({ what: z.literal('domains'), domains: z.array(text).max(1_000) }),
]);

export const DIRECTORY_CHANGE = z.strictObject({
  expects: z.int().min(0),
  /** One name for all parts of an import. */
  import: z.string().regex(/^[0-9a-f]{32}$/),
  part: z.int().min(1).max(10_000),
  parts: z.int().min(1).max(10_000),
  changes: z.array(change).max(100_000),
  via: z.string().max(400).exactOptional(),
});

export type StatedCustodian = z.infer<typeof custodian>;
export type StatedAddress = z.infer<typeof address>;
export type DirectoryChange = z.infer<typeof change>;

/** Reads one custodian as it would be sealed; otherwise says which member is not of its form, never its value. */
export function checkCustodian(value: unknown): { ok: true } | { ok: false; where: string } {
  const read = custodian.safeParse(value);
  if (read.success) return { ok: true };
  const path = read.error.issues[0]?.path ?? [];
  return { ok: false, where: path.length === 0 ? 'dates' : path.map(String).join(' ') };
}
