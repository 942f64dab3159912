import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError } from '../../core/errors.ts';
import { audit } from '../audit.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import { recordName } from './record-name.ts';

/** Writes the inclusion proof of one record, which public tools verify offline. */
export const proof: CommandSpec = {
  name: 'proof',
  summary: 'write the proof that a record is in its log (C2SP tlog-proof), to be checked offline',
  needs: 'archive',
  configure(command) {
    command
      .argument('<record>', 'name of the record: LOG/LEAF, as search prints it', recordName)
      .requiredOption('--out <file>', 'file to write; it must not exist');
  },
  run(context, [record], options) {
    const out = resolve(context.cwd, String(options.out));
    return context.withArchive(async (archive) => {
      const name = String(record);
      const text = await archive.reader.proof(name);
      await audit(context, archive, 'proof-written', { record: name });
      await writeNew(out, text);
      print(context, { record: name, out }, () => [`Proof of ${name} written to ${out}.`]);
      return 0;
    });
  },
};

/** Writes a file that must not exist yet. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new HoldfastError('bad-usage', exists ? `${path} exists already.` : `${path} cannot be written.`, {
      hint: 'Name a new file in a folder that exists.',
      cause,
    });
  }
}
