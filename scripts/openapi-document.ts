import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** `openapi.yaml` as JSON: what the service reads, so that it needs no reader of YAML. */
export function openapiJson(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-openapi-'));
  try {
    const out = join(folder, 'openapi.json');
    const redocly = join(ROOT, 'node_modules/@redocly/cli/bin/cli.js');
    execFileSync(process.execPath, [redocly, 'bundle', 'openapi.yaml', '--output', out], {
      cwd: ROOT,
      stdio: 'ignore',
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    return `${JSON.stringify(JSON.parse(readFileSync(out, 'utf8')))}\n`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
