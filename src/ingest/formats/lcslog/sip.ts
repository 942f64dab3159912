/**
 * A SIP request of the method MESSAGE (RFC 3428) as LCS 2003 keeps it whole (Microsoft's KB 830546), and the invitation
 * that Windows Messenger sends in one (`text/x-msmsgsinvite`).
 */

export interface SipMessage {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly callId: string | undefined;
  readonly sequence: string | undefined;
  readonly contentType: string | undefined;
  readonly date: string | undefined;
  readonly body: string;
}

const REQUEST = /^\s*MESSAGE\s+sips?:\S{1,1000}\s+SIP\/2\.0/u;
/** Headers and their short forms (RFC 3261, 7.3.3). */
const NAMES: Readonly<Record<string, string>> = {
  f: 'from',
  t: 'to',
  i: 'call-id',
  c: 'content-type',
};
const MAX_HEADERS = 500;

export const isSip = (text: string): boolean => REQUEST.test(text.slice(0, 2000));

export function sipMessage(text: string): SipMessage {
  const source = text.trimStart();
  const split = /\r?\n\r?\n/u.exec(source);
  const head = split === null ? source : source.slice(0, split.index);
  const headers = new Map<string, string>();
  for (const line of head
    .replaceAll(/\r?\n[ \t]+/gu, ' ')
    .split(/\r?\n/u, MAX_HEADERS)
    .slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const known = NAMES[name] ?? name;
    if (name !== '' && !headers.has(known)) headers.set(known, line.slice(colon + 1).trim());
  }
  return {
    from: addressIn(headers.get('from')),
    to: addressIn(headers.get('to')),
    callId: headers.get('call-id'),
    sequence: headers.get('cseq'),
    contentType: headers.get('content-type'),
    date: headers.get('date'),
    body: split === null ? '' : source.slice(split.index + split[0].length),
  };
}

/** `"Ada" <sip:ada@oak.example>;tag=1` as `ada@oak.example`. */
function addressIn(header: string | undefined): string | undefined {
  const address = /sips?:([^\s<>;?"]{1,320})/iu.exec(header ?? '')?.[1];
  return address?.toWellFormed();
}

export interface Invitation {
  readonly application: string | undefined;
  readonly file: string | undefined;
  readonly size: number | undefined;
  /** `INVITE`, `ACCEPT`, `CANCEL`. */
  readonly command: string | undefined;
}

/** Reads the body of `text/x-msmsgsinvite`; undefined: it is none. */
export function invitationIn(body: string, contentType: string | undefined): Invitation | undefined {
  if (!/x-msmsgsinvite/iu.test(contentType ?? '') && !/^Invitation-Command:/imu.test(body)) return undefined;
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(.{1,1000}?)\\s*$`, 'imu').exec(body)?.[1]?.toWellFormed();
  const size = value('Application-FileSize');
  return {
    application: value('Application-Name'),
    file: value('Application-File'),
    size: size !== undefined && /^\d{1,15}$/u.test(size) ? Number(size) : undefined,
    command: value('Invitation-Command'),
  };
}
