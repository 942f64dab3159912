/**
 * The fonts of the report, from npm packages (OFL-1.1): a face is opened when the first character needs it, and only
 * the glyphs that were used are embedded.
 */
import { createRequire } from 'node:module';
import { type Pdf, type PdfFont, tolerateMissingAnchors } from './internals.ts';

export type Weight = 'regular' | 'semibold';

interface Source {
  readonly key: string;
  readonly file: string;
  /** Characters that this face is asked for first. */
  readonly first: RegExp;
}

const path = (family: string, file: string): string => `@expo-google-fonts/${family}/${file}.ttf`;
const LATIN = path('noto-sans', '400Regular/NotoSans_400Regular');
const LATIN_SEMIBOLD = path('noto-sans', '600SemiBold/NotoSans_600SemiBold');

const SOURCES: readonly Source[] = [
  {
    key: 'emoji',
    file: path('noto-emoji', '400Regular/NotoEmoji_400Regular'),
    first: /[\p{Emoji_Presentation}\p{Regional_Indicator}]/u,
  },
  {
    key: 'arabic',
    file: path('noto-sans-arabic', '400Regular/NotoSansArabic_400Regular'),
    first: /\p{Script_Extensions=Arabic}/u,
  },
  {
    key: 'hebrew',
    file: path('noto-sans-hebrew', '400Regular/NotoSansHebrew_400Regular'),
    first: /\p{Script_Extensions=Hebrew}/u,
  },
  {
    key: 'devanagari',
    file: path('noto-sans-devanagari', '400Regular/NotoSansDevanagari_400Regular'),
    first: /\p{Script_Extensions=Devanagari}/u,
  },
  {
    key: 'thai',
    file: path('noto-sans-thai', '400Regular/NotoSansThai_400Regular'),
    first: /\p{Script_Extensions=Thai}/u,
  },
  {
    key: 'hangul',
    file: path('noto-sans-kr', '400Regular/NotoSansKR_400Regular'),
    first: /\p{Script=Hangul}/u,
  },
  {
    key: 'han',
    file: path('noto-sans-sc', '400Regular/NotoSansSC_400Regular'),
    first:
      /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\uff00-\uffef]/u,
  },
  {
    key: 'symbols',
    file: path('noto-sans-symbols-2', '400Regular/NotoSansSymbols2_400Regular'),
    first: /[\u2190-\u23ff\u2500-\u27bf\u2900-\u2bff]/u,
  },
];

/** Asked in this order for a character that its own face lacks. */
const LAST_RESORT = ['symbols', 'emoji', 'han', 'hangul'];

const require = createRequire(import.meta.url);

/** A font of one document. `latin` faces come in two weights, all others in one. */
export class Fonts {
  readonly #pdf: Pdf;
  readonly #faces = new Map<string, PdfFont>();
  readonly #chosen = new Map<number, PdfFont | null>();

  constructor(pdf: Pdf) {
    this.#pdf = pdf;
  }

  latin(weight: Weight): PdfFont {
    return this.#open(weight === 'regular' ? LATIN : LATIN_SEMIBOLD);
  }

  emoji(): PdfFont {
    return this.#source('emoji');
  }

  /** The face that draws a character; undefined where none of them does. */
  covering(codePoint: number, weight: Weight): PdfFont | undefined {
    const chosen = this.#chosen.get(codePoint) ?? this.#choose(codePoint);
    if (chosen === null) return undefined;
    return weight === 'semibold' && chosen === this.latin('regular') ? this.latin('semibold') : chosen;
  }

  #choose(codePoint: number): PdfFont | null {
    const character = String.fromCodePoint(codePoint);
    const own = SOURCES.filter((source) => source.first.test(character)).map((source) => source.key);
    // Common punctuation and digits belong to many scripts; the Latin face draws them unless it cannot. Letters of a
    // script go to its own face, although the Latin one has some too: a run is shaped by the rules of one script.
    const common = /[\p{Script=Common}\p{Script=Inherited}]/u.test(character) && !own.includes('emoji');
    const candidates = [...(common ? ['latin', ...own] : [...own, 'latin']), ...LAST_RESORT];
    const found = candidates
      .map((key) => (key === 'latin' ? this.latin('regular') : this.#source(key)))
      .find((face) => face.font.hasGlyphForCodePoint(codePoint));
    this.#chosen.set(codePoint, found ?? null);
    return found ?? null;
  }

  #source(key: string): PdfFont {
    const source = SOURCES.find((candidate) => candidate.key === key);
    if (source === undefined) throw new TypeError(`no font is called ${key}`);
    return this.#open(source.file);
  }

  #open(file: string): PdfFont {
    const open = this.#faces.get(file);
    if (open !== undefined) return open;
    this.#pdf.font(require.resolve(file));
    const face = this.#pdf._font;
    tolerateMissingAnchors(face.font);
    this.#faces.set(file, face);
    return face;
  }
}
