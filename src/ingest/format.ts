/**
 * A format: how transcripts are written down. To add one: a file in `formats/` that exports a `Format`, a folder of
 * fixtures, a line in `formats/index.ts`. `test/ingest/laws.test.ts` then holds it to the common laws.
 */
import type { Event, Sha256 } from '../core/event.ts';
import type { Statement } from '../core/record.ts';
import type { ExclusionReason, RejectCode } from '../core/rejects.ts';
import type { FileSettings } from './rules.ts';

/** Largest unit of input in bytes; anything longer is a reject, so that memory stays bounded. */
export const MAX_UNIT = 8 * 1024 * 1024;
/** Largest event as JSON, bytes of UTF-8. */
export const MAX_EVENT = 4 * 1024 * 1024;
/** Deepest nesting of JSON that is read. */
export const MAX_DEPTH = 64;

/** One file as a format reads it: a capture, or a member of one. */
export interface SourceFile {
  readonly capture: Sha256;
  /** Path of the captured file as it was received. */
  readonly path: string;
  /** Member inside the capture (see `Position.member`). */
  readonly member?: string;
  /** Bytes, as the container states them. */
  readonly size: number;
  /** What was stated about this very file. */
  readonly settings: FileSettings;
  /**
   * The bytes from the start, in chunks; may be called again. Where a container is damaged they end early, and
   * `damage` says so afterwards. Rejects only when the vault itself fails.
   */
  open(): AsyncIterable<Uint8Array>;
  damage(): Damage | undefined;
}

/** A container that could not be unpacked whole. */
export interface Damage {
  readonly code: RejectCode;
  /** Bytes that could be unpacked. */
  readonly offset: number;
  readonly detail?: string;
}

/** What a format is given to read: the files of one receipt that it recognised. */
export interface Source {
  readonly receipt: Sha256;
  readonly files: readonly SourceFile[];
  /** To be called for every count or sequence that the source states of itself, when it has been compared. */
  state(statement: Statement): void;
}

/** What became of one unit of input. */
export type Outcome =
  | { readonly type: 'event'; readonly event: Event; readonly holdings?: readonly Holding[] }
  | { readonly type: 'reject'; readonly code: RejectCode; readonly detail?: string; readonly part?: string }
  | { readonly type: 'excluded'; readonly reason: ExclusionReason };

/**
 * Bytes of an attachment that the source holds: another file of the export, or a part of the unit itself. Carrying
 * stores them once by their hash and writes size, digest and `held` into the event's attachment of this index.
 */
export interface Holding {
  readonly attachment: number;
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * A stretch of a file that holds `units` units, found before any of it is interpreted. `read` interprets it and gives
 * exactly `units` outcomes, one by one where they can be many; frames are read once each, in the order of framing.
 */
export interface Frame {
  readonly file: SourceFile;
  /** Bytes from the start of the (unpacked) file. */
  readonly offset: number;
  readonly length: number;
  readonly units: number;
  read(): Iterable<Outcome>;
}

/** What detection looks at: a name and the first bytes, never the whole file. */
export interface Probe {
  /** Path as received, then `!/` and the member where there is one. */
  readonly name: string;
  /** First 64 KiB, or all where that is less; of a SQLite file what of its schema lies behind them, too. */
  readonly head: Uint8Array;
  /** `head` as text, in the encoding that it shows. */
  readonly text: string;
}

export interface Detection {
  /** 0 to 1; the highest wins, then the order of the registry. */
  readonly confidence: number;
  /** Why, in words: shown by `ingest`. */
  readonly reason: string;
}

/** A product that people used, and how far reading its transcripts was proven. Never claims more than was shown. */
export interface System {
  readonly name: string;
  /**
   * `real sample`: files that the product wrote; `documented schema`: files made from its published schema;
   * `synthetic only`: files made from what other parsers and descriptions say; `generic gateway`: nothing is published,
   * what it passes on is read as mail, FileDump or syslog.
   */
  readonly proven: 'real sample' | 'documented schema' | 'synthetic only' | 'generic gateway' | 'own format';
  /** What holds for this product alone, in a sentence. */
  readonly note?: string;
}

export interface Format {
  /** Name for `--format` and in records; frozen once used. */
  readonly name: string;
  readonly title: string;
  /** Networks that it yields; `any` where the input or `--network` says. */
  readonly networks: readonly string[];
  /** Every product whose transcripts it reads: a row of `docs/sources.md` each. */
  readonly systems: readonly System[];
  /** What is one unit of input, in a sentence. */
  readonly unit: string;
  /** What it cannot do, in sentences. */
  readonly limits: readonly string[];
  /** Markdown for `docs/formats.md`, where the format is ours to define. */
  readonly reference?: string;
  /** Recognises one file by its content. */
  detect(probe: Probe): Detection | undefined;
  /** Only for formats that are several files, read together as one receipt. */
  readonly folder?: {
    /** A folder is looked at only where it holds a file or folder of such a name, directly. */
    marks(name: string): boolean;
    /** The files among `names` that belong together, each group one receipt, by names alone; no name is in two. */
    groups(names: readonly string[]): readonly (readonly string[])[];
  };
  /** Tables of a server's database, in small letters, that can be read while it is in use (`ingest postgresql://…`). */
  readonly tables?: readonly string[];
  /** Frames all files in order, in bounded memory, a batch at a time. */
  frames(source: Source): AsyncIterable<readonly Frame[]>;
}
