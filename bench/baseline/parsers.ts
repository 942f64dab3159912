import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A public parser of a format: what it makes of one file is thrown away. */
export interface PublicParser {
  readonly format: string;
  readonly name: string;
  parse(text: string): unknown;
}

const PACKAGES = ['whatsapp-chat-parser@4.0.2', 'fast-xml-parser@5', 'txml@6'];

const XML = ['bloomberg', 'filedump', 'msn', 'persistent-chat', 'sms', 'trillian'];
const JSON_FORMATS = ['slack', 'telegram', 'discord', 'teams'];

/** Installs the parsers of a format into a temporary folder. Rejects where there is no registry. */
export async function publicParsers(wanted: string, folder: string): Promise<PublicParser[]> {
  if (![...XML, ...JSON_FORMATS, 'whatsapp', 'ndjson'].includes(wanted)) return [];
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, ...PACKAGES]);
  const load = createRequire(join(folder, 'node_modules', 'x.js'));
  const whatsapp = load('whatsapp-chat-parser') as { parseString(text: string): unknown };
  const { XMLParser } = load('fast-xml-parser') as {
    XMLParser: new (options: { ignoreAttributes: boolean }) => { parse(text: string): unknown };
  };
  const { parse: txml } = load('txml') as { parse(text: string): unknown };
  const xml = (format: string): PublicParser[] => [
    {
      format,
      name: 'fast-xml-parser (XML only, no meaning)',
      parse: (text) => new XMLParser({ ignoreAttributes: false }).parse(text),
    },
    { format, name: 'txml (XML only, no meaning, nothing checked)', parse: txml },
  ];
  const json = (format: string): PublicParser => ({
    format,
    name: 'JSON.parse of the whole (JSON only, no meaning)',
    parse: (text) => JSON.parse(text) as unknown,
  });
  const all: PublicParser[] = [
    { format: 'whatsapp', name: 'whatsapp-chat-parser', parse: (text) => whatsapp.parseString(text) },
    ...JSON_FORMATS.map(json),
    {
      format: 'ndjson',
      name: 'JSON.parse of each line (JSON only, no meaning)',
      parse: (text) =>
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
    },
    ...XML.flatMap(xml),
  ];
  return all.filter(({ format }) => format === wanted);
}
