/** The files of a bundle: names and forms, shared by who writes and who verifies. See `docs/record-format.md`. */
import type { Sha256 } from '../event.ts';
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

/** One line of records.ndjson (JCS): a sealed record, its log, and whether it only surrounds a hit. */
export type BundleRecord = SealedRecord & { readonly log: LogName; readonly context?: boolean };

/** One line of custody.ndjson (JCS), in the order of records.ndjson. */
export interface CustodyLine {
  /** `m0/123` */
  readonly record: string;
  readonly captured: {
    readonly capture: string;
    readonly path: string;
    readonly receipt: string;
    /** Absent where the receipt's entry was not sealed yet. */
    readonly receivedAt?: string;
  };
  readonly sealed: { readonly at: string };
  /** Further copies in which the same event was seen. */
  readonly observed: readonly {
    readonly record: string;
    readonly capture: string;
    readonly path: string;
    readonly sealedAt: string;
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

export interface Manifest {
  readonly v: 1;
  readonly archive: string;
  /** UTC, ms. */
  readonly created: string;
  readonly records: { readonly total: number; readonly context: number };
  /** Whether each record has a proof of its own, or tiles cover them. */
  readonly proofs: 'single' | 'tiles';
  /** Every file but the manifest and its signature, by path. */
  readonly files: readonly ManifestFile[];
}
