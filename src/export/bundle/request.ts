/** What an export is asked for, and what comes of it. */
import type { ArchiveReader, Head } from '../../archive/reader.ts';
import type { Directory } from '../../core/directory/fold.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { CertifiedSigner, Timestamper } from '../../core/ports/signer.ts';
import type { RecordName } from '../../core/record.ts';
import type { ProductionFacts, ReportSettings, SelectionDescription } from '../report/facts.ts';
import type { ClosedFamily } from '../selection/closed.ts';

export interface ExportRequest {
  readonly reader: ArchiveReader;
  /** Names in any order; `context` marks what only surrounds a hit. A name may come twice; then a hit wins. */
  readonly hits: AsyncIterable<{ readonly name: RecordName; readonly context: boolean }>;
  /** Folder to make; must not exist, its parent must. */
  readonly out: string;
  readonly seal: CertifiedSigner;
  /** With it the report is signed at PAdES-BASELINE-T. */
  readonly timestamper?: Timestamper;
  readonly selection: SelectionDescription;
  readonly settings: ReportSettings;
  /** IANA zone in which days begin and times are printed. */
  readonly zone: string;
  /** By which people are known; default: nobody is. */
  readonly directory?: Directory;
  /** Of every log: the export is made as of these. Default: the newest. */
  readonly heads?: readonly Head[];
  /** Families that are not shown. */
  readonly closings?: readonly ClosedFamily[];
  /** Default: the export is a draft. */
  readonly production?: FixedProduction;
  readonly clock: Clock;
  readonly random: Random;
  readonly progress?: (step: ExportStep, done: number, total: number | undefined) => void;
}

/** A production, as its entry fixed it. */
export interface FixedProduction extends ProductionFacts {
  /** When its entry was sealed: the date on its pages. UTC, ms. */
  readonly created: number;
  /** What it must come out as; absent while that is being found out. */
  readonly fixed?: { readonly pages: number; readonly sha256: string };
}

/** What an export is doing, in this order. */
export type ExportStep =
  | 'selecting records'
  | 'reading records'
  | 'reading custody'
  | 'writing records'
  | 'writing attachments'
  | 'writing originals'
  | 'writing proofs'
  | 'writing report';

export interface ExportResult {
  readonly dir: string;
  readonly records: number;
  readonly context: number;
  readonly pages: number;
  /** Paths below `dir`. */
  readonly files: readonly string[];
}

/** What an export would come out as. */
export interface Measured {
  readonly records: number;
  readonly context: number;
  readonly withheld: number;
  readonly redacted: number;
  readonly pages: number;
  /** SHA-256 of records.ndjson. */
  readonly sha256: string;
}
