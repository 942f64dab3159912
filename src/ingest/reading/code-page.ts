/**
 * Which code page bytes without a mark are in, when they are not UTF-8. Each candidate's reading is scored by what
 * people write in its languages; the best wins when it is clearly better than Windows-1252, which is what remains.
 * The scores are frozen: the text of sealed messages depends on them.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { cyrillicScore, westernScore } from './code-page-letters.ts';
import { chineseScore, japaneseScore } from './code-page-pairs.ts';

/** Names as the WHATWG has them. */
export type CodePage = string;

export const FALLBACK: CodePage = 'windows-1252';

/** Points for a reading; the number of bytes that they stand for is the same for all candidates. */
type Score = (text: string) => number;

/** A later one needs {@link AHEAD} of an earlier one too: Windows wrote more of these files than Unix and DOS. */
const CANDIDATES: readonly (readonly [CodePage, Score])[] = [
  [FALLBACK, westernScore],
  ['macintosh', westernScore],
  ['windows-1251', cyrillicScore],
  ['koi8-r', cyrillicScore],
  ['ibm866', cyrillicScore],
  ['shift_jis', japaneseScore],
  ['gbk', chineseScore],
];

/** Points a byte that a reading needs, and needs more than Windows-1252 has. */
const ENOUGH = 0.35;
const AHEAD = 0.15;
/** Bytes that are looked at. */
const SAMPLE = 65_536;

/** The code page of the lines in `bytes` that are not UTF-8. `windows-1252` where nothing else is clearly better. */
export function detectCodePage(bytes: Buffer): CodePage {
  const lines = legacyLines(bytes);
  const high = lines.reduce((sum, line) => sum + highBytes(line), 0);
  if (high === 0) return FALLBACK;
  let best = FALLBACK;
  let most = 0;
  let western = 0;
  const sample = join(lines);
  for (const [page, score] of CANDIDATES) {
    const points = score(decoderOf(page).decode(sample)) / high;
    if (page === FALLBACK) western = points;
    else if (points >= ENOUGH && points > western + AHEAD && points > most + (most > 0 ? AHEAD : 0)) {
      best = page;
      most = points;
    }
  }
  return best;
}

/** Eight good sequences to a bad one: UTF-8 with a cut or a wrong byte in it, and no code page. */
export function isDamagedUtf8(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  let good = 0;
  let bad = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0xfffd) bad++;
    else if (c >= 0x80) good++;
  }
  return bad > 0 && good >= bad * 8;
}

/** Lines that are not UTF-8, up to {@link SAMPLE} bytes of them. */
function legacyLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let size = 0;
  for (let at = 0; at < bytes.length && size < SAMPLE; ) {
    const end = bytes.indexOf(10, at);
    const line = bytes.subarray(at, Math.min(end === -1 ? bytes.length : end, at + SAMPLE - size));
    at = end === -1 ? bytes.length : end + 1;
    if (isAscii(line) || isUtf8(line) || isDamagedUtf8(line)) continue;
    lines.push(line);
    size += line.length;
  }
  return lines;
}

const LF = Buffer.from('\n');
const join = (lines: readonly Buffer[]): Buffer => Buffer.concat(lines.flatMap((line) => [line, LF]));

function highBytes(line: Buffer): number {
  let count = 0;
  for (const byte of line) if (byte >= 0x80) count++;
  return count;
}

const decoders = new Map<CodePage, TextDecoder>();

/** The decoder of a page that {@link codePageNamed} knows. */
export function decoderOf(page: CodePage): TextDecoder {
  const known = decoders.get(page);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(page, { ignoreBOM: true });
  decoders.set(page, decoder);
  return decoder;
}

/**
 * The page of any name that the WHATWG has for it. Undefined: there is none, or ASCII does not stand for itself in it,
 * so that nothing can be framed byte by byte.
 */
export function codePageNamed(name: string): CodePage | undefined {
  try {
    const { encoding } = new TextDecoder(name);
    return /^(?:utf-16|iso-2022|hz-|replacement)/u.test(encoding) ? undefined : encoding;
  } catch {
    return undefined;
  }
}

/** Whether characters of the page can take two bytes, which by chance can be UTF-8. */
export const isWide = (page: CodePage): boolean => /^(?:gb|big5|euc-|shift_jis)/u.test(page);
