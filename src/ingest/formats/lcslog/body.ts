/** What a message of LcsLog says: plain text, HTML or RTF. */
import type { Markup, Repair } from '../../../core/event.ts';
import { htmlText } from '../../reading/html.ts';
import { isRtf, rtfText } from '../../reading/rtf.ts';

export interface Body {
  readonly text?: string | undefined;
  readonly markup?: Markup;
}

export function bodyOf(body: string | undefined, type: string | undefined, repairs: Repair[]): Body {
  if (body === undefined) return {};
  const source = body.toWellFormed();
  if (isRtf(source)) return { text: rtfText(source), markup: { type: 'rtf', source } };
  const isHtml = /html/iu.test(type ?? '') || /^\s*<(?:html|div|span|p|font)\b/iu.test(source);
  if (isHtml) return { text: htmlText(source, repairs).trim(), markup: { type: 'html', source } };
  return { text: source };
}
