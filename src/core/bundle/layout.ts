/** The files of a bundle: names and forms, shared by who writes and who verifies. See `docs/record-format.md`. */
import type { Sha256 } from '../event.ts';
import type { RedactedRecord } from '../ledger/leaf.ts';
import type { LogName, SealedRecord } from '../record.ts';

export const REPORT = 'report.pdf';
export const RECORDS = 'records.ndjson';
export const CUSTODY = 'custody.ndjson';
export const HEADS = 'heads.json';
export const MANIFEST = 'manifest.json';
/** CMS, detached, over the bytes of the manifest. */
export const MANIFEST_SIGNATURE = 'manifest.json.p7s';
export const README = 'README.txt';
/** Unsigned template of a person's declaration. */
export const DECLARATION_TEMPLATE = 'declaration-template.txt';
/** DER for machines, PEM for people's tools. */
export const CHAIN = {
  rootDer: 'chain/root.crt',
  rootPem: 'chain/root.pem',
  sealDer: 'chain/seal.crt',
  sealPem: 'chain/seal.pem',
  crlDer: 'chain/seal.crl',
  crlPem: 'chain/seal.crl.pem',
  /** C2SP verifier keys of the logs in the bundle, one a line. */
  vkeys: 'chain/ledger.vkeys',
} as const;

/** Up to this many records each have a proof of their own; above, the tiles that cover them stand in `tiles/`. */
export const MOST_PROOFS = 5_000;

export const checkpointPath = (log: LogName): string => `checkpoints/${log}`;
export const proofPath = (log: LogName, leaf: number): string => `proofs/${log}/${leaf}.tlog-proof`;
/** `tile` is a name of `core/ledger/tiles.ts`. */
export const tilePath = (log: LogName, tile: string): string => `tiles/${log}/${tile}`;

/** Bytes of a file that a record holds. */
export const attachmentPath = (sha256: Sha256): string => `attachments/${sha256}`;

/** Bytes of a capture as they were received: only of one whose every record is in the bundle, and shown. */
export const originalPath = (sha256: Sha256): string => `originals/${sha256}`;

/** Where a line of records.ndjson stands: its log, and whether it only surrounds a hit. */
interface Standing {
  readonly log: LogName;
  readonly context?: boolean;
}

/** A sealed record as it is. */
export type BundleRecord = SealedRecord & Standing;

/** A record of which a production does not show all, with the reason. It leads to its leaf all the same. */
export type ClosedRecord = RedactedRecord &
  Standing & { readonly leaf: number } & (
    | { readonly withheld: string; readonly redacted?: undefined }
    | { readonly redacted: string; readonly withheld?: undefined }
  );

/** One line of records.ndjson (JCS). */
export type RecordLine = BundleRecord | ClosedRecord;

/** One line of custody.ndjson (JCS), in the order of records.ndjson. */
export type CustodyLine = ShownCustody | { readonly record: string; readonly withheld: true };

/** Where a record comes from. */
export interface ShownCustody {
  /** `m0/123` */
  readonly record: string;
  readonly withheld?: undefined;
  readonly captured: {
    readonly capture: string;
    readonly path: string;
    readonly receipt: string;
    /** Absent where the receipt's entry was not sealed yet. */
    readonly receivedAt?: string;
    /** Whose copy it is, where the source is one person's. */
    readonly perspective?: string;
  };
  readonly sealed: { readonly at: string };
  /** Further copies in which the same event was seen. */
  readonly observed: readonly {
    readonly record: string;
    readonly capture: string;
    readonly path: string;
    readonly sealedAt: string;
    readonly perspective?: string;
  }[];
}

/** heads.json (JCS): the newest act in control that names the heads of all logs, and how they grew until the export. */
export interface HeadsFile {
  readonly act: BundleRecord;
  /** Log → RFC 6962 consistency proof (base64 hashes) from the head in the act to the checkpoint in the bundle. */
  readonly consistency: {
    readonly [log: string]: { readonly from: number; readonly path: readonly string[] };
  };
}

export interface ManifestFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

/** What a production has that another export has not. */
export interface ManifestProduction {
  readonly volume: string;
  /** Bates numbers of the first and the last page of the report. */
  readonly first: string;
  readonly last: string;
  readonly withheld: number;
  readonly redacted: number;
}

export interface Manifest {
  /** 2: a production, some of whose records may be closed. */
  readonly v: 1 | 2;
  /** There in version 2 only. */
  readonly production?: ManifestProduction;
  readonly archive: string;
  /** UTC, ms. */
  readonly created: string;
  readonly records: { readonly total: number; readonly context: number };
  /** Whether each record has a proof of its own, or tiles cover them. */
  readonly proofs: 'single' | 'tiles';
  /** Every file but the manifest and its signature, by path. */
  readonly files: readonly ManifestFile[];
}
