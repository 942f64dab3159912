/** What a message of an HTML export carries: files, and cards that say something in words. */
import type { CallEvent, Repair } from '../../../core/event.ts';
import type { FilesBeside, Shared } from '../../reading/files-beside.ts';
import { decodeEntities } from '../../reading/html.ts';
import { inside, shown } from './page-html.ts';

/** `<a class="photo_wrap …" href="…">`, `<div class="media … media_file">`: with a link where the file was exported. */
const MEDIA =
  /<(?:a|div) class="(?:(photo|sticker|animated|video_file)_wrap|media clearfix pull_left(?: block_link)? (media_\w+))[^"]{0,32}"(?: href="([^"]{0,2048})")?/gu;
/** What is no file: its words are what was said. */
const CARDS = new Set([
  'media_contact',
  'media_location',
  'media_live_location',
  'media_venue',
  'media_game',
  'media_invoice',
]);

interface Media {
  readonly shared: readonly Shared[];
  /** The words of a card or a poll. */
  readonly text?: string;
  readonly call?: CallEvent['payload'];
}

export function mediaIn(entry: string, folder: string, beside: FilesBeside, repairs: Repair[]): Media {
  const shared: Shared[] = [];
  const said: string[] = [];
  let call: CallEvent['payload'] | undefined;
  if (!entry.includes('media_wrap')) return { shared };
  for (const match of entry.matchAll(MEDIA)) {
    const [, , kind, href] = match;
    const block = entry.slice(match.index, match.index + 16_384);
    const words = ['title bold', 'description', 'status details'].map((name) =>
      shown(inside(block, name), repairs),
    );
    const [title, , status = ''] = words;
    if (kind === 'media_call') call = callOf(status);
    else if (kind !== undefined && CARDS.has(kind) && !isLocal(href))
      said.push(...words.filter((each) => each !== undefined));
    else shared.push(fileOf(kind === 'media_file' ? title : undefined, href));
  }
  const poll = entry.indexOf('<div class="media_poll">');
  if (poll !== -1) said.push(...pollOf(entry.slice(poll, poll + 65_536), repairs));
  return {
    shared,
    ...(said.length > 0 && { text: said.join('\n').toWellFormed() }),
    ...(call !== undefined && { call }),
  };

  function fileOf(title: string | undefined, href: string | undefined): Shared {
    const name = title?.toWellFormed();
    if (!isLocal(href)) return { attachment: { ...(name !== undefined && { name }), state: 'missing' } };
    const reference = decodeEntities(href, repairs).toWellFormed();
    const base = reference.slice(reference.lastIndexOf('/') + 1);
    return {
      attachment: { ...((name ?? base) !== '' && { name: name ?? base }), reference, state: 'referenced' },
      // Paths count from the page, or with `../` from the export.
      file: beside.find(
        folder + reference,
        folder.replace(/(?:[^/]+\/){0,2}$/u, '') + reference.replace(/^(?:\.\.\/)+/u, ''),
      ),
    };
  }
}

const isLocal = (href: string | undefined): href is string =>
  href !== undefined && href !== '' && !/^[a-z][a-z+.-]*:/iu.test(href);

function callOf(status: string): CallEvent['payload'] {
  const seconds = /\((\d{1,9}) seconds\)/u.exec(status)?.[1];
  const isMissed = /^(?:Missed|Declined|Cancelled)/u.test(status);
  return { phase: isMissed ? 'missed' : 'ended', ...(seconds !== undefined && { seconds: Number(seconds) }) };
}

function pollOf(block: string, repairs: Repair[]): string[] {
  const answers = [...block.matchAll(/<div class="answer">([\s\S]{0,2000}?)<\/div>/gu)].map(([, each]) =>
    shown(each, repairs),
  );
  return [shown(inside(block, 'question bold'), repairs), ...answers].filter((each) => each !== undefined);
}
