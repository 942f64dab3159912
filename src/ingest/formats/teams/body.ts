/** The body of a Teams message: text, or HTML with tags of its own. */
import type { Attachment, Repair } from '../../../core/event.ts';
import { htmlText } from '../../reading/html.ts';
import { isObject, type JsonObject, parseJson, tooMuch } from '../../reading/json.ts';
import { objectsOf, textOf } from '../../reading/json-units.ts';

export interface Body {
  readonly text?: string;
  readonly markup?: { readonly type: 'html'; readonly source: string };
}

/** `<emoji alt>` and `<img alt itemid>` stand for characters; `<attachment id>` marks a place and says nothing. */
export function bodyOf(message: JsonObject, repairs: Repair[]): Body {
  const shown = writtenBody(message, repairs);
  if (shown.text !== undefined) return shown;
  const cards = objectsOf(message.attachments).flatMap((each) => cardText(each, repairs));
  if (cards.length === 0) return shown;
  repairs.push({ code: 'text-from-attachments' });
  return { ...shown, text: cards.join('\n') };
}

function writtenBody(message: JsonObject, repairs: Repair[]): Body {
  const { body } = message;
  if (!isObject(body)) return {};
  const content = textOf(body.content);
  if (content === undefined || content === '<systemEventMessage/>') return {};
  if (textOf(body.contentType)?.toLowerCase() !== 'html') return { text: content };
  const shown = content
    .replaceAll(/<emoji\b[^<>]*?\balt="([^"<>]*)"[^<>]*>/giu, '$1')
    .replaceAll(/<attachment\b[^<>]*>|<\/attachment>/giu, '');
  const text = htmlText(shown, repairs)
    .replaceAll(/\u00a0/gu, ' ')
    .replaceAll(/\n{2,}/gu, '\n')
    .trim();
  return { ...(text !== '' && { text }), markup: { type: 'html', source: content } };
}

/** Files and pictures: references. Cards and quoted messages are no files. */
export function attachmentsOf(message: JsonObject): Attachment[] {
  const found: Attachment[] = [];
  for (const each of objectsOf(message.attachments)) {
    const type = textOf(each.contentType);
    if (type === 'messageReference' || type?.startsWith('application/vnd.microsoft.') === true) continue;
    const name = textOf(each.name);
    const reference = textOf(each.contentUrl) ?? textOf(each.id);
    found.push({
      ...(name !== undefined && { name }),
      ...(type !== undefined && /^[\w.+-]+\/[\w.+-]+$/u.test(type) && { mediaType: type }),
      ...(reference !== undefined && { reference: reference.split('?')[0] as string }),
      state: 'referenced',
    });
  }
  const content = isObject(message.body) ? textOf(message.body.content) : undefined;
  for (const [, reference] of content?.matchAll(
    /<img\b[^<>]*?\bsrc="([^"<>]*\/hostedContents\/[^"<>]*)"/giu,
  ) ?? [])
    found.push({ mediaType: 'image', reference: reference as string, state: 'referenced' });
  return found.map((each) => {
    const { mediaType, ...rest } = each;
    return mediaType === 'image' ? rest : each;
  });
}

/** Id of the message that this one quotes. */
export function quotedBy(message: JsonObject): string | undefined {
  const quote = objectsOf(message.attachments).find((each) => each.contentType === 'messageReference');
  return quote === undefined ? undefined : textOf(quote.id);
}

/** What a card shows, in its order: the fields that hold words for readers. */
function cardText(attachment: JsonObject, repairs: Repair[]): string[] {
  const content = textOf(attachment.content);
  if (textOf(attachment.contentType)?.startsWith('application/vnd.microsoft.card.') !== true) return [];
  if (content === undefined || tooMuch(content) !== undefined) return [];
  const words: string[] = [];
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(collect);
    else if (isObject(node))
      for (const [name, value] of Object.entries(node))
        if (typeof value !== 'string') collect(value);
        else if (/^(?:title|subtitle|text|value|fallbackText)$/u.test(name) && value !== '')
          words.push(value);
  };
  try {
    collect(parseJson(content, repairs));
  } catch {
    return [];
  }
  return words;
}
