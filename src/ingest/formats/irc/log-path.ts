/** What the path of a log says: server, channel or nickname, and a date. */
import { monthOf } from '../../reading/month-name.ts';
import { dayOf } from './stamps.ts';

export interface LogPath {
  /** A channel with its mark. */
  readonly channel?: string;
  /** Whose private messages these are. */
  readonly nick?: string;
  readonly server?: string;
  readonly day?: number;
}

const CHANNEL = /[#&!+]{1,2}[^\s,/\\]{1,120}$/u;
const DAY = String.raw`\d{4}[-_.]?\d{2}[-_.]?\d{2}`;
/** KVIrc: `channel_#desk.elm_2014.05.07.log`, `query_ben.elm_2014-05-07.log`. */
const KVIRC = /^(?:dead)?(channel|query|dccchat)_([^.]{1,120})\.(.{1,60})_\d{4}[.-]\d{2}[.-]\d{2}\.log$/u;
/** Folders of bip, one a month. */
const MONTH = /^\d{4}-\d{2}$/u;
/** Folders of Textual: `Elm (A1B2C)/Channels/#desk/2014-05-07.txt`. */
const TEXTUAL = /^(?:Channels|Queries|Console)$/u;
/** WeeChat: `irc.elm.#desk.weechatlog`, `irc.elm.ben.weechatlog`. */
const WEECHAT = /^irc\.([^.]{1,60})\.([^#&].{0,60})\.weechatlog$/u;

export function logPath(name: string): LogPath {
  const parts = name.split('/');
  const file = parts.at(-1) ?? '';
  const day = dayIn(file);
  const dated = day === undefined ? {} : { day };
  const kvirc = KVIRC.exec(file);
  if (kvirc?.[2] !== undefined) {
    const window = kvirc[2].replaceAll('%23', '#');
    const server = (kvirc[3] ?? '').replaceAll('%2e', '.').toLowerCase();
    return { [kvirc[1] === 'channel' ? 'channel' : 'nick']: window, server, ...dated };
  }
  const weechat = WEECHAT.exec(file);
  if (weechat?.[2] !== undefined)
    return { nick: weechat[2], server: (weechat[1] ?? '').toLowerCase(), ...dated };
  const named = file
    .replace(/\.(?:weechatlog|log|txt)(?:\.(?:\d{2}\p{L}{3}\d{4}|\d{8}))?$/iu, '')
    .replace(/^irc\./u, '')
    .replace(new RegExp(`[-_.]?${DAY}$`, 'u'), '')
    .replace(/\.\d{2}-\d{2}$/u, '');
  // bip: `2014-05/#desk.07.log`.
  const stem = MONTH.test(parts.at(-2) ?? '') ? named.replace(/\.\d{2}$/u, '') : named;
  const own = CHANNEL.exec(stem);
  const folder = own === null ? CHANNEL.exec(parts.at(-2) ?? '') : null;
  const channel = own?.[0] ?? folder?.[0];
  const before = own === null ? '' : stem.slice(0, own.index).replace(/[-_.]$|^[\d._-]+$/gu, '');
  // A file that is named by its day alone stands in the folder of its window.
  const isInWindow = folder !== null || (stem === '' && day !== undefined);
  const above = parts
    .slice(0, isInWindow ? -2 : -1)
    .filter((part) => !TEXTUAL.test(part) && !MONTH.test(part));
  const server =
    before !== ''
      ? before
      : (channel !== undefined || isInWindow) && isTree(parts, above)
        ? above.at(-1)?.replace(/ \([0-9A-F]{5}\)$/u, '')
        : undefined;
  const nick = stem === '' && isInWindow ? parts.at(-2) : stem;
  return {
    ...(channel !== undefined && { channel }),
    ...(channel === undefined && nick !== undefined && /^[^\s.]{1,40}$/u.test(nick) && { nick }),
    ...(server !== undefined && server !== '' && { server: server.toLowerCase() }),
    ...dated,
  };
}

const LOGS = /^(?:(?:irc|xchat|hexchat|weechat|scrollback)?logs?|\d{4}|moddata|scrollback)$/iu;

/** Clients keep one folder a server, below a folder for logs; ZNC one a user between the two. */
function isTree(parts: readonly string[], above: readonly string[]): boolean {
  return (
    LOGS.test(above.at(-2) ?? '') ||
    (LOGS.test(above.at(-3) ?? '') && /^moddata$/iu.test(above.at(-4) ?? '')) ||
    (parts.some((part) => TEXTUAL.test(part)) && above.length > 0) ||
    parts.some((part) => MONTH.test(part))
  );
}

function dayIn(file: string): number | undefined {
  const date = /(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)/u.exec(file);
  if (date !== null) return dayOf(date[1] ?? '', date[2] ?? '', date[3] ?? '');
  // Eggdrop: `desk.log.07May2014`.
  const named = /(?<!\d)(\d{2})(\p{L}{3})(\d{4})$/u.exec(file);
  const month = monthOf(named?.[2] ?? '');
  return named === null || month === undefined ? undefined : dayOf(named[3] ?? '', month, named[1] ?? '');
}
