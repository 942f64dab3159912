import type { Contract } from './contract.ts';

/** The contract as a page to read: made from it alone, without scripts, nothing loaded from elsewhere. */
export function docsPage(contract: Contract): { html: string; css: string } {
  const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => row(method, path, operation)),
  );
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Holdfast API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/style.css"></head><body>
<h1>Holdfast API</h1>
<p>The contract is <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1): every request is checked against it. Sign in with
<code>POST /v1/sign-in</code> and send the token as <code>Authorization: Bearer …</code>. Errors are problem details with a code and a hint.</p>
<table><thead><tr><th>operation</th><th>what it does</th><th>who may</th></tr></thead><tbody>
${operations.join('\n')}
</tbody></table></body></html>`;
  return { html, css: CSS };
}

function row(method: string, path: string, operation: unknown): string {
  const text = (key: string): string => {
    const value: unknown =
      typeof operation === 'object' && operation !== null ? Reflect.get(operation, key) : '';
    return typeof value === 'string' ? value : '';
  };
  const who =
    text('x-permission') ||
    (text('operationId') !== '' && isPublic(operation) ? 'everybody' : 'every account');
  const more = text('description');
  return `<tr><td><code>${method.toUpperCase()} ${escaped(path)}</code></td><td>${escaped(text('summary'))}${
    more === '' ? '' : `<p>${escaped(more)}</p>`
  }</td><td>${escaped(who)}</td></tr>`;
}

const isPublic = (operation: unknown): boolean =>
  typeof operation === 'object' && operation !== null && Reflect.get(operation, 'x-public') === true;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const CSS = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.5rem;border-bottom:1px solid #ddd}
code{font-size:.9em;white-space:nowrap}td p{margin:.25rem 0;color:#555}`;
