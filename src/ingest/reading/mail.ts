/**
 * A mail (RFC 5322, MIME) as people, text and parts, and the mail inside an Exchange envelope journal. Whole mails up to
 * 64 MiB; nesting is bounded.
 */
import PostalMime, { type Address, type Email } from 'postal-mime';
import type { SourceFile } from '../format.ts';
import { readWhole } from './whole.ts';

export interface Mailbox {
  readonly address: string;
  readonly name?: string;
}

export interface MailPart {
  readonly name?: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface Mail {
  readonly from?: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly bcc: readonly Mailbox[];
  readonly subject?: string;
  readonly messageId?: string;
  /** The Date header as written. */
  readonly date?: string;
  readonly text?: string;
  readonly html?: string;
  readonly parts: readonly MailPart[];
  /** Values of a header, in their order. */
  header(name: string): readonly string[];
}

const LIMITS = { maxNestingDepth: 32, maxHeadersSize: 1024 * 1024, forceRfc822Attachments: true } as const;

/** Reads a mail; undefined: too large; `malformed`: no mail that can be read. */
export async function readMail(file: SourceFile): Promise<Mail | 'malformed' | undefined> {
  const bytes = await readWhole(file);
  return bytes === undefined ? undefined : parseMail(bytes);
}

export async function parseMail(bytes: Uint8Array): Promise<Mail | 'malformed'> {
  let email: Email;
  try {
    email = await PostalMime.parse(bytes, { ...LIMITS, attachmentEncoding: 'arraybuffer' });
  } catch {
    return 'malformed';
  }
  const boxes = (list: readonly Address[] | undefined): Mailbox[] => (list ?? []).flatMap(boxesOf);
  const [from] = email.from === undefined ? [] : boxesOf(email.from);
  const date = email.headers.find(({ key }) => key === 'date')?.value.trim();
  return {
    ...(from !== undefined && { from }),
    to: boxes(email.to),
    cc: boxes(email.cc),
    bcc: boxes(email.bcc),
    ...(email.subject !== undefined && email.subject !== '' && { subject: email.subject.toWellFormed() }),
    ...(email.messageId !== undefined && { messageId: email.messageId.trim().toWellFormed() }),
    ...(date !== undefined && { date }),
    ...(email.text !== undefined && { text: email.text.toWellFormed() }),
    ...(email.html !== undefined && { html: email.html.toWellFormed() }),
    parts: email.attachments.map(({ filename, mimeType, content }) => ({
      ...(filename !== null && filename !== '' && { name: filename.toWellFormed() }),
      mediaType: mimeType,
      bytes: typeof content === 'string' ? Buffer.from(content, 'utf8') : new Uint8Array(content),
    })),
    header: (name) =>
      email.headers.flatMap(({ key, value }) =>
        key === name.toLowerCase() ? [value.trim().toWellFormed()] : [],
      ),
  };
}

function boxesOf(address: Address): Mailbox[] {
  const all = address.group ?? [address];
  return all.flatMap(({ address: found, name }) => {
    const bare = (found ?? '').trim().toWellFormed();
    const shown = name.trim().toWellFormed();
    if (bare === '') return shown === '' ? [] : [{ address: shown }];
    return [{ address: bare, ...(shown !== '' && shown !== bare && { name: shown }) }];
  });
}

/** The report around a journalled mail: who got it, by the envelope. */
export interface Envelope {
  readonly sender?: string;
  readonly recipients: readonly { readonly address: string; readonly role: 'to' | 'cc' | 'bcc' }[];
}

const ENVELOPE = /^(Sender|On-Behalf-Of|Recipient|To|Cc|Bcc)\s*:\s*(.*)$/iu;

/** The report of an Exchange journal, by its header or its lines; undefined where a mail is none. */
export function envelopeOf(mail: Mail): Envelope | undefined {
  const text = mail.text ?? '';
  const isReport =
    mail.header('x-ms-journal-report').length > 0 ||
    (/^Sender\s*:/imu.test(text) && /^Message-Id\s*:/imu.test(text));
  if (!isReport || !mail.parts.some(({ mediaType }) => mediaType === 'message/rfc822')) return undefined;
  const recipients: { address: string; role: 'to' | 'cc' | 'bcc' }[] = [];
  let sender: string | undefined;
  for (const line of text.split(/\r?\n/u)) {
    const match = ENVELOPE.exec(line.trim());
    const [, field = '', value = ''] = match ?? [];
    const [address] = addressesIn(value);
    if (address === undefined) continue;
    const name = field.toLowerCase();
    if (name === 'sender') sender ??= address;
    else if (name === 'recipient' || name === 'to') recipients.push({ address, role: 'to' });
    else if (name === 'cc' || name === 'bcc') recipients.push({ address, role: name });
  }
  return { ...(sender !== undefined && { sender }), recipients };
}

const addressesIn = (text: string): string[] => text.match(/[^\s<>,;:"()[\]]+@[^\s<>,;:"()[\]]+/gu) ?? [];

/** Whether a text begins as a mail does: header fields, among them those that no mail lacks. */
export function looksLikeMail(text: string): boolean {
  const head =
    /^(?:\ufeff)?((?:[!-9;-~]{1,80}:(?:[^\r\n]{0,4000})\r?\n(?:[ \t][^\r\n]{0,4000}\r?\n){0,200}){2,400})/u.exec(
      text.slice(0, 65_536),
    )?.[1];
  if (head === undefined) return false;
  const has = (name: string): boolean => new RegExp(`^${name}\\s*:`, 'imu').test(head);
  return (
    (has('From') || has('Sender')) &&
    [has('To'), has('Date'), has('Subject'), has('Message-ID')].filter(Boolean).length >= 2
  );
}
