/** A message of an Outlook data file as the mail that it was, or would have been (RFC 5322). */
import type { PSTMessage } from 'pst-extractor';

/** Attachments up to this size stand in the mail; larger ones are named in a header. */
const MAX_ATTACHMENT = 16 * 1024 * 1024;
/** Header fields that describe the body as it was sent; this one is put together anew. */
const BODY_FIELDS = /^(?:content-[a-z-]+|mime-version)$/iu;

/** Bytes of the mail. `folder`: path in the data file, ends in `/` or is empty. */
export function mailOf(message: PSTMessage, folder: string): Buffer {
  const head = [
    ...headerOf(message),
    field('X-MS-Message-Class', message.messageClass),
    field('X-Outlook-Folder', folder.replace(/\/$/u, '')),
    'MIME-Version: 1.0',
  ].filter((line) => line !== '');
  const texts: Part[] = [];
  if (message.body !== '')
    texts.push({ type: 'text/plain; charset=utf-8', bytes: Buffer.from(message.body) });
  if (message.bodyHTML !== '')
    texts.push({ type: 'text/html; charset=utf-8', bytes: Buffer.from(message.bodyHTML) });
  const { attached, omitted } = attachmentsOf(message);
  for (const name of omitted) head.push(field('X-Outlook-Attachment-Omitted', name));
  const body =
    texts.length === 1 && texts[0] !== undefined ? leaf(texts[0]) : multipart('alternative', texts.map(leaf));
  const whole = attached.length === 0 ? body : multipart('mixed', [body, ...attached.map(leaf)]);
  return Buffer.from(`${head.join('\r\n')}\r\n${whole}`, 'utf8');
}

interface Part {
  readonly type: string;
  readonly bytes: Buffer;
  readonly name?: string;
}

/** The header that the mail had on its way, else what Outlook knows. */
function headerOf(message: PSTMessage): string[] {
  const transport = message.transportMessageHeaders;
  if (/^[\x21-\x39\x3b-\x7e]+:/mu.test(transport)) {
    const fields = transport
      .replace(/^From [^\n]*\n/u, '')
      .trim()
      .split(/\r?\n(?![ \t])/u);
    const kept = fields
      .filter((each) => /^[\x21-\x39\x3b-\x7e]+:/u.test(each) && !BODY_FIELDS.test(each.split(':')[0] ?? ''))
      .map((each) => each.replaceAll(/\r?\n/gu, '\r\n'));
    return dated(kept, dateOf(message));
  }
  const recipients = recipientsOf(message);
  return [
    dateOf(message),
    field('From', address(message.senderName, message.senderEmailAddress)),
    ...(['To', 'Cc', 'Bcc'] as const).map((name) => field(name, recipients[name].join(', '), true)),
    field('Subject', encoded(message.subject), true),
    field('Message-ID', message.internetMessageId),
    field('In-Reply-To', message.inReplyToId),
  ];
}

/** When Outlook says that it was sent, as a header field. */
function dateOf(message: PSTMessage): string {
  const date = message.clientSubmitTime ?? message.messageDeliveryTime;
  return date === null ? '' : `Date: ${date.toUTCString().replace('GMT', '+0000')}`;
}

/** Some tools leave a date that is none: Outlook's own stands in its place, and it is kept under another name. */
function dated(fields: readonly string[], date: string): string[] {
  if (date === '') return [...fields];
  const isDate = (each: string): boolean => /^date:/iu.test(each);
  if (fields.some((each) => isDate(each) && !Number.isNaN(Date.parse(each.slice(5))))) return [...fields];
  return [date, ...fields.map((each) => (isDate(each) ? `X-Outlook-${each}` : each))];
}

function recipientsOf(message: PSTMessage): {
  readonly To: string[];
  readonly Cc: string[];
  readonly Bcc: string[];
} {
  const all = { To: [] as string[], Cc: [] as string[], Bcc: [] as string[] };
  const count = Math.min(message.numberOfRecipients, 10_000);
  for (let i = 0; i < count; i++) {
    const recipient = message.getRecipient(i);
    if (recipient === null) continue;
    const list = recipient.recipientType === 2 ? all.Cc : recipient.recipientType === 3 ? all.Bcc : all.To;
    list.push(address(recipient.displayName, recipient.smtpAddress || recipient.emailAddress));
  }
  return all;
}

/** `"Name" <address>`; an address of Exchange's own kind is kept as it is, within the brackets. */
const address = (name: string, mail: string): string =>
  mail === '' ? encoded(name) : name === '' || name === mail ? `<${mail}>` : `${encoded(name)} <${mail}>`;

/** A word of a header, by RFC 2047 where it needs it. */
const encoded = (text: string): string =>
  /^[\w .@+-]*$/u.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;

/** A header field on one line; none where there is nothing to say. `plain`: encoded already. */
function field(name: string, value: string, plain = false): string {
  const line = value.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return line === '' ? '' : `${name}: ${plain || /^[\x20-\x7e]*$/u.test(line) ? line : encoded(line)}`;
}

function attachmentsOf(message: PSTMessage): { attached: Part[]; omitted: string[] } {
  const attached: Part[] = [];
  const omitted: string[] = [];
  const count = Math.min(message.numberOfAttachments, 10_000);
  for (let i = 0; i < count; i++) {
    const attachment = message.getAttachment(i);
    const name = attachment.longFilename || attachment.filename || `attachment-${i + 1}`;
    const stream = attachment.size > MAX_ATTACHMENT ? null : attachment.fileInputStream;
    const bytes = stream === null ? undefined : contentOf(stream);
    if (bytes === undefined) omitted.push(name);
    else attached.push({ type: attachment.mimeTag || 'application/octet-stream', bytes, name });
  }
  return { attached, omitted };
}

function contentOf(
  stream: NonNullable<ReturnType<PSTMessage['getAttachment']>['fileInputStream']>,
): Buffer | undefined {
  const size = stream.length.toNumber();
  if (size < 0 || size > MAX_ATTACHMENT) return undefined;
  const bytes = Buffer.alloc(size);
  if (size > 0) stream.readCompletely(bytes);
  return bytes;
}

const BOUNDARY = '=_holdfast_';

function leaf({ type, bytes, name }: Part): string {
  const disposition =
    name === undefined
      ? ''
      : `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}\r\n`;
  const safe = /^[\w.+-]+\/[\w.+-]+(?:; charset=utf-8)?$/u.test(type) ? type : 'application/octet-stream';
  const lines = bytes.toString('base64').match(/.{1,76}/gu) ?? [];
  return `Content-Type: ${safe}\r\n${disposition}Content-Transfer-Encoding: base64\r\n\r\n${lines.join('\r\n')}\r\n`;
}

/** Nothing in base64 can hold the boundary; one inside another has a longer one. */
function multipart(kind: 'alternative' | 'mixed', parts: readonly string[]): string {
  const boundary = `${BOUNDARY}${kind}`;
  const inner = parts.map((part) => `--${boundary}\r\n${part}`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${inner}--${boundary}--\r\n`;
}
