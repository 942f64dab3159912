/** One XML element without content, read without a parser: backups hold millions of them, and nothing else. */
import type { XmlNode } from './xml.ts';

const NAME = /<([A-Za-z_][\w.-]*)/y;
const ATTRIBUTE = / +([A-Za-z_][\w.-]*)="([^"<\t\n\r]*)"/y;
const END = / *\/>$/y;

/**
 * The element, where it is of the plainest form: `<name a="…" b="…" />`. Two references that together are one character
 * beyond the first plane become that character, which XML has not and exporters write. Undefined for anything else,
 * which is for `parseXml` to judge.
 */
export function emptyElement(text: string): XmlNode | undefined {
  NAME.lastIndex = 0;
  const name = NAME.exec(text)?.[1];
  if (name === undefined) return undefined;
  const attributes: Record<string, string> = {};
  let at = NAME.lastIndex;
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const match = ATTRIBUTE.exec(text);
    if (match === null) break;
    const [, key, raw] = match;
    const value = key === undefined || raw === undefined ? undefined : decoded(raw);
    if (key === undefined || value === undefined || Object.hasOwn(attributes, key)) return undefined;
    attributes[key] = value;
    at = ATTRIBUTE.lastIndex;
  }
  END.lastIndex = at;
  return END.test(text) ? { name, attributes, children: [], text: '' } : undefined;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** What XML has no way to write. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/u;

/** A value with its references replaced; undefined where one is not known or means no character. */
function decoded(raw: string): string | undefined {
  let plain = raw;
  if (raw.includes('&')) {
    let sound = true;
    plain = raw.replaceAll(
      /&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos))?;?/gu,
      (all, dec, hex, name) => {
        if (!all.endsWith(';')) sound = false;
        if (name !== undefined) return NAMED[name] ?? '';
        const code = dec === undefined ? Number.parseInt(hex ?? '', 16) : Number(dec);
        if (Number.isNaN(code) || code > 0x10ffff) {
          sound = false;
          return '';
        }
        return String.fromCodePoint(code);
      },
    );
    if (!sound) return undefined;
  }
  return plain.isWellFormed() && !FORBIDDEN.test(plain) ? plain : undefined;
}
