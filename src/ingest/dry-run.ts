/** What an ingest would take in, file by file, with everything that reading it assumes. Nothing is stored. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Event } from '../core/event.ts';
import { sha256Hex } from '../core/hash.ts';
import type { Vault } from '../core/ports/vault.ts';
import { type ReadSettings, receiptNames } from '../core/receipt.ts';
import type { Statement } from '../core/record.ts';
import { openCaptures } from './containers.ts';
import { databaseInput } from './database/postgres.ts';
import type { SourceFile } from './format.ts';
import type { Skipped } from './ingest-types.ts';
import { type PlacedOutcome, parse } from './parse.ts';
import { type Recognised, recognise } from './recognise.ts';
import { checkSettings, type StatedSettings } from './settings.ts';
import { nameOf } from './source-name.ts';
import { absolute, type Input, type InputFile, isDatabase, walk } from './walk.ts';

/** People and accounts that are counted one by one; beyond, their number is said to be at least this. */
const MAX_COUNTED = 100_000;
/** People and accounts that are named. */
const MAX_NAMED = 20;

/** What one file would come to: a capture, or a member of one. */
export interface Forecast {
  /** Path, then `!/` and the member where there is one. */
  readonly name: string;
  /** Name of the format; null: nothing reads it. */
  readonly format: string | null;
  /** Why, in words. */
  readonly reason: string;
  /** What is stated about it. */
  readonly settings: ReadSettings;
  readonly units: number;
  readonly events: number;
  readonly rejects: Counts;
  readonly excluded: Counts;
  readonly networks: readonly string[];
  /** Whose copy it is, where it is one person's. */
  readonly accounts: Named;
  readonly people: Named;
  /** First and last instant of its events. */
  readonly period: { readonly from: string; readonly to: string } | null;
  /** Zone and where it comes from, `America/New_York (assumed)` → events. */
  readonly zones: Counts;
  /** What was changed or assumed while reading: code of the repair, and to what it was applied → events. */
  readonly repairs: Counts;
}

export type Counts = { readonly [what: string]: number };

export interface Named {
  readonly total: number;
  /** There are more than are counted. */
  readonly more: boolean;
  /** The first of them, in order. */
  readonly first: readonly string[];
}

export interface DryRunOptions {
  readonly paths: readonly string[];
  readonly settings?: StatedSettings;
  /** Takes the forecast of each file, in order. */
  readonly file: (forecast: Forecast) => void;
  readonly skipped: (skipped: Skipped) => void;
  readonly stated: (statement: Statement) => void;
  readonly progress?: (files: number) => void;
}

/** Reads everything below `paths` as ingest would. Throws what ingest throws before it receives anything. */
export async function dryRun(options: DryRunOptions): Promise<void> {
  const settings = checkSettings(options.settings ?? {});
  let files = 0;
  for (const path of await absolute(options.paths))
    for await (const input of inputsAt(path, options.skipped)) {
      const disk = new DiskCaptures(input.files);
      const opened = await openCaptures(disk, disk.captures, settings);
      try {
        const recognised = await recognise(opened.files);
        const forecasts = new Forecasts(recognised);
        for await (const batch of parse('0'.repeat(64), opened, recognised, options.stated)) {
          for (const placed of batch) forecasts.add(placed);
          options.progress?.(files);
        }
        for (const forecast of forecasts.all()) options.file(forecast);
      } finally {
        await opened.close();
      }
      files += input.files.length;
      options.progress?.(files);
    }
}

const inputsAt = (path: string, skip: (skipped: Skipped) => void): AsyncIterable<Input> =>
  isDatabase(path) ? databaseInput(path, skip) : walk(path, skip);

/** Files where they lie, under the names that captures of them would have; their digests are not asked for. */
class DiskCaptures implements Pick<Vault, 'read'> {
  readonly captures: readonly { readonly path: string; readonly sha256: string; readonly size: number }[];
  readonly #files = new Map<string, InputFile>();

  constructor(files: readonly InputFile[]) {
    this.captures = files.map((file) => {
      const sha256 = sha256Hex(file.path);
      this.#files.set(receiptNames.capture(sha256), file);
      return { path: file.path, sha256, size: file.size };
    });
  }

  async *read(name: string, range?: { offset: number; length: number }): AsyncIterable<Uint8Array> {
    const file = this.#files.get(name);
    if (file === undefined) return;
    const handle = await open(file.raw, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const end = Math.min(file.size, range === undefined ? file.size : range.offset + range.length);
      for (let at = range?.offset ?? 0; at < end; ) {
        const buffer = Buffer.allocUnsafe(Math.min(262_144, end - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }
}

/** Forecasts of the files of one receipt. */
class Forecasts {
  readonly #byName = new Map<string, Tally>();

  constructor(recognised: Recognised) {
    const add = (file: SourceFile, format: string | null, reason: string): void => {
      const { format: _format, ...settings } = file.settings;
      this.#byName.set(nameOf(file), new Tally(nameOf(file), format, reason, settings));
    };
    for (const { format, files, reasons } of recognised.parts)
      for (const [i, file] of files.entries()) add(file, format.name, reasons[i] ?? '');
    for (const { file, reason } of recognised.excluded) add(file, null, reason);
    for (const file of recognised.unknown) add(file, null, 'no format recognises the content');
  }

  add(placed: PlacedOutcome): void {
    const { path, position } = placed;
    const name = position.member === undefined ? path : `${path}!/${position.member}`;
    let tally = this.#byName.get(name);
    if (tally === undefined) {
      const around = this.#around(name);
      tally =
        around === undefined
          ? new Tally(name, null, 'it cannot be unpacked', {})
          : new Tally(name, around, 'a part of a file that this format reads', {});
      this.#byName.set(name, tally);
    }
    tally.add(placed.outcome);
  }

  /** The format that opened the file in which this one lies, where a format did. */
  #around(name: string): string | undefined {
    for (let at = name.lastIndexOf('!/'); at !== -1; at = name.lastIndexOf('!/', at - 1)) {
      const format = this.#byName.get(name.slice(0, at))?.format;
      if (format !== undefined && format !== null) return format;
    }
    return undefined;
  }

  *all(): Iterable<Forecast> {
    for (const name of [...this.#byName.keys()].sort()) {
      const tally = this.#byName.get(name);
      if (tally !== undefined) yield tally.forecast();
    }
  }
}

class Tally {
  readonly #name: string;
  readonly #format: string | null;
  readonly #reason: string;
  readonly #settings: ReadSettings;
  #events = 0;
  readonly #rejects = new Counter();
  readonly #excluded = new Counter();
  readonly #networks = new Set<string>();
  readonly #accounts = new Set<string>();
  readonly #people = new Set<string>();
  readonly #zones = new Counter();
  readonly #repairs = new Counter();
  #from = '';
  #to = '';

  constructor(name: string, format: string | null, reason: string, settings: ReadSettings) {
    this.#name = name;
    this.#format = format;
    this.#reason = reason;
    this.#settings = settings;
  }

  get format(): string | null {
    return this.#format;
  }

  add(outcome: PlacedOutcome['outcome']): void {
    if (outcome.type === 'reject') this.#rejects.add(outcome.code);
    else if (outcome.type === 'excluded') this.#excluded.add(outcome.reason);
    else this.#event(outcome.event);
  }

  #event(event: Event): void {
    const { at, provenance } = event;
    this.#events++;
    this.#networks.add(event.network);
    if (provenance.perspective !== undefined) this.#accounts.add(provenance.perspective);
    for (const { address } of [event.sender, event.actor, ...(event.recipients ?? [])].filter(
      (party) => party !== undefined,
    ))
      if (this.#people.size <= MAX_COUNTED) this.#people.add(address);
    if (this.#from === '' || at.instant < this.#from) this.#from = at.instant;
    if (at.instant > this.#to) this.#to = at.instant;
    this.#zones.add(`${at.zone ?? 'UTC'} (${at.zoneSource})`);
    for (const { code, what } of provenance.repairs ?? [])
      this.#repairs.add(what === undefined ? code : `${code} (${what})`);
  }

  forecast(): Forecast {
    const rejects = this.#rejects.counts();
    const excluded = this.#excluded.counts();
    return {
      name: this.#name,
      format: this.#format,
      reason: this.#reason,
      settings: this.#settings,
      units: this.#events + sum(rejects) + sum(excluded),
      events: this.#events,
      rejects,
      excluded,
      networks: [...this.#networks].sort(),
      accounts: named(this.#accounts),
      people: named(this.#people),
      period: this.#events === 0 ? null : { from: this.#from, to: this.#to },
      zones: this.#zones.counts(),
      repairs: this.#repairs.counts(),
    };
  }
}

/** Counts by name, of so many names at most. */
class Counter {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    const key = this.#counts.has(what) || this.#counts.size < 1000 ? what : 'others';
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  counts(): Counts {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

const sum = (counts: Counts): number => Object.values(counts).reduce((total, count) => total + count, 0);

const named = (all: ReadonlySet<string>): Named => ({
  total: Math.min(all.size, MAX_COUNTED),
  more: all.size > MAX_COUNTED,
  first: [...all].sort().slice(0, MAX_NAMED),
});
