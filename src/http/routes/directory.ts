/** The people of the firm: who they are, and which addresses were theirs when. */
import { z } from 'zod';
import type { Custodian } from '../../core/directory/fold.ts';
import { addressesOf } from '../../core/directory/people.ts';
import { HoldfastError } from '../../core/errors.ts';
import { importActs, planImport } from '../../directory/import.ts';
import { type RefusedRow, readDirectoryCsv } from '../../directory/read-csv.ts';
import { type Route, route } from '../route.ts';

const importQuery = z.object({
  dryRun: z.stringbool().or(z.boolean()).default(false),
  domain: z.union([z.string(), z.array(z.string())]).default([]),
});
/** Rows that are named where a file is not taken. */
const SHOWN = 20;

export const directoryRoutes: readonly Route[] = [
  route({
    operationId: 'listCustodians',
    access: 'directory.read',
    async handle(call) {
      const { directory } = call.register;
      await call.audit('custodians-listed', { directory: directory.version });
      const present = [...directory.custodians.values()].filter(({ removed }) => removed === null);
      return { json: { version: directory.version, custodians: present.map(shown) } };
    },
  }),
  route({
    operationId: 'showCustodian',
    access: 'directory.read',
    async handle(call) {
      const found = call.register.directory.custodians.get(call.params.custodian ?? '');
      if (found === undefined)
        throw new HoldfastError('not-found', 'The directory has nobody of this id.', {
          hint: 'GET /v1/custodians lists everybody.',
        });
      await call.audit('custodian-viewed', { custodians: [found.id] });
      return { json: found };
    },
  }),
  route({
    operationId: 'importCustodians',
    access: 'directory.change',
    query: importQuery,
    body: z.string(),
    async handle(call, { query: { dryRun, domain }, body }) {
      const { custodians, refused } = readDirectoryCsv(Buffer.from(body));
      if (refused.length > 0) throw notTaken(refused);
      const { directory } = call.register;
      const domains = typeof domain === 'string' ? [domain] : domain;
      const { changes, ...counts } = planImport(directory, custodians, domains);
      let { version } = directory;
      let position: string | undefined;
      if (!dryRun && changes.length > 0) {
        const { control, archive } = call.service.parts;
        const name = Buffer.from(archive.random.bytes(16)).toString('hex');
        for (const details of importActs(name, version, changes, {})) {
          const written = await control.write(call.caller.account, { action: 'directory.change', details });
          position = written.position;
          version = written.register.directory.version;
        }
      }
      return {
        json: { ...counts, version, position: position ?? null, dryRun },
        ...(position === undefined ? {} : { position }),
      };
    },
  }),
];

const shown = ({ former: _, ...one }: Custodian): object => ({ ...one, addresses: addressesOf(one) });

function notTaken(refused: readonly RefusedRow[]): HoldfastError {
  const lines = refused.slice(0, SHOWN).map(({ line, why }) => `line ${line}: ${why}`);
  const more = refused.length > SHOWN ? `; and ${refused.length - SHOWN} more` : '';
  return new HoldfastError('bad-request', `Nothing was taken: ${lines.join('; ')}${more}.`, {
    hint: 'Mend these rows and send the file again.',
  });
}
