/**
 * Dates in words of any language, as programs write them for people: “Thursday, November 3, 2016 at 11:59:50 AM UTC”,
 * “2015. február 15., vasárnap 21:54:36 UTC”. Names of months and days are those of Unicode’s CLDR. The day of the week
 * decides between languages whose months are called alike.
 */
import { offsetMinutes, wallMs } from './time.ts';

const LOCALES = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'sv',
  'da',
  'nb',
  'fi',
  'is',
  'pl',
  'cs',
  'sk',
  'hu',
  'ro',
  'bg',
  'hr',
  'sr',
  'sl',
  'et',
  'lv',
  'lt',
  'el',
  'ru',
  'uk',
  'be',
  'tr',
  'he',
  'ar',
  'fa',
  'ur',
  'hi',
  'bn',
  'ta',
  'te',
  'mr',
  'gu',
  'kn',
  'ml',
  'pa',
  'th',
  'vi',
  'id',
  'ms',
  'fil',
  'ja',
  'ko',
  'zh',
  'ca',
  'eu',
  'gl',
  'ka',
  'hy',
  'az',
  'kk',
  'uz',
  'sw',
  'af',
] as const;

interface Names {
  readonly months: readonly string[];
  readonly days: readonly string[];
  readonly am: string;
  readonly pm: string;
}

const known = new Map<string, Names>();

function namesOf(locale: string): Names {
  const found = known.get(locale);
  if (found !== undefined) return found;
  const calendar = `${locale}-u-ca-gregory-nu-latn`;
  const part = (ms: number, type: string, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(calendar, { timeZone: 'UTC', ...options })
      .formatToParts(ms)
      .find((each) => each.type === type)
      ?.value.toLowerCase() ?? '';
  const full = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const;
  const names = {
    months: Array.from({ length: 12 }, (_, i) => part(Date.UTC(2021, i, 5), 'month', full)),
    // 3 January 2021 was a Sunday.
    days: Array.from({ length: 7 }, (_, i) => part(Date.UTC(2021, 0, 3 + i), 'weekday', full)),
    am: spaced(part(Date.UTC(2021, 0, 1, 9), 'dayPeriod', { hour: 'numeric', hour12: true })),
    pm: spaced(part(Date.UTC(2021, 0, 1, 15), 'dayPeriod', { hour: 'numeric', hour12: true })),
  };
  known.set(locale, names);
  return names;
}

/** Every kind of blank as one blank, without the marks of direction that some clients add. */
const spaced = (text: string): string =>
  text
    .replaceAll(/[\u200e\u200f\u061c]/gu, '')
    .replaceAll(/[\s\u00a0\u202f]+/gu, ' ')
    .trim();

/** Zeros of the scripts in which dates are written. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0x1040];
const latinDigits = (text: string): string =>
  text.replaceAll(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const zero = ZEROS.find((each) => code >= each && code < each + 10);
    return zero === undefined ? digit : String(code - zero);
  });

export interface LocaleDate {
  /** The clock as if it were UTC, milliseconds. */
  readonly wall: number;
  /** Minutes east of UTC, where the text names an offset. */
  readonly offset?: number;
  readonly precision: 's' | 'min';
  /** The day of the week that it names is another one. */
  readonly otherDay: boolean;
}

const MAX_TEXT = 160;
/** `16:05:08`, `16.05.08`, `16時05分08秒`, `4시 5분 8초`. */
const TIME = /(\d{1,2})(?:[:.]|\s?[時时시点點]\s?)(\d{1,2})(?:(?:[:.]|\s?[分분]\s?)(\d{1,2}))?/u;

/** Reads texts of one source: what the last one was written in is tried first. */
export class LocaleDates {
  #last: string | undefined;

  /** Undefined where the text is no date in any of the languages, or one that could be several. */
  read(text: string): LocaleDate | undefined {
    if (text.length > MAX_TEXT) return undefined;
    const plain = latinDigits(spaced(text).toLowerCase());
    const locales = this.#last === undefined ? LOCALES : [this.#last, ...LOCALES];
    const doubtful: LocaleDate[] = [];
    for (const locale of locales) {
      const found = readIn(namesOf(locale), plain);
      if (found === undefined) continue;
      if (found.otherDay) doubtful.push(found);
      else {
        this.#last = locale;
        return found;
      }
    }
    // No language makes it fit: where they all mean the same date, the day of the week is what is wrong.
    const [first] = doubtful;
    return doubtful.every(({ wall }) => wall === first?.wall) ? first : undefined;
  }
}

function readIn(names: Names, text: string): LocaleDate | undefined {
  const weekday = longest(names.days, text);
  if (weekday === undefined) return undefined;
  const time = TIME.exec(text);
  if (time === null) return undefined;
  const zone = /\b(?:utc|gmt)\s?([+-]\d{1,2}(?::?\d{2})?)?\b/u.exec(text);
  // What is left are the day, the month and the year.
  let rest = `${text.slice(0, time.index)} ${text.slice(time.index + time[0].length)}`;
  if (zone !== null) rest = rest.replace(zone[0], ' ');
  rest = rest.replace(names.days[weekday] ?? '', ' ');
  const numbered = /(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})/u.exec(rest);
  const month = numbered === null ? longest(names.months, rest) : Number(numbered[2]) - 1;
  if (month === undefined) return undefined;
  const numbers =
    rest.replace(numbered === null ? (names.months[month] ?? '') : '', ' ').match(/\d+/gu) ?? [];
  const year = Number(numbers.find((each) => each.length === 4) ?? Number.NaN);
  const day =
    numbered === null ? Number(numbers.find((each) => each.length <= 2) ?? Number.NaN) : Number(numbered[3]);
  let hour = Number(time[1]);
  const afternoon = names.pm !== '' && text.includes(names.pm);
  const morning = !afternoon && names.am !== '' && text.includes(names.am);
  if (hour <= 12 && (afternoon || (morning && hour === 12))) hour = (hour % 12) + (afternoon ? 12 : 0);
  const second = time[3];
  const wall = wallMs({
    // Thai dates count from the Buddha.
    year: year > 2400 ? year - 543 : year,
    month: month + 1,
    day,
    hour,
    minute: Number(time[2]),
    second: Number(second ?? 0),
  });
  if (wall === undefined) return undefined;
  const otherDay = new Date(wall).getUTCDay() !== weekday;
  const offset = zone === null ? undefined : zone[1] === undefined ? 0 : offsetMinutes(padded(zone[1]));
  return {
    wall,
    otherDay,
    precision: second === undefined ? 'min' : 's',
    ...(offset !== undefined && { offset }),
  };
}

/** `+1` as `+01:00`. */
const padded = (offset: string): string => {
  const [hours = '', minutes = '00'] = offset.slice(1).includes(':')
    ? offset.slice(1).split(':')
    : [offset.slice(1, 3), offset.slice(3) === '' ? '00' : offset.slice(3)];
  return `${offset[0]}${hours.padStart(2, '0')}:${minutes}`;
};

/** Index of the longest name that a text holds: some months begin like others. */
function longest(names: readonly string[], text: string): number | undefined {
  let best: number | undefined;
  for (const [i, name] of names.entries())
    if (name !== '' && text.includes(name) && name.length > (names[best ?? -1]?.length ?? 0)) best = i;
  return best;
}
