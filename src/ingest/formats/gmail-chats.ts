/**
 * Chats of Google Talk in a Gmail mailbox: a mail a conversation, whose text/xml part is `con:conversation` with XMPP
 * messages; later mails hold one message each and no such part. Shape: public readers of such mailboxes.
 */
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { type Mail, readMail } from '../reading/mail.ts';
import { Scribe } from '../reading/scribe.ts';
import { messagesIn } from './gmail-chats/conversation.ts';
import { messageOutcome, plainOutcome } from './gmail-chats/message.ts';

export const gmailChats: Format = {
  name: 'gmail-chats',
  title: 'Google Talk chats in Gmail (mbox)',
  networks: ['xmpp', 'aim'],
  systems: [{ name: 'Google Talk (Gmail chats)', proven: 'synthetic only' }],
  unit: 'A message of the conversation that a mail holds; a mail without such a part.',
  limits: [
    'Mails of Hangouts, which hold one message and no XML, are read by their headers: without a date they are the reject “time-missing”.',
    'People of AIM who were reached through Google Talk are told by their address (…@aim) and stay in the conversation of XMPP.',
    'A stretch that was not recorded is a notice.',
  ],
  detect({ text }) {
    if (!/^(?:[!-9;-~]{1,80}:[^\r\n]{0,4000}\r?\n){1,2}/u.test(text)) return undefined;
    if (/google:archive:conversation/u.test(text))
      return { confidence: 0.95, reason: 'a mail with a conversation of Google Talk as XML' };
    const head = text.split(/\r?\n\r?\n/u, 1)[0] ?? '';
    const isChat =
      /^Message-ID:\s*<[^<>\s]{1,200}\.chat@gmail\.com>/imu.test(head) ||
      /^X-Gmail-Labels:[^\r\n]{0,400}\bChat\b/imu.test(head);
    return isChat ? { confidence: 0.9, reason: 'a mail that Gmail labels as a chat' } : undefined;
  },
  async *frames(source) {
    const scribe = new Scribe();
    for (const file of source.files) yield [await mailFrame(source, file, scribe)];
  },
};

async function mailFrame(source: Source, file: SourceFile, scribe: Scribe): Promise<Frame> {
  const place = { source, file, offset: 0, length: file.size };
  const frame = (outcomes: readonly Outcome[]): Frame => ({
    ...place,
    units: outcomes.length,
    read: () => outcomes,
  });
  const mail = await readMail(file);
  if (mail === undefined) return frame([{ type: 'reject', code: 'file-too-large' }]);
  if (mail === 'malformed') return frame([{ type: 'reject', code: 'record-malformed', detail: 'no mail' }]);
  const xml = xmlOf(mail);
  if (xml === undefined) return frame([plainOutcome(mail, place, scribe)]);
  const self = ownerOf(mail, file);
  const outcomes = messagesIn(xml).map((message, i): Outcome => {
    const part = `message/${i}`;
    return 'code' in message
      ? { type: 'reject', code: message.code, part }
      : messageOutcome(message, { mail, place, scribe, part, self });
  });
  return frame(outcomes.length > 0 ? outcomes : [{ type: 'excluded', reason: 'no-entries' }]);
}

const xmlOf = (mail: Mail): string | undefined => {
  const part = mail.parts.find(({ mediaType }) => /^(?:text|application)\/xml$/iu.test(mediaType));
  if (part !== undefined) return Buffer.from(part.bytes).toString('utf8');
  return mail.text?.includes('google:archive:conversation') === true ? mail.text : undefined;
};

/** Whose mailbox it is: the account, else who it was delivered to. */
function ownerOf(mail: Mail, file: SourceFile): { address: string; from: 'header' | 'setting' } | undefined {
  const delivered = mail.header('delivered-to')[0];
  if (delivered !== undefined && delivered !== '') return { address: delivered, from: 'header' };
  const { account } = file.settings;
  return account === undefined ? undefined : { address: account, from: 'setting' };
}
