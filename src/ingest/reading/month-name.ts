/** Names of months in dates that clients wrote in their language. */

/** The first letters of months as C libraries write them in a number of languages; each begins one month only. */
const MONTHS: readonly (readonly string[])[] = [
  ['jan', 'ene', 'gen', 'sty', 'янв', 'oca', 'led'],
  ['feb', 'fév', 'fev', 'лют', 'фев', 'luty', 'şub', 'úno'],
  ['mar', 'mär', 'mrt', 'maa', 'мар'],
  ['apr', 'abr', 'avr', 'avril', 'kwi', 'апр', 'nis', 'dub'],
  ['may', 'mai', 'mag', 'mei', 'maj', 'май', 'мая', 'kvě'],
  ['jun', 'giu', 'juin', 'cze', 'июн', 'haz', 'čen'],
  ['jul', 'lug', 'juil', 'lip', 'июл', 'tem', 'čec'],
  ['aug', 'ago', 'aoû', 'aout', 'sie', 'авг', 'ağu', 'srp'],
  ['sep', 'set', 'wrz', 'сен', 'eyl', 'zář'],
  ['oct', 'ott', 'okt', 'out', 'paź', 'окт', 'eki', 'říj'],
  ['nov', 'lis', 'ноя', 'kas'],
  ['dec', 'dic', 'dez', 'déc', 'gru', 'дек', 'ara', 'pro'],
];

/** 1 to 12 for a name or its beginning; undefined where it begins no month that is known. */
export function monthOf(name: string): number | undefined {
  const text = name.toLowerCase();
  const found = MONTHS.findIndex((names) => names.some((each) => text.startsWith(each)));
  return found === -1 ? undefined : found + 1;
}
