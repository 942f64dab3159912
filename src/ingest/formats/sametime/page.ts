/**
 * One transcript page of Sametime Connect: a table (7 to 8.5) or blocks (9). Grammar: IBM's own style sheets of 2015,
 * which read `sametime:creationTime`, `sametime:initiator`, cells of class `myself…`, `other…` and `showTimestamp`, and
 * take a name from the title up to its last `[`.
 */
import type { Repair } from '../../../core/event.ts';
import { decodeEntities, htmlText } from '../../reading/html.ts';
import { dayMs } from '../../reading/log-clock.ts';

export interface Entry {
  readonly who?: { readonly id: string; readonly name: string; readonly self: boolean };
  /** Milliseconds of the day. */
  readonly clock?: number;
  /** Milliseconds since 1970, where the page says so. */
  readonly stamp?: number;
  readonly text: string;
  /** HTML of the text, where it has any. */
  readonly html?: string;
}

/** Where entries begin: rows, or blocks. */
export const STARTS = /<tr\b|<div\b[^<>]*\bclass\s*=\s*["']?messageBlock\b/giu;
/** A day of its own between blocks. */
const DATE = /<(?:div\b[^<>]*\bclass\s*=\s*["']?datestamp\b[^<>]*|h4)>([^<]{1,80})</giu;

/** The last date that stands in a stretch of the page, as text. */
export function dateIn(source: string): string | undefined {
  return [...source.matchAll(DATE)].at(-1)?.[1];
}

const PERSON = /<(?:td|div)\b([^<>]*\bclass\s*=\s*["']?(myself|other)(?:Cont)?\d*\b[^<>]*)>/iu;
const TITLE = /\btitle\s*=\s*(?:"([^"]*)"|'([^']*)')/iu;
const TIME = /<(?:td|div)\b[^<>]*\bclass\s*=\s*["']?showTimestamp\b[^<>]*>([\s\S]{0,200}?)<\/(?:td|div)>/iu;
const STAMP = /\btimestamp\s*=\s*["']?(\d{11,14})\b/iu;

/** Reads one row or block; undefined: it holds neither words nor a time. */
export function entryOf(source: string, repairs: Repair[]): Entry | undefined {
  const person = PERSON.exec(source);
  const time = TIME.exec(source);
  const clock = clockOf(time?.[1]);
  const stamp = STAMP.exec(source)?.[1];
  const html = bodyOf(source, person, time);
  const text =
    html === undefined ? '' : htmlText(withSmileys(html), repairs).replaceAll('\u00a0', ' ').trim();
  if (text === '' && person === null && clock === undefined) return undefined;
  const who =
    person === null ? undefined : whoOf(person[1] ?? '', person[2]?.toLowerCase() === 'myself', repairs);
  const plain = html?.trim();
  return {
    ...(who !== undefined && { who }),
    ...(clock !== undefined && { clock }),
    ...(stamp !== undefined && { stamp: Number(stamp) }),
    text,
    ...(plain !== undefined && plain !== text && text !== '' && { html: plain }),
  };
}

/** `Full Name/UK/Co [id]`: the visible name is cut off, the title is not. */
function whoOf(attributes: string, self: boolean, repairs: Repair[]): Entry['who'] {
  const match = TITLE.exec(attributes);
  const title = decodeEntities(match?.[1] ?? match?.[2] ?? '', repairs).trim();
  if (title === '') return undefined;
  const bracket = title.lastIndexOf('[');
  if (bracket === -1) return { id: title, name: title, self };
  const id = title
    .slice(bracket + 1)
    .replace(/\]\s*$/u, '')
    .trim();
  const name = title.slice(0, bracket).trim();
  return { id: id === '' ? name : id, name, self };
}

/** What was said: the cell or block that is neither person nor time. */
function bodyOf(
  source: string,
  person: RegExpExecArray | null,
  time: RegExpExecArray | null,
): string | undefined {
  const message = /<div\b[^<>]*\bclass\s*=\s*["']?message(?:Cont)?\b[^<>]*>/iu.exec(source);
  if (message !== null) {
    const from = message.index + message[0].length;
    const next = source.slice(from).search(/<(?:div\b[^<>]*\bclass\s*=\s*["']?datestamp\b|h4>)/iu);
    // The block ends with the page's own ends, or with the heading of the next day, after it.
    return source
      .slice(from, next === -1 ? undefined : from + next)
      .replace(/(?:\s*<\/(?:div|body|html|tbody|table)>)+\s*$/iu, '');
  }
  if (/^<tr\b/iu.test(source)) {
    const cells = [...source.matchAll(/<td\b([^<>]*)>([\s\S]*?)(?=<td\b|<\/tr>|$)/giu)];
    const said = cells.find(
      ([, attributes = '']) =>
        !/\bclass\s*=\s*["']?(?:myself|other|showTimestamp)/iu.test(attributes) && !/^\s*$/u.test(attributes),
    );
    const cell =
      said ??
      cells.find(
        ([, attributes = '', inner = '']) =>
          !/\bclass\s*=/iu.test(attributes) && htmlText(inner, []).trim() !== '',
      );
    return cell?.[2]?.replace(/<\/td>\s*$/iu, '');
  }
  const rest = [person, time].reduce(
    (text, match) => (match === null ? text : text.replace(match[0], '')),
    source,
  );
  const system = /<span\b[^<>]*\bclass\s*=\s*["']?system\b[^<>]*>([\s\S]*?)<\/span>/iu.exec(rest);
  return system?.[1];
}

/** A smiley is an image with what was typed for it. */
const withSmileys = (html: string): string =>
  html.replaceAll(/<img\b[^<>]*>/giu, (tag) => {
    const keys =
      /\bkeybrd\s*=\s*(?:"([^"]*)"|'([^']*)')/iu.exec(tag) ??
      /\balt\s*=\s*(?:"([^"]*)"|'([^']*)')/iu.exec(tag);
    return keys?.[1] ?? keys?.[2] ?? '';
  });

function clockOf(source: string | undefined): number | undefined {
  if (source === undefined) return undefined;
  const text = htmlText(source, [])
    .replaceAll(/[\u00a0\u202f]/gu, ' ')
    .trim();
  const match = /(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*(\p{L}[\p{L}.]{0,6})?/u.exec(text);
  return match === null ? undefined : dayMs(match[1] ?? '', match[2] ?? '', match[3], match[4]);
}

/** The facts that the head of a page states. */
export function headOf(source: string): { readonly created?: string; readonly initiator?: string } {
  const meta = (name: string): string | undefined => {
    const tag = new RegExp(`<meta\\b[^<>]*\\bname\\s*=\\s*["']sametime:${name}["'][^<>]*>`, 'iu').exec(
      source,
    )?.[0];
    const content = tag === undefined ? undefined : /\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')/iu.exec(tag);
    return content?.[1] ?? content?.[2];
  };
  const created = meta('creationTime');
  const initiator = meta('initiator');
  return { ...(created !== undefined && { created }), ...(initiator !== undefined && { initiator }) };
}
