/** What the report states beside the records themselves. Everything optional is left out where it is not known. */
import type { Directory } from '../../core/directory/fold.ts';
import type { Statement } from '../../core/record.ts';
import type { Bates } from '../production/bates.ts';

export interface ReportSettings {
  readonly firm?: { readonly name?: string; readonly crd?: string };
  readonly recipient?: string;
  /** Numbers of the request and of the item that this answers. */
  readonly request?: string;
  readonly item?: string;
  /** External reference of the matter: the only name of it that is ever printed. */
  readonly matter?: string;
  /** Confidentiality legend, on every page. */
  readonly legend?: string;
  /** Name and title. */
  readonly preparer?: string;
  readonly paper?: 'letter' | 'a4';
}

/** What makes a report a production; without it, it is a draft. */
export interface ProductionFacts {
  readonly volume: string;
  readonly bates: Bates;
  /** Of the last page. */
  readonly last: number;
}

/** How the records were chosen, in words for a reader who does not know the query language. */
export interface SelectionDescription {
  /** One criterion a line. */
  readonly criteria: readonly string[];
  /** The literal query; left out where the preparer does not permit it. */
  readonly query?: string;
  /** What could not be searched, and why. */
  readonly notSearched?: readonly string[];
  /** Which records around a hit were added. */
  readonly context?: string;
}

/** A source as the archive accounts for it. */
export interface SourceAccount {
  readonly path: string;
  readonly connector: string;
  readonly format: string;
  readonly receivedAt: string;
  readonly units: number;
  readonly events: number;
  readonly rejects: number;
  readonly excluded: number;
  readonly stated?: readonly Statement[];
  /** Records of this export that come from it. */
  readonly exported: number;
}

/** What was received by a connector in one format, up to the heads of the export: it was searched. */
export interface SearchedSource {
  readonly connector: string;
  readonly format: string;
  readonly receipts: number;
  readonly events: number;
  readonly rejects: number;
}

/** Further copies of these records that somebody had. */
export interface Copies {
  readonly network: string;
  /** Whose they are, where the source says so. */
  readonly perspective?: string;
  readonly copies: number;
  /** Instant of the first record among them. */
  readonly first: string;
}

/** The exceptions that a reader must know of. */
export interface Exceptions {
  /** Rejects of the sources above, by code. */
  readonly rejects: readonly { readonly code: string; readonly count: number }[];
  /** Records of this export that were seen in another copy too. */
  readonly observed: number;
  /** Originals that would belong here and that the vault does not have. */
  readonly absent: number;
}

export interface CaptureLine {
  readonly capture: string;
  readonly path: string;
  readonly receivedAt: string;
  readonly records: number;
  readonly sealedFirst: string;
  readonly sealedLast: string;
  readonly observed: number;
  /** `here`: its bytes are in the bundle. `kept`: it holds more than these records. `absent`: the vault has it no more. */
  readonly original: 'here' | 'kept' | 'absent';
}

/** Where the records come from, and what became of their sources. */
export interface CustodyFacts {
  accounts(): Iterable<SourceAccount>;
  exceptions(): Exceptions;
  searched(): readonly SearchedSource[];
  copies(): readonly Copies[];
  /** In the order of their first record; the position, from 1, is the number that appendix A cites. */
  captures(): Iterable<CaptureLine>;
  /** Number of the capture of a record, by the record's number; undefined for one that is withheld. */
  captureOf(number: number): number | undefined;
}

export interface VerificationFacts {
  readonly archive: string;
  /** Name of each log with the size and root (base64) of the checkpoint in the bundle. */
  readonly heads: readonly { readonly log: string; readonly size: number; readonly root: string }[];
  /** SHA-256 fingerprints of the seal's certificate and of its root. */
  readonly signer: { readonly name: string; readonly fingerprint: string; readonly root: string };
  readonly level: 'PAdES-BASELINE-B' | 'PAdES-BASELINE-T';
  /** SHA-256 of records.ndjson, and whether it is attached to the report. */
  readonly records: { readonly sha256: string; readonly attached: boolean };
}

export interface ReportFacts {
  readonly settings: ReportSettings;
  readonly selection: SelectionDescription;
  readonly verification: VerificationFacts;
  readonly created: Date;
  readonly zone: string;
  readonly production?: ProductionFacts;
  /** By which people are known. */
  readonly directory: Directory;
}
