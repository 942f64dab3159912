/** What the path of a log says: `<account>/IM Logs/<buddy>/2005-03-04 [Friday].htm`. */
import { wallMs } from '../../reading/time.ts';

export interface LogPath {
  readonly account?: string;
  readonly peer?: string;
  readonly room?: string;
  /** Start of the day, milliseconds as if UTC. */
  readonly day?: number;
}

const DATE = /(?<!\d)(\d{4})[-_.](\d{2})[-_.](\d{2})(?!\d)/u;

export function logPath(name: string): LogPath {
  const parts = name.split('/');
  const file = parts.at(-1) ?? '';
  // The file itself, else a folder above it that stands for a day.
  const date = DATE.exec(
    DATE.test(file)
      ? file
      : (parts
          .slice(0, -1)
          .reverse()
          .find((part) => DATE.test(part)) ?? ''),
  );
  const day =
    date === null
      ? undefined
      : wallMs({
          year: Number(date[1]),
          month: Number(date[2]),
          day: Number(date[3]),
          hour: 0,
          minute: 0,
          second: 0,
        });
  const kind = parts.at(-3) ?? '';
  const isTree = /^(?:IM|Chat) Logs$/iu.test(kind);
  const folder = isTree ? parts.at(-2) : undefined;
  const account = isTree ? parts.at(-4) : undefined;
  const isRoom = /^chat/iu.test(kind);
  return {
    ...(account !== undefined && account !== '' && { account }),
    ...(folder !== undefined && (isRoom ? { room: folder } : { peer: folder })),
    ...(day !== undefined && { day }),
  };
}
