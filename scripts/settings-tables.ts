import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { distributedSchema, ENVIRONMENT, embeddedSchema } from '../src/config/settings.ts';

const DOCUMENT = fileURLToPath(new URL('../docs/deploy.md', import.meta.url));

/** `docs/deploy.md` with its tables of settings as the schemas say; the prose around them is written by hand. */
export function deployDocument(): string {
  const text = readFileSync(DOCUMENT, 'utf8');
  const tables = { embedded: embeddedSchema, distributed: distributedSchema };
  return Object.entries(tables).reduce((document, [name, schema]) => {
    const [begin, end] = [`<!-- settings: ${name} -->\n`, `<!-- end of settings: ${name} -->`];
    const from = document.indexOf(begin);
    const to = document.indexOf(end);
    if (from === -1 || to < from) throw new Error(`docs/deploy.md has no place for the ${name} settings`);
    return `${document.slice(0, from + begin.length)}\n${table(schema)}\n\n${document.slice(to)}`;
  }, text);
}

/** The part of a JSON schema that is shown. */
interface Shown {
  readonly type?: string;
  readonly properties?: { readonly [name: string]: Shown };
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

function table(schema: z.ZodType): string {
  const rows = rowsOf(z.toJSONSchema(schema, { io: 'input' }) as Shown, []);
  const head = ['setting', 'default', 'environment', 'is'];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}

function rowsOf(schema: Shown, path: readonly string[]): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, setting]) => {
    const at = [...path, name];
    if (setting.properties) return rowsOf(setting, at);
    const isRequired = schema.required?.includes(name) === true;
    return [[`\`${at.join('.')}\``, defaultOf(setting, isRequired), variableOf(at), meaningOf(setting)]];
  });
}

function defaultOf(setting: Shown, isRequired: boolean): string {
  if (setting.const !== undefined) return `always \`${String(setting.const)}\``;
  if (setting.default !== undefined) return `\`${String(setting.default)}\``;
  return isRequired ? 'required' : 'none';
}

function variableOf(path: readonly string[]): string {
  const found = Object.entries(ENVIRONMENT).find(([, target]) => target.join('.') === path.join('.'));
  return found ? `\`${found[0]}\`` : '';
}

function meaningOf({ description, minimum, maximum }: Shown): string {
  const range = minimum !== undefined && maximum !== undefined ? ` (${minimum} to ${maximum})` : '';
  return `${(description ?? 'What kind of archive this is.').replace(/\.$/u, '')}${range}.`;
}
