/** HTML fragments of chat logs to plain text. No document is built; what is no tag stays text. */
import type { Repair } from '../../core/event.ts';

/** The entities that chat clients write. Frozen: the text of a sealed message depends on it. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  bull: '•',
  middot: '·',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  deg: '°',
  laquo: '«',
  raquo: '»',
  times: '×',
  frac12: '½',
};

/** Decodes character references; halves of a surrogate pair that stand side by side become one character. */
export function decodeEntities(text: string, repairs: Repair[]): string {
  if (!text.includes('&')) return text;
  const decoded = text.replaceAll(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]\w{1,7}));/gu,
    (all, dec, hex, name) => {
      if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] as string) : all;
      const code = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
      if (code > 0x10ffff || code === 0) return '\ufffd';
      return String.fromCodePoint(code);
    },
  );
  if (decoded.isWellFormed()) return decoded;
  repairs.push({ code: 'lone-surrogate' });
  return decoded.toWellFormed();
}

const TAG = /<(\/?)([A-Za-z][A-Za-z0-9]*)\b[^<>]*>/gu;
const CLOSES_LINE = /^(?:p|div|h[1-6])$/iu;

/** The readable text of a fragment: tags go, `<br>` and the end of a block are line breaks, references are decoded. */
export function htmlText(fragment: string, repairs: Repair[]): string {
  if (!fragment.includes('<')) return decodeEntities(fragment, repairs);
  const plain = withoutComments(fragment).replaceAll(TAG, (_all, slash: string, name: string) =>
    (slash === '' ? /^br$/iu : CLOSES_LINE).test(name) ? '\n' : '',
  );
  return decodeEntities(plain, repairs);
}

/** One pass: a regular expression would look to the end once for every comment that is never closed. */
function withoutComments(text: string): string {
  let result = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('<!--', at);
    const end = start === -1 ? -1 : text.indexOf('-->', start + 4);
    if (end === -1) return at === 0 ? text : result + text.slice(at);
    result += text.slice(at, start);
    at = end + 3;
  }
}
