/**
 * Writes the documents that are generated from code, or with `--check` only says which of them differ:
 * `npm run generated`, `npm run generated:check`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adrIndex } from './adr-index.ts';
import { apiDocument } from './api-document.ts';
import { errorsDocument } from './errors-document.ts';
import { formatsDocument } from './formats-document.ts';
import { openapiJson } from './openapi-document.ts';
import { deployDocument } from './settings-tables.ts';
import { sourcesDocument } from './sources-document.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Path from the top → what must stand there. */
export const GENERATED: { readonly [path: string]: () => string } = {
  'docs/adr/README.md': adrIndex,
  'docs/api.md': apiDocument,
  'docs/deploy.md': deployDocument,
  'docs/errors.md': errorsDocument,
  'docs/formats.md': formatsDocument,
  'docs/sources.md': sourcesDocument,
  'src/http/openapi.json': openapiJson,
};

/** Paths of the generated files that differ from what their generator gives. */
export function drifted(): string[] {
  return Object.entries(GENERATED)
    .filter(([path, generate]) => present(path) !== generate())
    .map(([path]) => path);
}

function present(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}

function write(): void {
  for (const [path, generate] of Object.entries(GENERATED)) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), generate());
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = drifted();
  if (!process.argv.includes('--check')) write();
  else if (stale.length > 0) {
    console.error(
      `These files differ from what generates them: ${stale.join(', ')}. Run 'npm run generated'.`,
    );
    process.exitCode = 1;
  }
}
