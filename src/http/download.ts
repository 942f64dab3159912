import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/**
 * Sends a file that never changes, or the part of it that is asked for (RFC 9110, section 14: one range of bytes), so
 * that a download that broke off goes on where it stopped.
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  size: number,
  etag: string,
  name: string,
): Promise<void> {
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('ETag', etag);
  response.setHeader('Content-Type', typeOf(name));
  response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  const condition = request.headers['if-range'];
  const asked =
    condition === undefined || condition === etag ? rangeOf(request.headers.range, size) : undefined;
  if (asked === 'none') {
    response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = asked ?? { start: 0, end: size - 1 };
  response.setHeader('Content-Length', end - start + 1);
  if (asked !== undefined) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  response.writeHead(asked === undefined ? 200 : 206);
  if (size === 0) response.end();
  else await pipeline(createReadStream(path, { start, end }), response);
}

/** One range; `none` where it lies outside; undefined for what is to be ignored: no range, several, another unit. */
function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'none' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start >= size || end < start ? 'none' : { start, end };
}

const TYPES: { readonly [extension: string]: string } = {
  pdf: 'application/pdf',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  txt: 'text/plain; charset=utf-8',
  tar: 'application/x-tar',
};

const typeOf = (name: string): string =>
  TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
