/** Which format reads which file of a receipt, decided by content, with the reason in words. */
import { HoldfastError } from '../core/errors.ts';
import { EXCLUSIONS, type ExclusionReason } from '../core/rejects.ts';
import type { Format, Probe, SourceFile } from './format.ts';
import { FORMATS } from './formats/index.ts';
import { isSqlite } from './reading/sqlite.ts';
import { schemaBehind } from './reading/sqlite-schema.ts';
import { decodeHead, readHead } from './reading/text.ts';
import { nameOf } from './source-name.ts';

const HEAD = 65_536;

/** Files that one format reads together. */
export interface Part {
  readonly format: Format;
  readonly files: readonly SourceFile[];
  /** Why this format, in words, for each of the files. */
  readonly reasons: readonly string[];
}

export interface Recognised {
  readonly parts: readonly Part[];
  readonly unknown: readonly SourceFile[];
  readonly excluded: readonly { readonly file: SourceFile; readonly reason: ExclusionReason }[];
  /** A format's name, `mixed`, or `unknown`. */
  readonly name: string;
  readonly reason: string;
}

/** The format of a name; throws `unknown-format` with the names that exist. `auto`: undefined. */
export function formatNamed(name: string): Format | undefined {
  if (name === 'auto') return undefined;
  const format = FORMATS.find((each) => each.name === name);
  if (format === undefined)
    throw new HoldfastError('unknown-format', `There is no format “${name.slice(0, 80)}”.`, {
      hint: `Use auto, or one of: ${FORMATS.map((each) => each.name).join(', ')}.`,
    });
  return format;
}

const SYSTEM = /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$|(?:^|\/)__MACOSX\//iu;

/** Judges a name only: what an operating system leaves behind. */
export const isSystemFile = (name: string): boolean => SYSTEM.test(name);

/** Distributes the files of a receipt over formats: those that their settings name, else those that know them. */
export async function recognise(files: readonly SourceFile[]): Promise<Recognised> {
  const excluded: { file: SourceFile; reason: ExclusionReason }[] = [];
  let rest: SourceFile[] = [];
  for (const file of files) {
    if (isSystemFile(nameOf(file))) excluded.push({ file, reason: 'system-file' });
    else if (file.size === 0) excluded.push({ file, reason: 'empty-file' });
    else rest.push(file);
  }
  const parts = new Map<Format, { files: SourceFile[]; reasons: string[] }>();
  const reasons = new Map<string, number>();
  const give = (format: Format, given: readonly SourceFile[], reason: string): void => {
    const list = parts.get(format) ?? { files: [], reasons: [] };
    parts.set(format, list);
    for (const file of given) {
      list.files.push(file);
      list.reasons.push(reason);
    }
    reasons.set(reason, (reasons.get(reason) ?? 0) + given.length);
  };
  const unknown: SourceFile[] = [];
  const stated = new Map<string, SourceFile[]>();
  rest = rest.filter((file) => {
    const { format } = file.settings;
    if (format === 'auto') return true;
    const list = stated.get(format) ?? [];
    stated.set(format, list);
    list.push(file);
    return false;
  });
  for (const [name, given] of stated) {
    const format = formatNamed(name);
    if (format !== undefined) give(format, given, 'stated for these files');
  }
  for (const format of FORMATS) {
    for (const group of format.folder?.groups(rest.map(nameOf)) ?? []) {
      const names = new Set(group);
      give(
        format,
        rest.filter((file) => names.has(nameOf(file))),
        `files laid out as ${format.title}`,
      );
      rest = rest.filter((file) => !names.has(nameOf(file)));
    }
  }
  for (const file of rest) {
    const found = detect(await probeOf(file));
    if (found === undefined) unknown.push(file);
    else give(found.format, [file], found.reason);
  }
  const names = [...parts.keys()].map((format) => format.name);
  return {
    parts: [...parts].map(([format, given]) => ({ format, ...given })),
    unknown,
    excluded,
    name: names.length === 0 ? 'unknown' : names.length === 1 ? (names[0] as string) : 'mixed',
    reason:
      reasons.size === 0
        ? excluded.length > 0 && unknown.length === 0
          ? EXCLUSIONS[excluded[0]?.reason ?? 'empty-file']
          : 'no format recognises the content'
        : [...reasons.keys()].slice(0, 3).join('; '),
  };
}

/** The best format for one file; the registry's order decides ties. */
export function detect(probe: Probe): { format: Format; confidence: number; reason: string } | undefined {
  let best: { format: Format; confidence: number; reason: string } | undefined;
  for (const format of FORMATS) {
    const found = format.detect(probe);
    if (found !== undefined && found.confidence > (best?.confidence ?? 0)) best = { format, ...found };
  }
  return best;
}

async function probeOf(file: SourceFile): Promise<Probe> {
  const first = await readHead(file, HEAD);
  const behind = isSqlite(first) ? await schemaBehind(file, first) : undefined;
  const head = behind === undefined || behind.length === 0 ? first : Buffer.concat([first, behind]);
  return { name: nameOf(file), head, text: decodeHead(head, file.settings.encoding) };
}
