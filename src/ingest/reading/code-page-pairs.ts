/** Points for readings in which a character takes two bytes: two for what everybody writes, less for what is rare. */

/** The characters that make up half of what is written in Chinese, and what chat adds. */
const CHINESE = new Set(
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运吗吧呢啊哦谢请您嗯哈消息',
);
const PUNCTUATION = new Set('，。！？、：；“”‘’（）《》【】…—·～「」『』ー・');

/** GBK: hanzi of everyday, by their rank in the national standard: its first level has the common ones. */
export function chineseScore(text: string): number {
  let points = 0;
  let hanzi = 0;
  let everyday = 0;
  for (const c of text) {
    if (c < '\x80') continue;
    if (c === '\ufffd' || (c >= '\ue000' && c <= '\uf8ff')) points -= 4;
    else if (PUNCTUATION.has(c)) points += 2;
    else if (/^\p{Script=Han}$/u.test(c)) {
      hanzi++;
      if (CHINESE.has(c)) everyday++;
      points += CHINESE.has(c) ? 2 : FIRST_LEVEL.has(c) ? 1 : -1.5;
    } else points += /^[\uff01-\uff5e]$/u.test(c) ? 1 : -1;
  }
  // Korean and capitals of Cyrillic fall on hanzi too, and on everyday ones no more often than chance has it.
  return everyday === 0 || everyday * 6 < hanzi ? Math.min(points, 0) : points;
}

/** Shift-JIS: kana before all; kanji without any kana only where they are few and common ones. */
export function japaneseScore(text: string): number {
  let points = 0;
  let kana = 0;
  let kanji = 0;
  for (const [c] of text.matchAll(/[^\0-\x7f]/gu)) {
    if (c === '\ufffd' || (c >= '\ue000' && c <= '\uf8ff') || c <= '\x9f') points -= 4;
    else if (/^[\u3041-\u30fe]$/u.test(c)) {
      kana++;
      points += 2;
    } else if (PUNCTUATION.has(c) || /^[！-～　]$/u.test(c)) points += 1.5;
    else if (/^[\uff61-\uff9f]$/u.test(c)) points -= 0.3;
    else if (/^\p{Script=Han}$/u.test(c)) {
      kanji++;
      points += FIRST_LEVEL_JIS.has(c) ? 1 : -1.5;
    } else points -= 0.5;
  }
  return kana * 8 < kanji || kana === 0 ? Math.min(points, 0) : points;
}

/** Characters of a stretch of leading bytes in a code page: how national standards set the common ones apart. */
function level(
  page: string,
  leads: readonly [number, number],
  trails: readonly [number, number],
): Set<string> {
  const bytes: number[] = [];
  for (let lead = leads[0]; lead <= leads[1]; lead++)
    for (let trail = trails[0]; trail <= trails[1]; trail++) if (trail !== 0x7f) bytes.push(lead, trail);
  return new Set(new TextDecoder(page).decode(Uint8Array.from(bytes)).replaceAll('\ufffd', ''));
}

/** GB 2312, level 1: rows 16 to 55. */
const FIRST_LEVEL = level('gbk', [0xb0, 0xd7], [0xa1, 0xfe]);
/** JIS X 0208, level 1: rows 16 to 47. */
const FIRST_LEVEL_JIS = level('shift_jis', [0x88, 0x97], [0x40, 0xfc]);
