/**
 * Cards: what bots and Skype itself show as boxes, written as JSON, in Base64 where a message carries one. Fields:
 * the Bot Framework's cards (hero, animation, adaptive), and the notices in public exports.
 */
import { MAX_DEPTH } from '../../format.ts';
import { htmlText } from '../../reading/html.ts';

const SHOWN = new Set(['title', 'subtitle', 'text', 'value', 'url', 'actionUri', 'mainActionUri']);
/** Pictures beside the words; their addresses are nothing to read. */
const PICTURES = new Set(['images', 'image', 'backgroundImage', 'icon']);

/** What a card shows, a line each; undefined where the text is no card. */
export function cardText(json: string): string | undefined {
  let card: unknown;
  try {
    card = JSON.parse(json);
  } catch {
    return undefined;
  }
  return typeof card === 'object' ? wordsOf(card, MAX_DEPTH).join('\n') : undefined;
}

/** The card in a message of type `SWIFT.1`. */
export function swiftText(body: string): string | undefined {
  const encoded = /<Swift\b[^<>]*\bb64="([^"<>]*)"/iu.exec(body)?.[1];
  return encoded === undefined ? undefined : cardText(Buffer.from(encoded, 'base64').toString('utf8'));
}

function wordsOf(part: unknown, depth: number): string[] {
  if (typeof part !== 'object' || part === null || depth === 0) return [];
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value !== 'string') return PICTURES.has(key) ? [] : wordsOf(value, depth - 1);
    const words = SHOWN.has(key) ? htmlText(value.toWellFormed(), []).trim() : '';
    return words === '' ? [] : [words];
  });
}
