import type { FaultCode } from '../../core/faults.ts';
import { sha256Hex } from '../../core/hash.ts';
import { canonical } from '../../core/json.ts';
import { type Receipt, receiptNames } from '../../core/receipt.ts';
import type { VerifyContext } from './context.ts';

const HEX = /^[0-9a-f]{64}$/;

/** Everything in the vault that is named by its digest: captures, attachments, receipts; and segments nobody names. */
export async function verifyFiles(context: VerifyContext): Promise<void> {
  await hashed(context, 'captures', 'captures', 'capture-damaged');
  await hashed(context, 'attachments', 'attachments', 'attachment-damaged');
  await receipts(context);
  for await (const name of context.storage.list('segments')) {
    // What a crash between segment and commit leaves. It proves nothing and harms nothing.
    if (!context.segments.has(lastPart(name))) context.findings.count('orphanSegments');
  }
}

async function hashed(
  context: VerifyContext,
  prefix: string,
  counted: string,
  code: FaultCode,
): Promise<void> {
  const { findings, storage } = context;
  findings.count(counted, 0);
  let done = 0;
  for await (const name of storage.list(prefix)) {
    const digest = await storage.hash(name);
    if (digest === undefined) continue;
    findings.count(counted);
    if (digest !== lastPart(name)) findings.fault(code, name, 'Its bytes do not hash to its name.');
    context.progress?.({ files: prefix, done: ++done });
  }
}

async function receipts(context: VerifyContext): Promise<void> {
  const { findings, storage, records } = context;
  findings.count('receipts', 0);
  findings.count('pendingReceipts', 0);
  for await (const name of storage.list('receipts')) {
    const sha256 = lastPart(name);
    // What stands beside a receipt (when it came, its account) is sealed with its entry and needs no name of its own.
    if (!HEX.test(sha256)) continue;
    const bytes = await storage.get(name);
    if (bytes === undefined) continue;
    findings.count('receipts');
    if (!records.isSealed(sha256)) findings.count('pendingReceipts');
    const receipt = readReceipt(bytes, sha256);
    if (receipt === undefined) {
      findings.fault('receipt-damaged', name, 'Its bytes do not hash to its name, or are not of its form.');
      continue;
    }
    for (const file of receipt.files)
      await storage.mustExist(receiptNames.capture(file.sha256), 'capture-missing', `${name} names it.`);
  }
}

/** The receipt that bytes hold; undefined where they are not those of this name. */
function readReceipt(bytes: Uint8Array, sha256: string): Pick<Receipt, 'files'> | undefined {
  if (sha256Hex(bytes) !== sha256) return undefined;
  try {
    const text = Buffer.from(bytes).toString('utf8');
    const receipt = JSON.parse(text) as Partial<Receipt>;
    const files = receipt.files;
    if (canonical(receipt) !== text || !Array.isArray(files)) return undefined;
    return files.every((file) => typeof file?.sha256 === 'string' && HEX.test(file.sha256))
      ? { files }
      : undefined;
  } catch {
    return undefined;
  }
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
