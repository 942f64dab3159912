/**
 * Telegram Desktop's export as HTML, which it writes unless told otherwise: `messages.html`, `messages2.html` … of a
 * chat, with its photos and files beside them. Elements: the exporter's own writer (`export_output_html.cpp`).
 */
import type { Format, SourceFile } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { directoryFile } from '../reading/frames.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { nameOf } from '../source-name.ts';
import { NETWORK } from './telegram/chat.ts';
import { PageLog, surveyOf } from './telegram/page.ts';

const PAGE = /(?:^|\/)messages(\d*)\.html$/u;
const ACCOUNT = /(?:^|\/)export_results\.html$/u;
const BESIDE =
  /^(?:photos|files|video_files|voice_messages|round_video_messages|stickers|animations|contacts|profile_pictures|stories|css|js|images)\//u;
const MESSAGE = /<div class="message (?:default|service)/u;

export const telegramHtml: Format = {
  name: 'telegram-html',
  title: 'Telegram Desktop export (HTML)',
  networks: [NETWORK],
  systems: [
    {
      name: 'Telegram (HTML export)',
      proven: 'documented schema',
      note: 'Made by the exporter’s own source.',
    },
  ],
  unit: 'A message or a line of the service, but those that only say which day it is; each other file of the export.',
  limits: [
    'People and chats are shown by name: that name is the address, and messages are not recognised as those of a JSON export.',
    'What the service says (who came, who went) has no time: it stands at the day that the page shows.',
    'That a message was edited is not in it: it holds the last text only.',
    'Exports before 2021 have no zone: state it with --zone, else UTC is assumed and marked.',
    'A chat is taken to be between two where one of at most two senders bears its name.',
    'Reactions stand at the time of their message; where a page counts more people than it names, the count stays beside the message.',
  ],
  detect({ text, name }) {
    if (!/^\s*<!DOCTYPE html>/iu.test(text) || !text.includes('<title>Exported Data</title>'))
      return undefined;
    if (MESSAGE.test(text))
      return {
        confidence: 0.95,
        reason: 'a page of an HTML export of Telegram (messages of “Exported Data”)',
      };
    return ACCOUNT.test(name) || text.includes('class="page_wrap"')
      ? { confidence: 0.8, reason: 'a list of an HTML export of Telegram (“Exported Data”)' }
      : undefined;
  },
  folder: {
    marks: (name) => name === 'messages.html' || name === 'export_results.html',
    groups(names) {
      const accounts = names.filter((name) => ACCOUNT.test(name)).map(folderOf);
      const roots = new Set(
        names
          .filter((name) => PAGE.test(name) && !accounts.some((root) => name.startsWith(root)))
          .map(folderOf),
      );
      return [
        ...accounts.map((root) => names.filter((name) => name.startsWith(root))),
        ...[...roots].map((root) =>
          names.filter((name) => {
            if (!name.startsWith(root)) return false;
            const rest = name.slice(root.length);
            return BESIDE.test(rest) || (!rest.includes('/') && PAGE.test(rest));
          }),
        ),
      ].filter((group) => group.length > 1);
    },
  },
  async *frames(source) {
    const chats = new Map<string, SourceFile[]>();
    const others: SourceFile[] = [];
    for (const file of source.files) {
      const isPage = /\.html?$/iu.test(nameOf(file)) || source.files.length === 1;
      if (!isPage) others.push(file);
      else if (!MESSAGE.test(decodeHead(await readHead(file, 65_536)))) yield [directoryFile(file)];
      else {
        const chat = chats.get(folderOf(nameOf(file))) ?? [];
        chats.set(folderOf(nameOf(file)), chat);
        chat.push(file);
      }
    }
    const beside = new FilesBeside(others);
    for (const [folder, files] of chats) {
      files.sort((a, b) => pageOf(a) - pageOf(b));
      const survey = await surveyOf(files);
      const log = new PageLog(survey, folder, beside);
      for (const file of files) yield* entryFrames(source, file, log.of(file));
    }
    yield [...beside.rest()];
  },
};

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1);
const pageOf = (file: SourceFile): number => Number(PAGE.exec(nameOf(file))?.[1] || 1);
