/** What the path of a log says: server, channel or nickname, and a date. */
import { dayOf } from './dialect.ts';

export interface LogPath {
  /** A channel with its mark. */
  readonly channel?: string;
  /** Whose private messages these are. */
  readonly nick?: string;
  readonly server?: string;
  readonly day?: number;
}

const CHANNEL = /[#&!+]{1,2}[^\s,/\\]{1,120}$/u;

export function logPath(name: string): LogPath {
  const parts = name.split('/');
  const file = parts.at(-1) ?? '';
  const date = /(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)/u.exec(file);
  const day = date === null ? undefined : dayOf(date[1] ?? '', date[2] ?? '', date[3] ?? '');
  const stem = file
    .replace(/\.(?:weechatlog|log|txt)$/iu, '')
    .replace(/^irc\./u, '')
    .replace(/[-_.]?\d{4}[-_.]?\d{2}[-_.]?\d{2}$/u, '')
    .replace(/\.\d{2}-\d{2}$/u, '');
  const own = CHANNEL.exec(stem);
  const folder = own === null ? CHANNEL.exec(parts.at(-2) ?? '') : null;
  const channel = own?.[0] ?? folder?.[0];
  const before = own === null ? '' : stem.slice(0, own.index).replace(/[-_.]$|^[\d._-]+$/gu, '');
  const above = parts.at(folder === null ? -2 : -3) ?? '';
  // Clients keep one folder a server, below a folder for logs.
  const isTree = /^(?:(?:irc|xchat|hexchat|weechat|scrollback)?logs?|\d{4}|moddata|scrollback)$/iu.test(
    parts.at(folder === null ? -3 : -4) ?? '',
  );
  const server = before !== '' ? before : channel !== undefined && isTree ? above : undefined;
  return {
    ...(channel !== undefined && { channel }),
    ...(channel === undefined && /^[^\s.]{1,40}$/u.test(stem) && { nick: stem }),
    ...(server !== undefined && server !== '' && { server: server.toLowerCase() }),
    ...(day !== undefined && { day }),
  };
}
