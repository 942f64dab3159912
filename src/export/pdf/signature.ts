/**
 * The signature in a PDF (ISO 32000, PAdES-BASELINE-B): a dictionary with room for the CMS, and the CMS put in place
 * afterwards. The file is hashed as a stream, never held whole. The place is the dictionary's own offset: text that
 * looks like a placeholder elsewhere in the file means nothing.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { signedData } from '../../core/pki/cms.ts';
import type { CertifiedSigner, Timestamper } from '../../core/ports/signer.ts';
import type { PdfFile } from './file.ts';
import type { PdfReference } from './internals.ts';

/** Bytes of CMS that fit; a chain of three with a timestamp token and its chain takes some 8,000. */
const ROOM = 16_384;
const BYTE_RANGE = '/ByteRange [0 0000000000 0000000000 0000000000]';
const CONTENTS = `/Contents <${'0'.repeat(ROOM * 2)}>`;

export interface SignatureFacts {
  readonly signer: string;
  readonly reason: string;
  readonly at: Date;
}

/** Adds the signature dictionary and its invisible field to the current page. Write it once, before the end. */
export function reserveSignature(file: PdfFile, facts: SignatureFacts): PdfReference {
  const { pdf } = file;
  const signature = pdf.ref(new RawDictionary(facts));
  signature.end();
  const field = pdf.ref({
    Type: 'Annot',
    Subtype: 'Widget',
    FT: 'Sig',
    T: new String('Seal'),
    // Print and Locked: PDF/A wants Print, and nobody should move it.
    F: 132,
    Rect: [0, 0, 0, 0],
    V: signature,
    P: page(file).dictionary,
  });
  page(file).annotations.push(field);
  field.end();
  pdf.initForm();
  const form = pdf._root.data.AcroForm;
  if (form === undefined) throw new Error('pdfkit made no form for the signature');
  form.data.NeedAppearances = undefined;
  Object.assign(form.data, { SigFlags: 3, Fields: [field] });
  return signature;
}

/**
 * Puts chain and revocation lists into the document (the DSS dictionary of ISO 32000-2), so that a verifier needs no
 * other file. In the same revision as the signature it leaves the level at BASELINE-B.
 */
export function embedValidationData(file: PdfFile, seal: CertifiedSigner): void {
  const { pdf } = file;
  const streams = (all: readonly Uint8Array[]): PdfReference[] =>
    all.map((bytes) => {
      const stream = pdf.ref({});
      stream.end(bytes);
      return stream;
    });
  const store = pdf.ref({ Type: 'DSS', Certs: streams(seal.chain), CRLs: streams(seal.crls) });
  store.end();
  pdf._root.data.DSS = store;
}

const page = (file: PdfFile) =>
  file.pdf.page as typeof file.pdf.page & { annotations: PdfReference[]; dictionary: PdfReference };

/** pdfkit writes an object's own text where it has one: the exact bytes of the placeholder are known. */
class RawDictionary {
  readonly #facts: SignatureFacts;

  constructor(facts: SignatureFacts) {
    this.#facts = facts;
  }

  /** Not a plain object: pdfkit then takes the text below. */
  get [Symbol.toStringTag](): string {
    return 'Signature';
  }

  toString(): string {
    const { signer, reason, at } = this.#facts;
    const date = at
      .toISOString()
      .replace(/\.\d+Z$/, '')
      .replaceAll(/[-:T]/g, '');
    return [
      `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached ${BYTE_RANGE}`,
      CONTENTS,
      `/M (D:${date}Z) /Name ${hexText(signer)} /Reason ${hexText(reason)} >>`,
    ].join('\n');
  }
}

/** A text string as UTF-16BE hex: no character of a name can end it. */
function hexText(text: string): string {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  return `<${bytes.toString('hex').toUpperCase()}>`;
}

/** Signs the closed file in place. Throws where the placeholder is not where it must be. */
export async function signPdf(
  path: string,
  signature: PdfReference,
  seal: CertifiedSigner,
  timestamper?: Timestamper,
): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(600);
    const offset = signature.offset ?? 0;
    await file.read(head, 0, head.length, offset);
    const text = head.toString('latin1');
    const range = text.indexOf(BYTE_RANGE);
    const contents = text.indexOf('/Contents <');
    if (range < 0 || contents < 0) throw new Error('the place of the signature is not where it was written');
    const from = offset + contents + '/Contents '.length;
    const to = from + ROOM * 2 + 2;
    const numbers = [from, to, size - to].map((value) => String(value).padEnd(10)).join(' ');
    await file.write(`/ByteRange [0 ${numbers}]`, offset + range, 'latin1');
    const digest = await digestOf(file, [
      [0, from],
      [to, size],
    ]);
    const cms = await signedData({
      digest,
      chain: seal.chain,
      sign: (message) => seal.sign(message),
      ...(timestamper === undefined ? {} : { timestamp: (imprint) => timestamper.timestamp(imprint) }),
    });
    if (cms.length > ROOM)
      throw new Error(`the signature takes ${cms.length} bytes, more than the ${ROOM} reserved`);
    await file.write(Buffer.from(cms).toString('hex'), from + 1, 'latin1');
    await file.sync();
  } finally {
    await file.close();
  }
}

async function digestOf(
  file: FileHandle,
  ranges: readonly (readonly [number, number])[],
): Promise<Uint8Array> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1024 * 1024);
  for (const [start, end] of ranges) {
    for (let at = start; at < end; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
      if (bytesRead === 0) throw new Error('the file became shorter while it was signed');
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  }
  return hash.digest();
}
