/** What was stated about one file: the receipt's settings with the rules that match its path. Pure. */
import type { ReadSettings, ReceiptSettings, SettingsRule } from '../core/receipt.ts';

/** Settings of one file; `format` may be `auto`. */
export type FileSettings = ReadSettings & { readonly format: string };

/** A pattern can be tried in many ways for each wildcard that it has. */
export const MAX_WILDCARDS = 8;
export const wildcardsIn = (path: string): number => path.split(/\*+/u).length - 1;

/** The settings of a file by its name: path as received, then `!/` and the member where there is one. */
export function settingsByName(settings: ReceiptSettings): (name: string) => FileSettings {
  const { rules = [], ...base } = settings;
  if (rules.length === 0) return () => base;
  const compiled = rules.map(({ path, ...stated }) => ({ matches: patternOf(path), stated }));
  return (name) =>
    Object.assign(
      { ...base },
      ...compiled.filter(({ matches }) => matches.test(name)).map(({ stated }) => stated),
    );
}

/** The settings with only those rules that match one of the files: what a receipt records. */
export function settingsFor(settings: ReceiptSettings, names: readonly string[]): ReceiptSettings {
  const { rules = [], ...base } = settings;
  const matching = rules.filter(({ path }) => {
    const pattern = patternOf(path);
    return names.some((name) => pattern.test(name));
  });
  return { ...base, ...(matching.length > 0 && { rules: matching }) };
}

/** `*` within one folder, `**` across folders; see {@link SettingsRule}. */
function patternOf(path: SettingsRule['path']): RegExp {
  const body = path
    .split('**')
    .map((part) => part.split('*').map(escaped).join('[^/]*'))
    .join('.*');
  return new RegExp(`${path.startsWith('/') ? '^' : '(?:^|/)'}${body}$`, 'su');
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
