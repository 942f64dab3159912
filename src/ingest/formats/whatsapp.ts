/**
 * Chats that WhatsApp exports as text, from Android and iPhones, with the media beside them where they were exported
 * too. There is no schema: every phone writes dates and its own lines in its language. Forms: public exports, and the
 * tests of the parsers that are named in `whatsapp/`.
 */
import type { Format, Frame, Source, SourceFile } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { nameOf } from '../source-name.ts';
import { ChatReader } from './whatsapp/chat-reader.ts';
import { stampOf } from './whatsapp/stamp.ts';
import { surveyOf } from './whatsapp/survey.ts';

/** Names that phones give to an exported chat: “WhatsApp Chat with …”, “_chat”, and in other languages. */
const CHAT = /(?:^|\/)(?:_chat|[^/]*WhatsApp[^/]*|Conversa [^/]*|Chat [^/]*)\.txt$/iu;
const MEDIA =
  /\.(?:jpe?g|png|gif|webp|heic|mp4|3gp|mov|avi|opus|ogg|m4a|mp3|aac|amr|wav|vcf|pdf|docx?|xlsx?|pptx?|csv|zip|apk|was)$/iu;

export const whatsapp: Format = {
  name: 'whatsapp',
  title: 'WhatsApp chat export (text)',
  networks: ['whatsapp'],
  systems: [
    { name: 'WhatsApp (text export, Android)', proven: 'real sample' },
    { name: 'WhatsApp (text export, iPhone)', proven: 'synthetic only', note: 'No real file was at hand.' },
  ],
  unit: 'A line that begins with a date, with the lines after it that do not, of those that somebody added or removed each person named; each file beside the chat.',
  limits: [
    'People are shown by the name in the exporting phone’s contacts: that name is the address.',
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'WhatsApp’s own lines are understood in English and, in part, in German, Spanish, French, Italian, Portuguese, Dutch and Russian; in other languages they are notices.',
    'An edited or deleted message names no earlier text: the edit or deletion stands alone.',
    'A pasted line that begins like an entry is read as one.',
  ],
  detect(probe) {
    const lines = probe.text.split('\n', 200);
    let entries = 0;
    let named = 0;
    for (const line of lines) {
      const stamp = stampOf(line);
      if (stamp === undefined) continue;
      entries++;
      if (/^[^:\n]{1,80}:(?: |$)/u.test(line.slice(stamp.length, stamp.length + 90))) named++;
    }
    const isChat = CHAT.test(probe.name);
    if (entries === 0 || stampOf(lines[0] ?? '') === undefined) return undefined;
    if (named === 0 && !isChat && !/end-to-end/u.test(probe.text)) return undefined;
    return {
      confidence: isChat ? 0.9 : entries > 1 ? 0.7 : 0.55,
      reason: 'lines of date, time and name as WhatsApp exports a chat',
    };
  },
  folder: {
    marks: (name) => CHAT.test(name),
    groups: chatsWithMedia,
  },
  async *frames(source) {
    const chats = source.files.filter((file) => CHAT.test(nameOf(file)) || !MEDIA.test(nameOf(file)));
    const folders = new Map(chats.map((chat) => [folderOf(nameOf(chat)), chat]));
    for (const chat of chats) {
      const folder = folderOf(nameOf(chat));
      const beside = source.files.filter(
        (file) => !chats.includes(file) && folderOf(nameOf(file)) === folder && folders.get(folder) === chat,
      );
      yield* chatFrames(source, chat, beside);
    }
    for (const file of source.files)
      if (!chats.includes(file) && !folders.has(folderOf(nameOf(file)))) yield [leftOver(file, false)];
  },
};

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1);

/** A chat and the media in its folder, where it is the only chat there and there are such files. */
function chatsWithMedia(names: readonly string[]): readonly (readonly string[])[] {
  const byFolder = new Map<string, { chats: string[]; media: string[] }>();
  for (const name of names) {
    const folder = folderOf(name);
    const known = byFolder.get(folder) ?? { chats: [], media: [] };
    byFolder.set(folder, known);
    if (CHAT.test(name)) known.chats.push(name);
    else if (MEDIA.test(name)) known.media.push(name);
  }
  return [...byFolder.values()]
    .filter(({ chats, media }) => chats.length === 1 && media.length > 0)
    .map(({ chats, media }) => [...chats, ...media]);
}

async function* chatFrames(
  source: Source,
  chat: SourceFile,
  beside: readonly SourceFile[],
): AsyncIterable<readonly Frame[]> {
  const media = new Map(beside.map((file) => [nameOf(file).slice(folderOf(nameOf(file)).length), file]));
  const reader = new ChatReader(chat, await surveyOf(chat), media);
  yield* entryFrames(source, chat, reader);
  yield beside.map((file) => leftOver(file, reader.used.has(file)));
}

const leftOver = (file: SourceFile, named: boolean): Frame => ({
  file,
  offset: 0,
  length: file.size,
  units: 1,
  read: () => [
    file.size === 0 || !named
      ? { type: 'excluded', reason: 'file-unnamed' }
      : { type: 'excluded', reason: 'attachment-file' },
  ],
});
