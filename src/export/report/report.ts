/**
 * The whole report: transcript first (its page numbers are then known), last pages, and the first pages, which are
 * moved to the front. A dry run of the first pages says how many there will be.
 */
import { X509Certificate } from 'node:crypto';
import type { CertifiedSigner, Timestamper } from '../../core/ports/signer.ts';
import { createPdf, type PdfFile } from '../pdf/file.ts';
import type { PdfReference } from '../pdf/internals.ts';
import { type Furniture, Sheet, writeTotal } from '../pdf/sheet.ts';
import { embedValidationData, reserveSignature, signPdf } from '../pdf/signature.ts';
import { batesNumber } from '../production/bates.ts';
import type { SelectionStore } from '../selection/store.ts';
import { drawBack } from './back.ts';
import type { CustodyFacts, ReportFacts } from './facts.ts';
import { drawFront, type FrontInput } from './front.ts';
import { drawTranscript } from './transcript.ts';

export interface ReportInput {
  /** Must not exist. */
  readonly path: string;
  readonly facts: ReportFacts;
  /** Arranged. */
  readonly store: SelectionStore;
  readonly custody: CustodyFacts;
  /** records.ndjson, where it is small enough to be attached. */
  readonly attachment?: { readonly name: string; readonly bytes: Uint8Array };
  readonly seal: CertifiedSigner;
  readonly timestamper?: Timestamper;
  readonly progress: (done: number, total: number) => void;
}

/** Writes and signs the report; answers its number of pages. On failure the file may be left behind: remove it. */
export async function writeReport(input: ReportInput): Promise<number> {
  const file = open(input);
  try {
    const total = file.pdf.ref({});
    const { pages, bookmarks, written } = await draw(file, input, total);
    const { facts } = input;
    if (input.attachment !== undefined) attach(file, input.attachment, facts.created);
    embedValidationData(file, input.seal);
    const signature = reserveSignature(file, {
      signer: facts.verification.signer.name,
      reason: 'Seal of the archive on an exported transcript',
      at: signingDate(facts.created, input.seal),
    });
    writeTotal(file, total, pages);
    file.moveToFront(written, bookmarks);
    await file.close();
    await signPdf(input.path, signature, input.seal, input.timestamper);
    return pages;
  } catch (error) {
    file.abandon();
    throw error;
  }
}

/** The number of pages that the same input comes to. The file may be left behind, empty. */
export async function measureReport(input: ReportInput): Promise<number> {
  const file = open(input);
  try {
    return (await draw(file, input)).pages;
  } finally {
    file.abandon();
  }
}

function open({ path, facts }: ReportInput): PdfFile {
  return createPdf({
    path,
    title: 'Transcript of electronic communications',
    author: facts.settings.firm?.name ?? facts.verification.archive,
    created: facts.created,
    paper: facts.settings.paper ?? 'letter',
  });
}

/** Draws everything; without `total`, the form that shows the number of pages, on dry sheets, which only count. */
async function draw(file: PdfFile, input: ReportInput, total?: PdfReference) {
  const { facts, store, custody } = input;
  const counts = store.counts();
  const furniture = furnitureOf(facts, counts.records);
  const front: Omit<FrontInput, 'pagesOf' | 'substituted'> = { facts, store, counts, custody };
  const dry = new Sheet(file, furniture, 0);
  drawFront(dry, { ...front, pagesOf: () => undefined, substituted: { different: 0, times: 0 } }, () => {});
  const frontPages = dry.page;

  const sheet = new Sheet(file, furniture, frontPages, total);
  const outline = file.pdf.outline;
  let current: PDFKit.PDFOutline | undefined;
  // Bookmarks stay in memory: a report of very many slices has them for conversations only.
  const slices = counts.slices <= 20_000;
  const result = await drawTranscript(sheet, facts.directory, store, counts.records, {
    bookmark: (title, level) => {
      if (sheet.dry) return;
      if (level === 0) current = outline.addItem(title.slice(0, 200));
      else if (slices) (current ?? outline).addItem(title);
    },
    progress: (done) => input.progress(done, counts.records),
  });
  const bookmark = (title: string): void => {
    if (!sheet.dry) outline.addItem(title);
  };
  const back = { facts, store, counts, pages: result.pages, custody, emoji: result.emoji };
  await drawBack(sheet, back, bookmark);
  const pages = sheet.page;
  const bookmarks = outline.children.length;
  const first = new Sheet(file, furniture, 0, total);
  drawFront(
    first,
    {
      ...front,
      pagesOf: (conversation) => result.conversations.get(conversation),
      substituted: substitutions(file),
    },
    bookmark,
  );
  if (first.page !== frontPages)
    throw new Error(`the first part took ${first.page} pages in place of ${frontPages}`);
  return { pages, bookmarks, written: pages - frontPages };
}

function furnitureOf(facts: ReportFacts, records: number): Furniture {
  const { settings, production } = facts;
  const name = settings.firm?.name ?? facts.verification.archive;
  const left = [name, settings.matter].filter((part) => part !== undefined).join('  ·  ');
  return {
    head: [left, production === undefined ? 'DRAFT' : `Volume ${production.volume}`],
    ...(production === undefined ? {} : { number: (page) => batesNumber(production.bates, page) }),
    foot: settings.legend ?? 'Transcript of electronic communications',
    // Some 18 records a page, and a line in appendix A for each.
    estimate: 12 + records / 17,
  };
}

function substitutions(file: PdfFile): { different: number; times: number } {
  const { substituted } = file.shaper;
  let times = 0;
  for (const count of substituted.values()) times += count;
  return { different: substituted.size, times };
}

function attach(file: PdfFile, { name, bytes }: { name: string; bytes: Uint8Array }, created: Date): void {
  const options = {
    name,
    type: 'application/x-ndjson',
    description: 'The records of this report, as sealed',
    creationDate: created,
    modifiedDate: created,
    relationship: 'Source',
  };
  file.pdf.file(Buffer.from(bytes), options);
}

/**
 * The date in the signature: that of the pages, so that rendering again gives the same bytes, unless the seal was made
 * later. A signature from before its certificate is none.
 */
function signingDate(dated: Date, { chain: [leaf] }: CertifiedSigner): Date {
  if (leaf === undefined) return dated;
  const from = new Date(new X509Certificate(leaf).validFrom);
  return from > dated ? from : dated;
}

/** Common name of the seal's certificate, for the page that names the signer. */
export function signerName(leaf: Uint8Array): string {
  return /(?:^|\n)CN=(.*)/.exec(new X509Certificate(leaf).subject)?.[1] ?? 'unknown';
}
