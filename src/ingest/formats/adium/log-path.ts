/** What the path of a log says: `Logs/AIM.account/peer/peer (2008-02-29T14.00.00-0500).chatlog/….xml`. */
import { networkNamed } from '../../reading/network-name.ts';
import { offsetMinutes, offsetText, wallMs } from '../../reading/time.ts';

export interface LogPath {
  readonly network?: string;
  readonly account?: string;
  readonly peer?: string;
  /** Start of the day, milliseconds as if UTC. */
  readonly day?: number;
  /** `+hh:mm`. */
  readonly zone?: string;
}

const FILE =
  /^(.+?) \((\d{4})[-|.:_](\d{2})[-|.:_](\d{2})(?:T\d{2}[.:]\d{2}[.:]\d{2}([+-]\d{4})?)?\)\.(?:xml|chatlog|AdiumHTMLLog|html?|adiumLog|AdiumXMLLog)$/iu;

export function logPath(name: string): LogPath {
  const parts = name
    .split('/')
    .filter((part) => !/\.chatlog(?:\.zip!)?$/iu.test(part) || part === name.split('/').at(-1));
  const match = FILE.exec(parts.at(-1) ?? '');
  const service = /^([A-Za-z!]{2,20}(?: [A-Za-z]{2,12})?)\.(.+)$/u.exec(parts.at(-3) ?? '');
  const network = service?.[1] === undefined ? undefined : networkNamed(service[1]);
  const day =
    match === null
      ? undefined
      : wallMs({
          year: Number(match[2]),
          month: Number(match[3]),
          day: Number(match[4]),
          hour: 0,
          minute: 0,
          second: 0,
        });
  // A file that somebody renamed still lies in the folder of the other side.
  const peer = match?.[1] ?? (network === undefined ? undefined : parts.at(-2));
  const minutes = match?.[5] === undefined ? undefined : offsetMinutes(match[5]);
  return {
    ...(network !== undefined && { network }),
    ...(network !== undefined && service?.[2] !== undefined && { account: service[2] }),
    ...(peer !== undefined && { peer }),
    ...(day !== undefined && { day }),
    ...(minutes !== undefined && { zone: offsetText(minutes) }),
  };
}
