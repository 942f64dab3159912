/**
 * The whole report: transcript first (its page numbers are then known), last pages, and the first pages, which are
 * moved to the front. A dry run of the first pages says how many there will be.
 */
import { X509Certificate } from 'node:crypto';
import type { CertifiedSigner, Timestamper } from '../../core/ports/signer.ts';
import { createPdf, type PdfFile } from '../pdf/file.ts';
import { type Furniture, Sheet, writeTotal } from '../pdf/sheet.ts';
import { embedValidationData, reserveSignature, signPdf } from '../pdf/signature.ts';
import type { SelectionStore } from '../selection/store.ts';
import { type BackInput, drawBack } from './back.ts';
import type { ReportFacts } from './facts.ts';
import { drawFront, type FrontInput } from './front.ts';
import { drawTranscript } from './transcript.ts';

export interface ReportInput {
  /** Must not exist. */
  readonly path: string;
  readonly facts: ReportFacts;
  /** Arranged. */
  readonly store: SelectionStore;
  readonly accounts: FrontInput['accounts'];
  readonly exceptions: FrontInput['exceptions'];
  readonly captures: BackInput['captures'];
  readonly captureNumber: BackInput['captureNumber'];
  /** records.ndjson, where it is small enough to be attached. */
  readonly attachment?: { readonly name: string; readonly bytes: Uint8Array };
  readonly seal: CertifiedSigner;
  readonly timestamper?: Timestamper;
  readonly progress: (done: number, total: number) => void;
}

export interface ReportResult {
  readonly pages: number;
  readonly substituted: { readonly different: number; readonly times: number };
}

/** Writes and signs the report. On failure the file may be left behind, unfinished: remove it. */
export async function writeReport(input: ReportInput): Promise<ReportResult> {
  const { facts } = input;
  const file = createPdf({
    path: input.path,
    title: 'Transcript of electronic communications',
    author: facts.settings.firm?.name ?? facts.verification.archive,
    created: facts.created,
    paper: facts.settings.paper ?? 'letter',
  });
  try {
    const { pages, signature } = await draw(file, input);
    await file.close();
    await signPdf(input.path, signature, input.seal, input.timestamper);
    return { pages, substituted: substitutions(file) };
  } catch (error) {
    file.abandon();
    throw error;
  }
}

async function draw(file: PdfFile, input: ReportInput) {
  const { facts, store } = input;
  const counts = store.counts();
  const furniture = furnitureOf(facts, counts.records);
  const front: Omit<FrontInput, 'pagesOf' | 'substituted'> = {
    facts,
    store,
    counts,
    accounts: input.accounts,
    exceptions: input.exceptions,
  };
  const dry = new Sheet(file, furniture, 0);
  drawFront(dry, { ...front, pagesOf: () => undefined, substituted: { different: 0, times: 0 } }, () => {});
  const frontPages = dry.page;

  const total = file.pdf.ref({});
  const sheet = new Sheet(file, furniture, frontPages, total);
  const outline = file.pdf.outline;
  let current: PDFKit.PDFOutline | undefined;
  // Bookmarks stay in memory: a report of very many slices has them for conversations only.
  const slices = counts.slices <= 20_000;
  const result = await drawTranscript(sheet, store, counts.records, {
    bookmark: (title, level) => {
      if (level === 0) current = outline.addItem(title.slice(0, 200));
      else if (slices) (current ?? outline).addItem(title);
    },
    progress: (done) => input.progress(done, counts.records),
  });
  const bookmark = (title: string): void => {
    outline.addItem(title);
  };
  await drawBack(
    sheet,
    {
      facts,
      store,
      counts,
      pages: result.pages,
      captures: input.captures,
      captureNumber: input.captureNumber,
      emoji: result.emoji,
    },
    bookmark,
  );
  const pages = sheet.page;
  const written = pages - frontPages;
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
  if (input.attachment !== undefined) attach(file, input.attachment, facts.created);
  embedValidationData(file, input.seal);
  const signature = reserveSignature(file, {
    signer: facts.verification.signer.name,
    reason: 'Seal of the archive on an exported transcript',
    at: facts.created,
  });
  writeTotal(file, total, pages);
  file.moveToFront(written, bookmarks);
  return { pages, signature };
}

function furnitureOf(facts: ReportFacts, records: number): Furniture {
  const { settings } = facts;
  const name = settings.firm?.name ?? facts.verification.archive;
  const left = [name, settings.matter].filter((part) => part !== undefined).join('  ·  ');
  return {
    head: [left, 'DRAFT'],
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

/** Common name of the seal's certificate, for the page that names the signer. */
export function signerName(leaf: Uint8Array): string {
  return /(?:^|\n)CN=(.*)/.exec(new X509Certificate(leaf).subject)?.[1] ?? 'unknown';
}
