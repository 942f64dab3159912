/** A message of Bloomberg's MSG dump: mail inside the terminal. Schema: MSG 1.6; later elements are kept as they are. */
import type { Attachment, Conversation, Json, Party, Recipient, Repair } from '../../../core/event.ts';
import { contentKey, directConversation, eventId } from '../../../core/ids.ts';
import type { Holding, Outcome, SourceFile } from '../../format.ts';
import { gather } from '../../reading/gather.ts';
import { htmlText } from '../../reading/html.ts';
import { Ordinals } from '../../reading/ordinals.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import { wellFormed } from '../../reading/text.ts';
import { childText, type XmlNode } from '../../reading/xml.ts';
import type { AttachmentFiles } from './attachments.ts';
import { momentOf } from './moment.ts';
import { anyValue, firmOf, NETWORK, personOf } from './person.ts';

const PLACED = new Set(['MsgTimeUTC', 'MsgTime', 'MsgBody', 'Recipient', 'Sender']);

/** A message whose HTML body, if the set holds it, is still to be read. */
export interface Mail {
  readonly node: XmlNode;
  readonly attachments: readonly Attachment[];
  readonly holdings: readonly Holding[];
  /** `alt_body.html`: the same body as HTML. */
  readonly html: SourceFile | undefined;
}

/** Finds the attachments of a message. */
export function mailOf(node: XmlNode, files: AttachmentFiles): Mail {
  const attachments: Attachment[] = [];
  const holdings: Holding[] = [];
  let html: SourceFile | undefined;
  for (const each of node.children) {
    if (each.name !== 'Attachment') continue;
    const { attachment, holding, file } = files.read(each, attachments.length);
    attachments.push(attachment);
    if (holding !== undefined) holdings.push(holding);
    if (attachment.name?.toLowerCase() === 'alt_body.html') html ??= file;
  }
  return { node, attachments, holdings, html };
}

const ROLES: Readonly<Record<string, Recipient['role']>> = { TO: 'to', CC: 'cc', BCC: 'bcc' };

/** Recipients as named, each once, and those to whom one of them has his mail forwarded. */
function recipientsOf(node: XmlNode, repairs: Repair[]): Recipient[] {
  const found = new Map<string, Recipient>();
  const add = (each: XmlNode): void => {
    const info = each.children.find(({ name }) => name === 'UserInfo') ?? each;
    const person = personOf(info, repairs);
    const role = ROLES[(each.attributes.DeliveryType ?? 'TO').toUpperCase()] ?? 'to';
    if (person !== undefined && !found.has(person.address)) found.set(person.address, { ...person, role });
    for (const child of each.children)
      if (child.name === 'ForwardedTo')
        for (const next of child.children) if (next.name === 'Recipient') add(next);
  };
  for (const child of node.children) if (child.name === 'Recipient') add(child);
  return [...found.values()];
}

/** Two people write to each other; a message to more is a conversation of its own, under its subject. */
function conversationOf(
  sender: Party | undefined,
  recipients: readonly Recipient[],
  own: string,
  subject: string | undefined,
): Conversation {
  const people = new Set(
    [...(sender === undefined ? [] : [sender]), ...recipients].map((each) => each.address),
  );
  if (people.size <= 2 && people.size > 0) return { id: directConversation([...people]), kind: 'direct' };
  const isBroadcast = recipients.length > 0 && recipients.every(({ role }) => role === 'bcc');
  const kind = isBroadcast ? 'broadcast' : 'group';
  return { id: `MSG ${own}`, kind, ...(subject !== undefined && { name: subject }) };
}

function extraOf(
  node: XmlNode,
  disclaimers: ReadonlyMap<string, string>,
): { readonly [key: string]: Json } | undefined {
  const extra: { [key: string]: Json } = {};
  const others: [string, Json][] = [];
  for (const child of node.children) {
    const info = child.children.find(({ name }) => name === 'UserInfo');
    if (child.name === 'Sender') {
      const firm = info === undefined ? undefined : firmOf(info);
      if (firm !== undefined) extra.Sender = firm;
      const device = child.attributes.DeviceType;
      if (device !== undefined) extra['@DeviceType'] = device.toWellFormed();
    } else if (!PLACED.has(child.name) && child.name !== 'Attachment') {
      const value = anyValue(child);
      if (value !== undefined) others.push([child.name, value]);
    }
  }
  Object.assign(extra, gather(others));
  const forwarded = node.children.flatMap((child) =>
    child.name === 'Recipient' ? child.children.filter(({ name }) => name === 'ForwardedTo') : [],
  );
  if (forwarded.length > 0) extra.ForwardedTo = forwarded.map((each) => anyValue(each) ?? null);
  const firms = node.children.flatMap((child) => {
    const info =
      child.name === 'Recipient' ? child.children.find(({ name }) => name === 'UserInfo') : undefined;
    const firm = info === undefined ? undefined : anyValue(info);
    return firm === undefined ? [] : [firm];
  });
  if (firms.length > 0) extra.Recipients = firms;
  const reference = childText(node, 'DisclaimerReference');
  const disclaimer = reference === undefined ? undefined : disclaimers.get(reference);
  if (disclaimer !== undefined) extra.DisclaimerText = disclaimer;
  return Object.keys(extra).length === 0 ? undefined : extra;
}

/** Reads messages. */
export class MailReader {
  readonly #ordinals = new Ordinals();
  readonly #disclaimers: ReadonlyMap<string, string>;

  constructor(disclaimers: ReadonlyMap<string, string>) {
    this.#disclaimers = disclaimers;
  }

  /** `html`: the text of `alt_body.html`. */
  read(mail: Mail, html: string | undefined, place: Place, repairs: Repair[]): Outcome {
    const { node, attachments, holdings } = mail;
    const at = momentOf(
      childText(node, 'MsgTimeUTC'),
      childText(node, 'MsgTime'),
      place.file.settings,
      repairs,
    );
    if (typeof at === 'string') return { type: 'reject', code: at, detail: 'MsgTimeUTC' };
    const info = node.children
      .find(({ name }) => name === 'Sender')
      ?.children.find(({ name }) => name === 'UserInfo');
    const sender = info === undefined ? undefined : personOf(info, repairs);
    if (sender === undefined) repairs.push({ code: 'sender-absent' });
    const recipients = recipientsOf(node, repairs);
    const subject = childText(node, 'Subject')?.toWellFormed();
    const body = this.#body(node, html, repairs);
    const text = [subject, body].filter((part) => part !== undefined && part !== '').join('\n\n');
    const own = childText(node, 'MsgID')?.toWellFormed();
    const who = sender?.address ?? '';
    const ordinal = own === undefined ? this.#ordinals.next('', who, at.instant, text) : 0;
    const key = own ?? contentKey(who, at.instant, text, ordinal);
    const conversation = conversationOf(sender, recipients, own ?? `${who} ${at.instant}`, subject);
    const extra = extraOf(node, this.#disclaimers);
    return {
      type: 'event',
      event: {
        id: eventId(NETWORK, conversation.id, key),
        kind: 'message',
        network: NETWORK,
        conversation,
        ...(sender !== undefined && { sender }),
        ...(recipients.length > 0 && { recipients }),
        at,
        ...(text !== '' && { text }),
        ...(html !== undefined && { markup: { type: 'html', source: html } }),
        ...(attachments.length > 0 && { attachments }),
        provenance: provenance(place, { facts: { network: 'header' }, repairs }),
        ...(extra !== undefined && { extra }),
      },
      ...(holdings.length > 0 && { holdings }),
    };
  }

  #body(node: XmlNode, html: string | undefined, repairs: Repair[]): string | undefined {
    const body = node.children.find(({ name }) => name === 'MsgBody')?.text;
    if (body !== undefined && body.trim() !== '') return wellFormed(body, repairs, 'MsgBody');
    if (html === undefined) return undefined;
    repairs.push({ code: 'text-from-attachments' });
    return htmlText(html, repairs).trim();
  }
}
