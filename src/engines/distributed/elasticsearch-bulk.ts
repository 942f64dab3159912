import type { Client } from '@elastic/elasticsearch';
import { HoldfastError } from '../../core/errors.ts';
import type { IndexDocument } from '../../core/search/document.ts';
import { NotYet } from './elasticsearch-failures.ts';
import { bareSource, sourceOf } from './elasticsearch-source.ts';
import type { Patience } from './patience.ts';

/** Documents, and characters of JSON, in one request. */
const MOST_DOCUMENTS = 2_000;
const MOST_TEXT = 8 * 1024 * 1024;

interface Line {
  readonly document: IndexDocument;
  readonly id: string;
  body: string;
  isBare: boolean;
}

/**
 * Creates documents behind an alias. A name that is taken counts as done (409), a server that is busy is asked again
 * (429), and a document that it refuses for cause goes in bare: found by its name, not by its words.
 */
export async function bulkCreate(
  client: Client,
  patience: Patience,
  alias: string,
  documents: readonly IndexDocument[],
): Promise<void> {
  let lines: Line[] = [];
  let text = 0;
  for (const document of documents) {
    const body = JSON.stringify(sourceOf(document));
    lines.push({ document, id: `${document.log}/${document.leaf}`, body, isBare: false });
    text += body.length;
    if (lines.length < MOST_DOCUMENTS && text < MOST_TEXT) continue;
    await createLines(client, patience, alias, lines);
    lines = [];
    text = 0;
  }
  if (lines.length > 0) await createLines(client, patience, alias, lines);
}

const createLine = (id: string): string => `{"create":{"_id":${JSON.stringify(id)}}}`;

/**
 * One request for all, and one word for an answer. False where any was refused: which, tells the next request, to which
 * those that are there now are taken names.
 */
async function createAll(
  client: Client,
  patience: Patience,
  alias: string,
  lines: readonly Line[],
): Promise<boolean> {
  const bulkBody = lines.map(({ id, body }) => `${createLine(id)}\n${body}\n`).join('');
  const answer = await patience.until('indexing', () =>
    client.transport.request<{ errors?: boolean }>(
      {
        method: 'PUT',
        path: `/${encodeURIComponent(alias)}/_bulk`,
        querystring: { require_alias: true, filter_path: 'errors' },
        bulkBody,
      },
      { maxRetries: 0 },
    ),
  );
  return answer.errors === false;
}

async function createLines(
  client: Client,
  patience: Patience,
  alias: string,
  lines: readonly Line[],
): Promise<void> {
  if (await createAll(client, patience, alias, lines)) return;
  let open = lines;
  await patience.until('indexing', async () => {
    const answer = await client.bulk(
      {
        index: alias,
        require_alias: true,
        operations: open.flatMap(({ id, body }) => [createLine(id), body]),
        filter_path: 'errors,items.*.status,items.*.error.type',
      },
      { maxRetries: 0 },
    );
    if (answer.errors !== true) return;
    const again: Line[] = [];
    let isBusy = false;
    for (const [i, line] of open.entries()) {
      const item = answer.items[i]?.create;
      const status = item?.status ?? 0;
      if ((status >= 200 && status < 300) || status === 409) continue;
      again.push(line);
      if (status === 429 || status >= 500 || status === 0) isBusy = true;
      else makeBare(line, item?.error?.type ?? 'unknown');
    }
    open = again;
    if (open.length > 0) throw new NotYet(isBusy ? 'busy' : 'refused');
  });
}

/** A document that is refused even bare means that something is wrong with the index, not with the document. */
function makeBare(line: Line, type: string): void {
  if (line.isBare || type === 'index_not_found_exception')
    throw new HoldfastError('storage-failed', `Elasticsearch refuses the document ${line.id} (${type}).`, {
      hint: 'See the log of Elasticsearch; run holdfast rebuild-index where an index was removed.',
    });
  line.isBare = true;
  line.body = JSON.stringify({ ...bareSource(line.document), bare: true });
}
