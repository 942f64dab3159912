/** HTML fragments of chat logs to plain text. No document is built; what is no tag stays text. */
import type { Repair } from '../../core/event.ts';

/** Names of the letters and signs of Latin-1 from U+00A1 on (HTML 4). */
const LATIN = `
iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute
micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring
AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml
times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig
ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml
divide oslash ugrave uacute ucirc uuml yacute thorn yuml
`
  .trim()
  .split(/\s+/u);

/** The entities that chat clients and mail write. Frozen: the text of a sealed message depends on it. */
const ENTITIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(LATIN.map((name, i) => [name, String.fromCharCode(0xa1 + i)])),
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ensp: '\u2002',
  emsp: '\u2003',
  zwnj: '\u200c',
  zwj: '\u200d',
  lrm: '\u200e',
  rlm: '\u200f',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  lsaquo: '‹',
  rsaquo: '›',
  bull: '•',
  euro: '€',
  OElig: 'Œ',
  oelig: 'œ',
  Scaron: 'Š',
  scaron: 'š',
  Yuml: 'Ÿ',
  larr: '←',
  rarr: '→',
  minus: '−',
  le: '≤',
  ge: '≥',
  ne: '≠',
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
/** What an element does to the lines of a text. */
const LAYOUT: ReadonlyMap<string, 'break' | 'block' | 'row' | 'cell'> = new Map([
  ['br', 'break'],
  ...['p', 'div', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, 'block'] as const),
  ...'li tr ul ol dl dt dd table blockquote pre hr'.split(' ').map((name) => [name, 'row'] as const),
  ['td', 'cell'],
  ['th', 'cell'],
]);
const CELL_ENDS = /\s*<\/t[dh]\b/iuy;

/**
 * The readable text of a fragment: tags go, `<br>` and the end of a block are line breaks, items and rows stand on lines
 * of their own with tabs between cells, references are decoded.
 */
export function htmlText(fragment: string, repairs: Repair[]): string {
  if (!fragment.includes('<')) return decodeEntities(fragment, repairs);
  const source = withoutComments(fragment);
  let end = 0;
  let last = '\n';
  const plain = source.replaceAll(TAG, (all, slash: string, name: string, offset: number) => {
    if (offset > end) last = source.charAt(offset - 1);
    end = offset + all.length;
    const mark = markOf(slash === '/', LAYOUT.get(name.toLowerCase()), last === '\n', source, end);
    if (mark !== '') last = mark;
    return mark;
  });
  return decodeEntities(plain, repairs);
}

function markOf(
  closes: boolean,
  layout: 'break' | 'block' | 'row' | 'cell' | undefined,
  isLineStart: boolean,
  source: string,
  end: number,
): '\n' | '\t' | '' {
  switch (layout) {
    case 'break':
      return closes ? '' : '\n';
    case 'block':
      CELL_ENDS.lastIndex = end;
      return closes && !CELL_ENDS.test(source) ? '\n' : '';
    case 'row':
      return isLineStart ? '' : '\n';
    case 'cell':
      return closes || isLineStart ? '' : '\t';
    default:
      return '';
  }
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
