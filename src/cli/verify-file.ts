import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { openReader } from '../archive/read/open-reader.ts';
import { checkReport } from '../core/bundle/report-signature.ts';
import { HoldfastError, isHoldfastError } from '../core/errors.ts';
import type { Fault, Verification } from '../core/faults.ts';
import { logKey, peekCheckpoint } from '../core/ledger/checkpoint.ts';
import { sealLeaf } from '../core/ledger/leaf.ts';
import { parseProof, verifyProof } from '../core/ledger/proof.ts';
import { parseLogName } from '../core/logs.ts';
import { fingerprint } from '../core/pki/certificate.ts';
import { folderBundle } from '../export/bundle/folder.ts';
import type { Context } from './context.ts';

/** No proof is longer: a path of 64 hashes and a checkpoint. */
const LONGEST_PROOF = 100_000;

/** A report by itself: that its signature covers every byte, and by whom it is. The chain is in the bundle. */
export async function verifyReportFile(
  path: string,
): Promise<Verification & { readonly signer?: string; readonly fingerprint?: string }> {
  const signed = await checkReport(folderBundle(dirname(path)), basename(path));
  if (!signed.ok)
    return result([{ code: 'report-signature', where: basename(path), what: `${sentence(signed.why)}` }], {
      reports: 1,
    });
  const subject = new X509Certificate(signed.value).subject.replaceAll('\n', ', ');
  return { ...result([], { reports: 1 }), signer: subject, fingerprint: fingerprint(signed.value) };
}

/** A proof against the archive: the record that the archive holds at its place, under the archive's own key. */
export async function verifyProofFile(
  context: Context,
  path: string,
): Promise<Verification & { readonly record?: string }> {
  const text = (await readFile(path)).subarray(0, LONGEST_PROOF).toString('utf8');
  const proof = parseProof(text);
  const head = proof.ok ? peekCheckpoint(proof.value.note) : proof;
  if (!proof.ok || !head.ok) {
    throw new HoldfastError('bad-usage', `${path} is no proof that can be read.`, {
      hint: 'Name a .tlog-proof file, a report (.pdf) or a folder.',
    });
  }
  const { vault, close } = await context.deployment.inspect(context.settings(), context.io);
  try {
    const reader = await openReader(vault);
    const log = head.value.origin.slice(reader.identity.id.length + 1);
    const name = `${log}/${proof.value.index}`;
    const where = basename(path);
    if (head.value.origin !== `${reader.identity.id}/${log}` || parseLogName(log) === undefined) {
      return result([{ code: 'outside-other', where, what: 'It is a proof of another archive.' }], {
        proofs: 1,
      });
    }
    const sealed = await reader.record(name).catch((error: unknown) => {
      if (isHoldfastError(error, 'not-found')) return undefined;
      throw error;
    });
    if (sealed === undefined) {
      return result([{ code: 'outside-truncated', where, what: `The archive holds no record ${name}.` }], {
        proofs: 1,
      });
    }
    const { leaf } = sealLeaf(sealed.type, sealed.salt, sealed.record);
    const key = logKey(reader.identity.id, log, Buffer.from(reader.identity.keys.ledger, 'base64'));
    const verified = verifyProof(text, leaf, key);
    const faults: Fault[] = verified.ok
      ? []
      : [{ code: 'record-unproved', where, what: sentence(verified.why) }];
    return { ...result(faults, { proofs: 1 }), record: name };
  } finally {
    await close();
  }
}

const result = (faults: readonly Fault[], checked: Verification['checked']): Verification => ({
  ok: faults.length === 0,
  checked,
  faults,
});
const sentence = (why: string): string => `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
