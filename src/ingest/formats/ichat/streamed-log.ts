/** `.chat`, before 2007: a typedstream. Layout: a decoded log of 2005 (“Chat Log Formats”), kadin2048’s notes. */
import { arrayOf, dateOf, isTyped, runsOf, stringOf } from '../../reading/typed-objects.ts';
import { readTypedstream, type TypedValue } from '../../reading/typedstream.ts';
import type { ChatLog, LoggedMessage, Presentity } from './log.ts';

/** Throws `TypedstreamFault`; undefined where there is no list of messages. */
export function streamedLog(bytes: Uint8Array): ChatLog | undefined {
  const root = readTypedstream(bytes)
    .flatMap((value) => (isTyped(value, 'NSArray') ? [arrayOf(value)] : []))
    .at(0);
  const lists = root?.filter((element) => isTyped(element, 'NSArray')) ?? [];
  if (root === undefined || lists.length === 0) return undefined;
  const messages = arrayOf(lists[0]);
  const texts = root.map(stringOf).filter((text) => text !== undefined);
  return {
    service: texts.find((text) => text !== '' && !text.includes(';')),
    peers: arrayOf(lists[1]).flatMap((peer) => presentity(peer) ?? []),
    everybody: [],
    names: new Map(),
    chat: texts.find((text) => /;[-+];/u.test(text)),
    count: messages.length,
    message: (index) => message(messages[index]),
  };
}

function presentity(value: TypedValue | undefined): Presentity | undefined {
  if (!isTyped(value, 'Presentity')) return undefined;
  const [service, id] = value.groups.flat().map(stringOf);
  return id === undefined || id === '' ? undefined : { id, service };
}

function message(value: TypedValue | undefined): LoggedMessage | undefined {
  if (!isTyped(value, 'InstantMessage')) return undefined;
  const values = value.groups.flat();
  const body = values.find((each) => isTyped(each, 'NSAttributedString'));
  const seconds = values.map(dateOf).find((each) => each !== undefined);
  const flags = values.find((each) => typeof each === 'number');
  const files = runsOf(body).flatMap(
    ({ attributes }) => stringOf(attributes.get('__kIMFilenameAttributeName')) ?? [],
  );
  return {
    sender: values.map(presentity).find((each) => each !== undefined),
    seconds,
    text: stringOf(body)?.toWellFormed(),
    files,
    flags: typeof flags === 'number' ? flags : undefined,
  };
}
