/** What was stated about one file: the receipt's settings with the rules that match its path. Pure. */
import type { ReadSettings, ReceiptSettings, SettingsRule } from '../core/receipt.ts';

/** Settings of one file; `format` may be `auto`. */
export type FileSettings = ReadSettings & { readonly format: string };

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

/** `*` within one folder, `**` across folders; see {@link SettingsRule}. Linear: no part can match in two ways. */
function patternOf(path: SettingsRule['path']): RegExp {
  const body = path
    .split('**')
    .map((part) => part.split('*').map(escaped).join('[^/]*'))
    .join('.*');
  return new RegExp(`${path.startsWith('/') ? '^' : '(?:^|/)'}${body}$`, 'su');
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');
