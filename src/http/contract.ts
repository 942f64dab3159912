import { readFileSync } from 'node:fs';
import { z } from 'zod';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

/** One operation of the contract, as far as the service itself needs it. */
export interface Operation {
  readonly operationId: string;
  readonly method: Method;
  /** As the contract writes it: `/v1/records/{log}/{leaf}`. */
  readonly written: string;
  /** As express writes it: `/v1/records/:log/:leaf`. */
  readonly path: string;
  /** `x-permission`, `x-signed-in` or `x-public`. */
  readonly access: string | undefined;
}

const operationSchema = z.looseObject({
  operationId: z.string(),
  'x-permission': z.string().optional(),
  'x-public': z.literal(true).optional(),
  'x-signed-in': z.literal(true).optional(),
});
const contractSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});
export type Contract = z.infer<typeof contractSchema>;

/** The contract as `npm run generated` writes it from `openapi.yaml`. */
export const CONTRACT_TEXT = readFileSync(new URL('./openapi.json', import.meta.url), 'utf8');

/** A new copy: the validator changes what it is given. */
export const contract = (): Contract => contractSchema.parse(JSON.parse(CONTRACT_TEXT));

export function operations(from: Contract): Operation[] {
  return Object.entries(from.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      if (item[method] === undefined) return [];
      const operation = operationSchema.parse(item[method]);
      const access =
        operation['x-permission'] ??
        (operation['x-public'] === true
          ? 'public'
          : operation['x-signed-in'] === true
            ? 'signed-in'
            : undefined);
      return [
        {
          operationId: operation.operationId,
          method,
          written: path,
          path: path.replace(/\{(\w+)\}/g, ':$1'),
          access,
        },
      ];
    }),
  );
}
