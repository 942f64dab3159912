/**
 * What WhatsApp itself writes into an export, in the languages that are known here. Any other language: a line without
 * a sender is a notice with its text, and nothing is lost. Phrases: public exports and their parsers' test files.
 */

export type SystemLine =
  | { readonly kind: 'join'; readonly who: string; readonly by?: string }
  | { readonly kind: 'leave'; readonly who: string; readonly by?: string }
  | { readonly kind: 'name'; readonly by: string; readonly name: string }
  | { readonly kind: 'call'; readonly phase: 'missed' | 'ended'; readonly seconds?: number }
  | { readonly kind: 'notice' };

const NAME = '(.{1,120}?)';
const QUOTED = '[“"«„\u2018](.{1,200}?)[”"»“\u2019]';

const ADDED = [
  `^${NAME} added ${NAME}\\.?$`,
  `^${NAME} ha(?:t|st) ${NAME} hinzugefügt\\.?$`,
  `^${NAME} (?:añadió|agregó) a ${NAME}\\.?$`,
  `^${NAME} (?:a|avez) ajouté ${NAME}\\.?$`,
  `^${NAME} ha aggiunto ${NAME}\\.?$`,
  `^(Hai) aggiunto ${NAME}\\.?$`,
  `^(Añadiste|Agregaste) a ${NAME}\\.?$`,
  `^${NAME} adicionou ${NAME}\\.?$`,
  `^${NAME} (?:heeft|hebt) ${NAME} toegevoegd\\.?$`,
  `^${NAME} (te) (?:añadió|agregó)\\.?$`,
  `^${NAME} (ti) ha aggiunto\\.?$`,
  `^${NAME} (vous) a ajouté\\.?$`,
  `^${NAME} добави(?:ла?(?:\\(-а\\))?|ли) ${NAME}\\.?$`,
].map((each) => new RegExp(each, 'u'));
const REMOVED = [
  `^${NAME} removed ${NAME}\\.?$`,
  `^${NAME} ha(?:t|st) ${NAME} entfernt\\.?$`,
  `^${NAME} eliminó a ${NAME}\\.?$`,
  `^${NAME} (?:a|avez) (?:retiré|supprimé) ${NAME}\\.?$`,
  `^${NAME} ha rimosso ${NAME}\\.?$`,
  `^${NAME} removeu ${NAME}\\.?$`,
  `^${NAME} (?:heeft|hebt) ${NAME} verwijderd\\.?$`,
  `^${NAME} удали(?:ла?(?:\\(-а\\))?|ли) ${NAME}\\.?$`,
].map((each) => new RegExp(each, 'u'));
const JOINED = [
  `^${NAME} joined(?: using (?:this group|a group|your|an?)[^\\n]{0,40}(?:link|invite))?\\.?$`,
  `^${NAME} joined from the community\\.?$`,
  `^${NAME} ist (?:der Gruppe )?[^\\n]{0,60}beigetreten\\.?$`,
  `^${NAME} se unió[^\\n]{0,60}\\.?$`,
  `^${NAME} a rejoint[^\\n]{0,60}\\.?$`,
  `^${NAME} (?:si è unito|è entrato)[^\\n]{0,60}\\.?$`,
  `^${NAME} entrou[^\\n]{0,60}\\.?$`,
  `^${NAME} (?:was|were) added\\.?$`,
  `^${NAME} wurde hinzugefügt\\.?$`,
  `^Se añadió a ${NAME}\\.?$`,
  `^${NAME} foi adicionad[oa](?:\\(a\\))?\\.?$`,
].map((each) => new RegExp(each, 'u'));
const LEFT = [
  `^${NAME} left\\.?$`,
  `^${NAME} (?:was|were) removed\\.?$`,
  `^${NAME} wurde entfernt\\.?$`,
  `^${NAME} foi removid[oa](?:\\(a\\))?\\.?$`,
  `^${NAME} ha(?:t|st) die Gruppe verlassen\\.?$`,
  `^${NAME} (?:salió del grupo|ha salido del grupo|salió)\\.?$`,
  `^${NAME} (?:est parti|a quitté|est sorti)[^\\n]{0,30}$`,
  `^${NAME} ha abbandonato[^\\n]{0,30}$`,
  `^${NAME} saiu\\.?$`,
  `^${NAME} heeft de groep verlaten\\.?$`,
  `^${NAME} вышела?(?:\\(-ла\\))?[^\\n]{0,20}$`,
].map((each) => new RegExp(each, 'u'));
const NAMED = [
  `^${NAME} created group ${QUOTED}\\.?$`,
  `^${NAME} (?:changed|hat) the (?:subject|group name)(?: from [^\\n]{1,200})? to ${QUOTED}\\.?$`,
  `^${NAME} ha(?:t|st) (?:die Gruppe|den Betreff)[^\\n]{0,200}? ${QUOTED} (?:erstellt|geändert)\\.?$`,
  `^${NAME} creó el grupo ${QUOTED}\\.?$`,
  `^${NAME} cambió el asunto [^\\n]{0,200}?a ${QUOTED}\\.?$`,
  `^${NAME} (?:a|avez) créé le groupe ${QUOTED}\\.?$`,
  `^(Creaste) el grupo ${QUOTED}\\.?$`,
  `^(Hai) creato il gruppo ${QUOTED}\\.?$`,
  `^${NAME} ha creato il gruppo ${QUOTED}\\.?$`,
  `^${NAME} criou o grupo ${QUOTED}\\.?$`,
  `^${NAME} (?:heeft|hebt) de groep ${QUOTED} (?:aangemaakt|gemaakt)\\.?$`,
  `^${NAME} созда(?:ла?(?:\\(-а\\))?|ли) группу ${QUOTED}\\.?$`,
].map((each) => new RegExp(each, 'u'));
const MISSED_CALL =
  /^(?:Missed (?:group )?(?:voice|video) call|Verpasster (?:Sprach|Video)anruf|Llamada perdida|(?:Video)?[Ll]lamada [^\n]{0,20}perdida|Appel (?:vocal|vidéo) manqué|Chiamata (?:vocale|video)? ?persa|Chamada de (?:voz|vídeo) perdida|Gemiste (?:spraak|video)oproep)\b|^Пропущенный (?:групповой )?(?:аудио|видео)?звонок/u;
const CALL = /^(?:Voice|Video) call[,.] ?(?:(\d{1,3}) hr)? ?(?:(\d{1,4}) min)? ?(?:(\d{1,4}) sec)?/u;

/** Reads a line that WhatsApp wrote. */
export function systemLine(text: string): SystemLine {
  if (text.length > 600 || text.includes('\n')) return { kind: 'notice' };
  const plain = text.replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '').trim();
  const named = first(NAMED, plain);
  if (named?.[1] !== undefined && named[2] !== undefined)
    return {
      kind: 'name',
      by: named[1],
      name: named[2].replaceAll(/^[ \u00a0\u202f]+|[ \u00a0\u202f]+$/gu, ''),
    };
  const added = first(ADDED, plain);
  if (added?.[1] !== undefined && added[2] !== undefined)
    return { kind: 'join', who: added[2], by: added[1] };
  const removed = first(REMOVED, plain);
  if (removed?.[1] !== undefined && removed[2] !== undefined)
    return { kind: 'leave', who: removed[2], by: removed[1] };
  const joined = first(JOINED, plain)?.[1];
  if (joined !== undefined) return { kind: 'join', who: joined };
  const left = first(LEFT, plain)?.[1];
  if (left !== undefined) return { kind: 'leave', who: left };
  if (MISSED_CALL.test(plain)) return { kind: 'call', phase: 'missed' };
  const call = CALL.exec(plain);
  if (call !== null) {
    const [, hours, minutes, seconds] = call;
    const known = [hours, minutes, seconds].some((each) => each !== undefined);
    const length = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
    return { kind: 'call', phase: 'ended', ...(known && { seconds: length }) };
  }
  return { kind: 'notice' };
}

const first = (patterns: readonly RegExp[], text: string): RegExpExecArray | undefined => {
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return match;
  }
  return undefined;
};

/** Whether a line shows that this is a group. */
export const isOfGroup = (text: string): boolean => {
  const { kind } = systemLine(text);
  return kind === 'join' || kind === 'leave' || kind === 'name';
};

const DELETED = [
  'this message was deleted',
  'you deleted this message',
  'this message was deleted by admin',
  'you deleted this message as admin',
  'this message was deleted by an admin',
  'diese nachricht wurde gelöscht',
  'du hast diese nachricht gelöscht',
  'se eliminó este mensaje',
  'este mensaje fue eliminado',
  'eliminaste este mensaje',
  'ce message a été supprimé',
  'vous avez supprimé ce message',
  'questo messaggio è stato eliminato',
  'hai eliminato questo messaggio',
  'essa mensagem foi apagada',
  'esta mensagem foi apagada',
  'mensagem apagada',
  'você apagou esta mensagem',
  'dit bericht is verwijderd',
  'je hebt dit bericht verwijderd',
  'данное сообщение удалено',
  'вы удалили данное сообщение',
  'bu mesaj silindi',
  'このメッセージは削除されました',
  '此消息已被删除',
  '您删除了这条消息',
];
/** What stands where a message was deleted. One pattern that begins the text: nearly all end at their first letter. */
const IS_DELETED = new RegExp(
  `^(?:[\\u200e\\u200f\\s]*(?:${DELETED.join('|')})[.。\\s]*|\\u200e?This message was deleted by admin .{1,80})$`,
  'iu',
);

/** The text that stands where a message was deleted. */
export const isDeleted = (text: string): boolean => IS_DELETED.test(text);

const EDITED =
  / ?\u200e?<(?:This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje|Ce message a été modifié|Questo messaggio è stato modificato|(?:Essa|Esta) mensagem foi editada|Mensagem editada|Dit bericht is bewerkt|Сообщение изменено|Bu mesaj düzenlendi|このメッセージは編集されました|此消息已编辑|此訊息已編輯|편집된 메시지)[.。]?>$/u;

/** The text of an edited message without the mark that says so; undefined for one without it. */
export function editedText(text: string): string | undefined {
  const match = text.endsWith('>') ? EDITED.exec(text.slice(-64)) : null;
  return match === null ? undefined : text.slice(0, text.length - match[0].length);
}

const OMITTED =
  /^\u200e?(?:<(?:Media omitted|Medien ausgeschlossen|Medien weggelassen|Multimedia omitido|Archivo omitido|Médias omis|Fichier omis|Media omessi|File multimediale omesso|Mídia oculta|Arquivo de mídia oculto|Ficheiro não revelado|Media weggelaten|Без медиафайлов|Medya dahil edilmedi|Media tidak disertakan|미디어 파일을 생략한 메시지|メディアなし|メディアは含まれていません|省略多媒体文件|忽略多媒体文件|略過多媒體檔|미디어 파일을 제외한 대화내용|미디어 파일 제외됨|メディア省略|メディアを除く|Medie(?:r|fil) udeladt|Medier udelatt|Media utelatt|Utelatte medier|Media har utelämnats|Media utelämnad|Mediet utelämnades|Media jätettiin pois|Hiányzó médiafájl|Média vynechána|Médiá vynechané|[Pp]ominięto multimedia|Fișier media omis|تم استبعاد الوسائط|المدیا حذف شد|המדיה לא נכללה|मीडिया के बिना)>|(?:image|video|audio|sticker|GIF|document|Contact card|video note) omitted|(?:Bild|Video|Audio|Sticker|GIF|Dokument|Videonachricht) weggelassen|(?:imagen|Video|audio|sticker|GIF|documento) omitid[oa]|(?:image|vidéo|audio|sticker|GIF|document) absente?|(?:immagine|video|audio|sticker|GIF|documento) omess[oa]|(?:imagem|vídeo|áudio|figurinha|GIF|documento) ocultad?[oa]|(?:afbeelding|video|audio|sticker|GIF|document) weggelaten|(?:изображение|видео|аудиофайл|стикер|GIF|документ) (?:отсутству|опущен|пропущен)\p{L}{1,5}|(?:画像|動画|音声|ステッカー|GIF|文書)は含まれていません|(?:忽略|省略)(?:图像|图片|视频|音频|贴图|文件|GIF)|(?:图片|影像|視訊|音訊|貼圖|文件)已略過|(?:사진|동영상|오디오|스티커|문서) 생략됨)$/u;

/** A document that was left out, by what an iPhone says of it. */
const OMITTED_PAGES = /^[^\n]{1,120} • \u200e?\d+ pages? \u200e?document omitted$/u;
const OMITTED_NAME = /^\u200e?([^\n]{1,255}\.[A-Za-z0-9]{1,8}) • /u;

/** The file, where a text stands for one that was left out of the export. */
export function omittedFile(text: string): { readonly name?: string } | undefined {
  if (text.length >= 200) return undefined;
  if (OMITTED.test(text)) return {};
  if (!text.includes(' • ') || !OMITTED_PAGES.test(text)) return undefined;
  const name = OMITTED_NAME.exec(text)?.[1]?.toWellFormed();
  return name === undefined ? {} : { name };
}

/** What an iPhone says first in every chat, behind the name of the chat or of the other side. */
const ENCRYPTED =
  /end-to-end|Ende-zu-Ende|extremo a extremo|bout en bout|ponta a ponta|сквозным|uçtan uca|エンドツーエンド|端到端|端對端|종단간|totalsträck|päästä päähän|végpontok|szyfrowan|koncového|تمامًا بين الطرفين/u;

/** Whether a text is the notice that a chat is encrypted. */
export const isEncryptionNotice = (text: string): boolean => text.length < 600 && ENCRYPTED.test(text);

/** A file behind its caption, or behind what an iPhone says of it: `the file \u200e<attached: axes.csv>`. */
const IOS_FILE_BEHIND = / ?\u200e<[^:<>\n]{2,40}: ?([^<>\n]{1,255})>\u200e?$/u;

/** The name of the file that stands at the end of a text. */
export const fileBehind = (text: string): string | undefined =>
  text.at(-1) === '>' || text.at(-1) === '\u200e' ? IOS_FILE_BEHIND.exec(text.slice(-320))?.[1] : undefined;

const IOS_FILE = /^\u200e?<[^:<>\n]{2,40}: ?([^<>\n]{1,255})>\u200e?$/u;
const ANDROID_FILE = /^\u200e?([^\n/\\]{1,255}\.[A-Za-z0-9]{1,8}) \([^()\n]{3,40}\)$/u;
const MADE = /^(?:IMG|VID|AUD|PTT|STK|DOC)-\d{8}-WA\d{4,}\./u;
const ATTACHED =
  /\((?:file attached|Datei angehängt|archivo adjunto|fichier joint|file allegato|arquivo anexado|ficheiro anexado|bestand bijgevoegd|файл добавлен|dosya ekli|file terlampir|파일 첨부됨|添付ファイル|附件|文件附件|檔案已附加)\)$/u;

/** The name of the file that the first line of a text stands for. `beside`: whether the export holds a file so named. */
export function fileNamed(line: string, beside: (name: string) => boolean): string | undefined {
  const last = line.at(-1);
  if (last !== '>' && last !== ')' && last !== '\u200e') return undefined;
  const ios = IOS_FILE.exec(line)?.[1];
  if (ios !== undefined && (/\.[A-Za-z0-9]{1,8}$/u.test(ios) || beside(ios))) return ios;
  const android = ANDROID_FILE.exec(line)?.[1];
  if (android !== undefined && (MADE.test(android) || ATTACHED.test(line) || beside(android))) return android;
  return undefined;
}
