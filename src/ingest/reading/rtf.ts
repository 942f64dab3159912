/**
 * The readable text of RTF as chat clients write it (RTF 1.9.1): control words that end lines, escapes, and groups that
 * are no text. One pass, no recursion; pictures and objects are passed over.
 */
import { TextDecoder } from 'node:util';

export const isRtf = (text: string): boolean => text.trimStart().startsWith('{\\rtf');

/** Groups whose content is no text of the document. */
const SILENT = new Set(
  'fonttbl colortbl stylesheet info pict object listtable listoverridetable generator themedata datastore xmlnstbl header footer footnote fldinst'.split(
    ' ',
  ),
);
const CHARACTERS: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  sect: '\n',
  page: '\n',
  row: '\n',
  cell: '\t',
  tab: '\t',
  emdash: '—',
  endash: '–',
  bullet: '•',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  emspace: ' ',
  enspace: ' ',
};
const TOKEN =
  /\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([\da-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+/gu;
const MAX_DEPTH = 4096;

export function rtfText(source: string): string {
  const out: string[] = [];
  const silence: boolean[] = [];
  const skips: number[] = [];
  let silent = false;
  let starred = false;
  /** Characters after `\u` that stand for it in old readers. */
  let fallback = 1;
  let skip = 0;
  let bytes: number[] = [];
  let codePage = 'windows-1252';
  const flush = (): void => {
    if (bytes.length > 0) out.push(new TextDecoder(codePage).decode(Buffer.from(bytes)));
    bytes = [];
  };
  const put = (text: string): void => {
    if (silent) return;
    flush();
    out.push(text);
  };
  for (const match of source.matchAll(TOKEN)) {
    const [, word, number, hex, symbol, brace, plain] = match;
    if (brace === '{') {
      if (silence.length >= MAX_DEPTH) break;
      silence.push(silent);
      skips.push(fallback);
      starred = false;
    } else if (brace === '}') {
      silent = silence.pop() ?? false;
      fallback = skips.pop() ?? 1;
      starred = false;
    } else if (word !== undefined) {
      const code = Number(number ?? 0);
      if (SILENT.has(word) || starred) silent = true;
      else if (word === 'u' && !silent) {
        put(String.fromCharCode(code < 0 ? code + 65_536 : code));
        skip = fallback;
      } else if (word === 'uc') fallback = Math.min(Math.max(code, 0), 8);
      else if (word === 'ansicpg') codePage = pageOf(code) ?? codePage;
      else if (CHARACTERS[word] !== undefined) put(CHARACTERS[word] ?? '');
      starred = false;
    } else if (hex !== undefined) {
      if (skip > 0) skip--;
      else if (!silent) bytes.push(Number.parseInt(hex, 16));
    } else if (symbol !== undefined) {
      if (symbol === '*') starred = true;
      else if (symbol === '~') put('\u00a0');
      else if (symbol === '\n' || symbol === '\r') put('\n');
      else if (symbol === '\\' || symbol === '{' || symbol === '}') put(symbol);
    } else if (plain !== undefined) {
      const text = skip > 0 ? plain.slice(skip) : plain;
      skip = Math.max(0, skip - plain.length);
      if (text !== '') put(text);
    }
  }
  flush();
  return out.join('').toWellFormed().replace(/\n$/u, '');
}

function pageOf(code: number): string | undefined {
  const name =
    code === 932 ? 'shift_jis' : code === 936 ? 'gbk' : code === 65_001 ? 'utf-8' : `windows-${code}`;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}
