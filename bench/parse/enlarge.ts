/** Fixtures made large: what repeats in a file of their kind is repeated until it has so many bytes. */

export type Kind = 'json' | 'xml' | 'text';

export interface Enlarged {
  readonly kind: Kind;
  readonly bytes: Buffer;
}

/** Undefined: a binary file, or nothing in it repeats. */
export function enlarge(source: Buffer, target: number): Enlarged | undefined {
  if (source.subarray(0, 1024).includes(0) || source.length < 50) return undefined;
  const text = source.toString('latin1').replace(/^\xef\xbb\xbf/u, '');
  const start = text.trimStart();
  if (start.startsWith('[') || start.startsWith('{')) {
    const bytes = json(source.toString('utf8'), target);
    if (bytes !== undefined) return { kind: 'json', bytes };
  }
  if (start.startsWith('<')) {
    const bytes = between(text, target);
    return bytes === undefined ? undefined : { kind: 'xml', bytes };
  }
  return { kind: start.startsWith('{') ? 'json' : 'text', bytes: lines(text, target) };
}

/** The longest list of a document is repeated. */
function json(text: string, target: number): Buffer | undefined {
  let top: unknown;
  try {
    top = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = longest(top);
  if (list === undefined || list.length === 0) return undefined;
  const elements = list.map((each) => JSON.stringify(each)).join(',');
  list.length = 0;
  list.push('@@');
  const [before = '', after = ''] = JSON.stringify(top).split('"@@"');
  const times = Math.max(1, Math.ceil(target / (Buffer.byteLength(elements) + 1)));
  return Buffer.from(`${before}${Array.from({ length: times }, () => elements).join(',\n')}${after}`);
}

function longest(value: unknown): unknown[] | undefined {
  let best: unknown[] | undefined;
  const size = (list: unknown[] | undefined): number =>
    list === undefined ? -1 : JSON.stringify(list).length;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    // The outermost list of objects: what is inside belongs to its elements.
    if (Array.isArray(node) && node.some((each) => typeof each === 'object' && each !== null)) {
      if (size(node) > size(best)) best = node;
      return;
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(value);
  return best;
}

/** What stands in the root element, or in the body of HTML, is repeated. */
function between(text: string, target: number): Buffer | undefined {
  const open = /<body[^>]*>/iu.exec(text) ?? /<(?![?!])[^>]*>/u.exec(text);
  const end = /<\/body>/iu.exec(text)?.index ?? text.lastIndexOf('</');
  if (open === null) return undefined;
  const from = open.index + open[0].length;
  const closed = end > from ? end : text.length;
  return repeated(text.slice(0, from), text.slice(from, closed), text.slice(closed), target);
}

/** The first line is the heading; the others are repeated. */
function lines(text: string, target: number): Buffer {
  const first = text.indexOf('\n') + 1;
  return repeated(
    text.slice(0, first),
    text.endsWith('\n') ? text.slice(first) : `${text.slice(first)}\n`,
    '',
    target,
  );
}

function repeated(head: string, body: string, tail: string, target: number): Buffer {
  return Buffer.from(
    head + body.repeat(Math.max(1, Math.ceil(target / Math.max(1, body.length)))) + tail,
    'latin1',
  );
}
