/**
 * The text that LINE saves on a desktop: `16:23 Bob Today I found …`, with nothing but a blank between a name and its
 * text. Form: the read-me of the parser meyfa/line-chat-parser.
 */

/** `16:23 Bob Today`; with the half of the day before the time or behind it. */
export const DESKTOP_ENTRY = /^(上午|下午|午前|午後|오전|오후)? ?(\d{1,2}):(\d{2}) ?([AaPp][Mm])? (?=\S)/u;

/** What stands for a file, in whole: what is before it is a name. */
export const DESKTOP_MEDIA =
  /^(.{1,120}?) (Photos?|Videos?|Stickers?|Voice messages?|Audio|Files?|Contacts?|Location|Albums?|圖片|照片|图片|影片|视频|貼圖|贴图|語音訊息|檔案|文件|画像|写真|動画|スタンプ|ボイスメッセージ|ファイル|사진|동영상|스티커|음성메시지|파일)$/u;
const MAX_WORDS = 50_000;
/** So many different lines must begin alike before more than their first word is taken for a name. */
const ENOUGH = 5;

/** Finds where names end, by all lines of a chat. */
export class DesktopNames {
  readonly #known = new Set<string>();
  /** First word → the words that all of its lines begin with, and how many different ones there were. */
  readonly #groups = new Map<string, { words: readonly string[]; last: string; count: number }>();

  /** A name that something else says. */
  know(name: string | undefined): void {
    if (name !== undefined && name !== '' && this.#known.size < MAX_WORDS) this.#known.add(name);
  }

  /** A line without its time. */
  see(rest: string): void {
    const media = DESKTOP_MEDIA.exec(rest);
    if (media !== null) {
      this.know(media[1]);
      return;
    }
    const words = rest.slice(0, 200).split(' ');
    const first = words[0] ?? '';
    const group = this.#groups.get(first);
    if (group === undefined) {
      if (this.#groups.size < MAX_WORDS) this.#groups.set(first, { words, last: rest, count: 1 });
      return;
    }
    if (rest !== group.last) group.count++;
    group.last = rest;
    const differs = group.words.findIndex((word, i) => word !== words[i]);
    if (differs !== -1) group.words = group.words.slice(0, differs);
  }

  /** The name at the beginning of a line, and whether only other lines show where it ends. */
  of(rest: string): { readonly name: string; readonly isInferred: boolean } {
    const first = rest.split(' ', 1)[0] ?? '';
    let longest = '';
    // A name is made of the first words: no need to try each of all names.
    for (let at = rest.indexOf(' '); at !== -1 && at <= 120; at = rest.indexOf(' ', at + 1))
      if (this.#known.has(rest.slice(0, at))) longest = rest.slice(0, at);
    if (longest !== '') return { name: longest, isInferred: false };
    const group = this.#groups.get(first);
    const shared = group !== undefined && group.count >= ENOUGH ? group.words.join(' ') : '';
    const isWhole = shared !== '' && rest.startsWith(`${shared} `);
    return { name: isWhole ? shared : first, isInferred: true };
  }
}
